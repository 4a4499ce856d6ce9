// A network that reads text a character at a time and gives each one a class: Embedding, GRU and Dense, with weights that a
// page of the book has trained.

import { GRU_AFTER, sizesOf } from "../numeric/cells.js";

/** @typedef {import("../numeric/arrays.js").Floats} Floats */
/** @typedef {{units: number[], outside: number[], inside: number[]}} Group  units that tell a class, the best one first */

/**
 * What the page hands over. `weights` are half-precision numbers, all arrays one after the other, in base64.
 * @typedef {{weights: string, shapes: number[][], classes: string[], groups: Record<string, Group>, text: string}} Data
 */

/**
 * Read half-precision numbers: a sign, five bits of exponent, ten of fraction.
 * @param {string} base64
 */
export function fromHalves(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const halves = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 2 }, (_, k) => {
    const half = halves.getUint16(2 * k, true);
    const exponent = (half >> 10) & 31;
    const size = exponent ? (1 + (half & 1023) / 1024) * 2 ** (exponent - 15) : (half & 1023) * 2 ** -24;
    return half >> 15 ? -size : size;
  });
}

export class Network {
  /** @param {Data} data */
  constructor({ weights, shapes, classes }) {
    const all = fromHalves(weights);
    let at = 0;
    const arrays = shapes.map((shape) => {
      const length = shape.reduce((product, size) => product * size, 1);
      at += length;
      return all.subarray(at - length, at);
    });
    if (at !== all.length) throw new RangeError(`the shapes hold ${at} numbers, the weights ${all.length}`);
    this.embedding = arrays[0];
    this.weights = arrays.slice(1, 4);
    this.dense = arrays[4];
    this.denseBias = arrays[5];
    this.classes = classes;
    this.characters = shapes[0][0];
    this.m = shapes[0][1];
    this.n = shapes[2][0];
    this.sizes = sizesOf(GRU_AFTER, this.embedding.subarray(0, this.m), [new Float64Array(this.n)], this.weights);
    this.parameters = at;
  }

  /**
   * One step of the GRU.
   * @param {number} code   of a character that the embedding has
   * @param {Floats} before
   * @param {Floats} after  is set
   * @param {Floats} kept   4 n numbers: z, r, the candidate, and what r multiplies
   */
  step(code, before, after, kept) {
    const x = this.embedding.subarray(code * this.m, (code + 1) * this.m);
    GRU_AFTER.forward(x, [before], this.weights, [after], kept, this.sizes);
  }

  /**
   * The score of each class.
   * @param {Floats} state
   */
  scores(state) {
    const scores = Float64Array.from(this.denseBias);
    const count = scores.length;
    for (let k = 0; k < this.n; k++) for (let j = 0; j < count; j++) scores[j] += state[k] * this.dense[k * count + j];
    return scores;
  }
}

/** @param {Float64Array} scores */
export function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * The data of the page that an element names.
 * @param {HTMLElement} element
 * @returns {Data}
 */
export const dataOf = (element) => /** @type {any} */ (globalThis).explorableData[element.dataset.from ?? ""];

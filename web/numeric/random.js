// Random numbers that a seed repeats, and fresh weights drawn as Keras draws them.

import { zeros } from "./arrays.js";
import { cellOf, LSTM } from "./cells.js";

/** @typedef {import("./arrays.js").Floats} Floats */

/** The keeping gate's bias in a new layer of Keras's: of an LSTM f, of a GRU z. */
export const USUAL_BIAS = { SimpleRNN: 0, LSTM: 1, GRU: 0 };

/** The generator mulberry32: 32 bits of state, enough for a picture that learns. */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed | 0;
  }

  /** A number from 0 to 1, without 1. */
  uniform() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A normal number with mean 0 and variance 1, by Box and Muller. */
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * A whole number from `low` on and below `high`.
   * @param {number} low
   * @param {number} high
   */
  integer(low, high) {
    return low + Math.floor((high - low) * this.uniform());
  }
}

/**
 * Glorot's uniform weights, as Keras gives them to kernels.
 * @param {number} rows
 * @param {number} columns
 * @param {Random} random
 */
export function glorotUniform(rows, columns, random) {
  const limit = Math.sqrt(6 / (rows + columns));
  return Float32Array.from({ length: rows * columns }, () => limit * (2 * random.uniform() - 1));
}

/**
 * Rows at right angles and of length 1, as Keras gives them to recurrent kernels; no more rows than columns.
 * @param {number} rows
 * @param {number} columns
 * @param {Random} random
 */
export function orthogonal(rows, columns, random) {
  const drawn = Float64Array.from({ length: rows * columns }, () => random.normal());
  for (let row = 0; row < rows; row++) {
    const own = drawn.subarray(row * columns, (row + 1) * columns);
    // Twice, for what the first round leaves by rounding.
    for (let k = 0; k < 2 * row; k++) {
      const other = drawn.subarray((k % row) * columns, ((k % row) + 1) * columns);
      const shared = own.reduce((sum, value, j) => sum + value * other[j], 0);
      for (let j = 0; j < columns; j++) own[j] -= shared * other[j];
    }
    const length = Math.hypot(...own);
    for (let j = 0; j < columns; j++) own[j] /= length;
  }
  return Float32Array.from(drawn);
}

/**
 * The weights of a new layer of Keras's: Glorot's kernel, an orthogonal recurrent kernel, and no bias but the 1 of an
 * LSTM's forget gate.
 * @param {import("./cells.js").Step} step
 * @param {number} m
 * @param {number} n
 * @param {Random} random
 * @param {import("./cells.js").Options & {forgetBias?: number}} [options]
 * @returns {Floats[]}
 */
export function freshWeights(step, m, n, random, { forgetBias = USUAL_BIAS.LSTM, ...options } = {}) {
  const cell = cellOf(step, options);
  const columns = cell.maps * n;
  const b = zeros(cell.biasRows * columns);
  if (cell === LSTM) b.fill(forgetBias, n, 2 * n);
  return [glorotUniform(m, columns, random), orthogonal(n, columns, random), b];
}

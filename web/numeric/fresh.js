// How much of the gradient is left at every lag in a layer that has learnt nothing, as the chapter on the vanishing gradient
// measures it: 16 sequences of 100 steps, and a loss that is a sum of the last state's entries with random weights.

import { gradientByLag } from "./bptt.js";
import { gruStep, lstmStep, sigmoid, simpleRnnStep } from "./cells.js";
import { freshWeights, Random } from "./random.js";
import { ADDING } from "./tasks.js";

/** @typedef {import("./arrays.js").Floats} Floats */
/** @typedef {"SimpleRNN" | "LSTM" | "GRU"} Layer */
/** @typedef {"adding" | "noise2" | "noise8"} Inputs */
/**
 * What is measured: `bias` is the keeping gate's, and U is multiplied by `scale`.
 * @typedef {{layer: Layer, units: number, inputs: Inputs, bias: number, scale: number, seed: number}} Fresh
 */

export const LAGS = 100;
const BATCH = 16;
const STEPS = { SimpleRNN: simpleRnnStep, LSTM: lstmStep, GRU: gruStep };
const FEATURES = { adding: 2, noise2: 2, noise8: 8 };

/**
 * The inputs at each time step, the weights, and the derivative of the loss by the outputs.
 * @param {Fresh} fresh
 */
export function drawn({ layer, units, inputs, bias, scale, seed }) {
  const random = new Random(seed);
  const m = FEATURES[inputs];
  const x = Array.from({ length: LAGS }, () => new Float64Array(BATCH * m));
  if (inputs === "adding") ADDING.fill(x, new Float64Array(BATCH), random);
  else for (const input of x) for (let k = 0; k < input.length; k++) input[k] = random.normal();
  const [W, U, b] = freshWeights(STEPS[layer], m, units, random, { forgetBias: bias });
  if (layer === "GRU") b.fill(bias, 0, units); // of z
  const weights = [W, U.map((weight) => scale * weight), b].map((weight) => Float64Array.from(weight));
  const none = new Float64Array(BATCH * units);
  const dOutputs = x.map((_, t) => (t === LAGS - 1 ? Float64Array.from(none, () => random.normal()) : none));
  return { step: STEPS[layer], x, weights, dOutputs };
}

/**
 * The share of the gradient that is left at every lag.
 * @param {Fresh} fresh
 */
export function sharesLeft(fresh) {
  const { step, x, weights, dOutputs } = drawn(fresh);
  const lengths = gradientByLag(step, x, weights, dOutputs);
  return Array.from(lengths, (length) => length / lengths[0]);
}

/**
 * The medians of ten seeds.
 * @param {Omit<Fresh, "seed">} fresh
 */
export function typicalShares(fresh) {
  const seeds = Array.from({ length: 10 }, (_, seed) => sharesLeft({ ...fresh, seed }));
  return seeds[0].map((_, lag) => {
    const sorted = seeds.map((shares) => shares[lag]).sort((one, other) => one - other);
    return (sorted[4] + sorted[5]) / 2;
  });
}

/**
 * What one would expect: of a gated cell the power of its keeping gate alone, of a SimpleRNN that of U's factor.
 * @param {Fresh} fresh
 */
export function powers({ layer, bias, scale }) {
  const base = layer === "SimpleRNN" ? scale : sigmoid(bias);
  return Array.from({ length: LAGS }, (_, lag) => base ** lag);
}

// One training that a reader starts: a fresh layer, a task, and what is noted of the network after each update. Every batch
// is new, so its loss is one on sequences that the network has not been trained on.

import { gruStep, lstmStep, simpleRnnStep } from "./cells.js";
import { freshWeights, glorotUniform, Random } from "./random.js";
import { ADDING, ONE_BIT } from "./tasks.js";
import { Training } from "./train.js";

/** @typedef {"SimpleRNN" | "LSTM" | "GRU"} Layer */
/** @typedef {"adding" | "bit"} TaskName */
/**
 * What is trained; `bias` is the keeping gate's at the start.
 * @typedef {{layer: Layer, task: TaskName, units: number, steps: number, rate: number, bias: number, seed: number}} Setting
 */
/**
 * What was noted: of the batch after k updates its loss, the keeping gate's mean, and the largest mean of a unit's; of the
 * first batch and of the last one the share of the gradient that is left at every lag.
 * @typedef {object} Notes
 * @property {number[]} losses
 * @property {number[]} gates
 * @property {number[]} widest
 * @property {number[]} fresh
 * @property {number[]} now
 * @property {number} [halved]  after so many updates the mean of the last losses was below half of knowing nothing
 * @property {number} [solved]  and below 0.01
 */

export const MOST = 2400; // updates of a trial
export const BATCH = 32;
export const MEAN_OF = 25; // losses, before one says that they are small
export const SOLVED = 0.01;
/** The loss of a network that knows nothing of its inputs. */
export const NOTHING = { adding: 1 / 6, bit: Math.LN2 };

const STEPS = { SimpleRNN: simpleRnnStep, LSTM: lstmStep, GRU: gruStep };
const TASKS = { adding: ADDING, bit: ONE_BIT };

/** @param {Setting} setting */
function freshNetwork({ layer, task, units, bias }, /** @type {Random} */ random) {
  const own = freshWeights(STEPS[layer], TASKS[task].features, units, random, { forgetBias: bias });
  if (layer === "GRU") own[2].fill(bias, 0, units); // of z
  const weights = [...own, glorotUniform(units, 1, random), new Float32Array(1)];
  return weights.map((weight) => Float64Array.from(weight)); // V8 computes faster with 64 bits than with 32
}

/** The mean of the last losses, or of as many as there are. */
export function meanLoss(/** @type {number[]} */ losses, end = losses.length) {
  const last = losses.slice(Math.max(0, end - MEAN_OF), end);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** A network that learns, and its notes. */
export class Trial {
  /** @param {Setting} setting */
  constructor(setting) {
    const { layer, task, steps, rate, seed } = setting;
    this.setting = setting;
    this.random = new Random(seed);
    this.task = TASKS[task];
    const sizes = { steps, batch: BATCH, loss: this.task.loss };
    const weights = freshNetwork(setting, this.random);
    this.training = new Training(STEPS[layer], weights, sizes, { adam: { learningRate: rate, globalClipnorm: 1 } });
    /** @type {Notes} */
    this.notes = { losses: [], gates: [], widest: [], fresh: [], now: [] };
    this.measure();
    this.notes.fresh = this.shareByLag();
    this.notes.now = this.notes.fresh;
  }

  get updates() {
    return this.notes.losses.length - 1;
  }

  get over() {
    return this.notes.solved !== undefined || this.updates >= MOST;
  }

  /** Learn from the batch that was measured, and measure the next one. */
  update() {
    this.training.adam.step(this.training.gradients);
    this.measure();
  }

  /** Take the loss and the gradients of a new batch. */
  measure() {
    const { notes, setting, task, training } = this;
    task.fill(training.x, training.answers, this.random);
    notes.losses.push(training.forward());
    training.backward();
    const gates = this.gates();
    if (gates.length) {
      notes.gates.push(gates.reduce((sum, gate) => sum + gate, 0) / gates.length);
      notes.widest.push(Math.max(...gates));
    }
    if (notes.losses.length < MEAN_OF) return;
    const mean = meanLoss(notes.losses);
    if (mean < NOTHING[setting.task] / 2) notes.halved ??= this.updates;
    if (mean < SOLVED) notes.solved ??= this.updates;
  }

  /** The share of the last batch's gradient that is left at every lag. */
  shareByLag() {
    const lengths = this.training.gradientByLag();
    return Array.from(lengths, (length) => length / lengths[0]);
  }

  /** The keeping gate of each unit, its mean over the time steps and the batch; none for a SimpleRNN. */
  gates() {
    const { layer, units, steps } = this.setting;
    if (layer === "SimpleRNN") return [];
    const [stride, start] = layer === "LSTM" ? [5 * units, units] : [4 * units, 0];
    const sums = Array(units).fill(0);
    for (const kept of this.training.tape.kept) {
      for (let at = start; at < kept.length; at += stride) for (let k = 0; k < units; k++) sums[k] += kept[at + k];
    }
    return sums.map((sum) => sum / (steps * BATCH));
  }
}

/** The notes of a whole trial, from its first update to its last. */
export function whole(/** @type {Setting} */ setting) {
  const trial = new Trial(setting);
  while (!trial.over) trial.update();
  trial.notes.now = trial.shareByLag();
  return trial.notes;
}

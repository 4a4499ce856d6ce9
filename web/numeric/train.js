// Train a recurrent layer that answers with one number after the last time step: an update is the way forward, the loss,
// the way back and a step of Adam.

import { Adam } from "./adam.js";
import { zeros } from "./arrays.js";
import { meanNorm, Tape } from "./bptt.js";
import { cellOf, sigmoid } from "./cells.js";

/** @typedef {import("./arrays.js").Floats} Floats */
/** @typedef {import("./cells.js").Options} Options */

/** A layer, a Dense(1) on its last output, a loss and Adam. Its inputs and answers are filled anew for each update. */
export class Training {
  /**
   * @param {import("./cells.js").Step} step
   * @param {Floats[]} weights  the layer's, then the Dense layer's n weights and its bias; updates change them in place
   * @param {{steps: number, batch: number, loss?: "squares" | "bits"}} sizes
   * @param {Options & {adam?: import("./adam.js").Options}} [options]
   */
  constructor(step, weights, { steps, batch, loss = "squares" }, { adam, ...options } = {}) {
    const cell = cellOf(step, options);
    this.layer = weights.slice(0, -2);
    this.dense = weights[weights.length - 2];
    this.denseBias = weights[weights.length - 1];
    const n = this.dense.length;
    const m = this.layer[0].length / (cell.maps * n);
    this.loss = loss;
    this.x = Array.from({ length: steps }, () => zeros(batch * m, ...weights));
    this.answers = zeros(batch, ...weights);
    const start = Array.from({ length: cell.parts }, () => zeros(batch * n, ...weights));
    this.tape = new Tape(cell, this.x, start, this.layer);
    this.outputs = zeros(batch, ...weights);
    this.dLast = zeros(batch * n, ...weights);
    this.dDense = zeros(n, ...weights);
    this.dDenseBias = zeros(1, ...weights);
    this.dOutputs = this.x.map((_, t) => (t === steps - 1 ? this.dLast : undefined));
    this.adam = new Adam(weights, adam);
    this.gradients = [...this.tape.dWeights.slice(0, this.layer.length), this.dDense, this.dDenseBias];
  }

  /** Answer the batch, and return the mean loss. */
  forward() {
    const { answers, dense, outputs, tape } = this;
    tape.forward();
    const last = tape.states[this.x.length][0];
    const n = dense.length;
    let sum = 0;
    for (let row = 0; row < answers.length; row++) {
      let y = this.denseBias[0];
      for (let k = 0; k < n; k++) y += last[row * n + k] * dense[k];
      outputs[row] = y;
      if (this.loss === "squares") sum += (y - answers[row]) ** 2;
      else sum += Math.max(y, 0) - y * answers[row] + Math.log1p(Math.exp(-Math.abs(y)));
    }
    return sum / answers.length;
  }

  /** Take the derivatives of the loss back through everything. */
  backward() {
    const { answers, dense, dDense, dDenseBias, dLast, outputs, tape } = this;
    const last = tape.states[this.x.length][0];
    const [n, batch] = [dense.length, answers.length];
    dDense.fill(0);
    dDenseBias[0] = 0;
    for (let row = 0; row < batch; row++) {
      const y = outputs[row];
      const d = this.loss === "squares" ? (2 * (y - answers[row])) / batch : (sigmoid(y) - answers[row]) / batch;
      dDenseBias[0] += d;
      for (let k = 0; k < n; k++) {
        dDense[k] += d * last[row * n + k];
        dLast[row * n + k] = d * dense[k];
      }
    }
    tape.backward(this.dOutputs, [], false);
  }

  /** Learn from the batch that x and answers hold, and return its loss before. */
  update() {
    const loss = this.forward();
    this.backward();
    this.adam.step(this.gradients);
    return loss;
  }

  /** How large the derivative of the last batch's loss by the state is, k steps before the last. */
  gradientByLag() {
    return Float64Array.from(this.tape.dStates.toReversed(), (dState) => meanNorm(dState, this.answers.length));
  }
}

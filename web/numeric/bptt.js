// Backpropagation through time: the backward step of each cell, and the loop that runs it from the end:
// rnn_guide/bptt.py, name for name. A name that starts with d is a derivative of the loss: dH has the length of h.

import { addProductTransposed, addRows, addTransposedProduct, block, zeros } from "./arrays.js";
import { cellOf, firstState, GRU_AFTER, GRU_BEFORE, gruStep, LSTM, SIMPLE_RNN, sizesOf, withBias } from "./cells.js";

/** @typedef {import("./arrays.js").Floats} Floats */
/** @typedef {import("./cells.js").State} State */
/** @typedef {import("./cells.js").Options} Options */
/** @typedef {import("./cells.js").Sizes} Sizes */
/** @typedef {import("./cells.js").Cell} Cell */
/** @typedef {import("./cells.js").Step} Step */

/**
 * One step as `forward` has left it, with room for the derivatives of the affine maps.
 * @typedef {object} Taken
 * @property {Floats} x
 * @property {Floats[]} before
 * @property {Floats[]} weights
 * @property {Floats[]} after
 * @property {Floats} kept
 * @property {Sizes} sizes
 */

/**
 * The derivatives that a step back gives: `x` and `before` are set, to `weights` is added. Without `x` nobody asks for it.
 * @typedef {{x?: Floats, before: Floats[], weights: Floats[]}} Given
 */

/** @typedef {(taken: Taken, dAfter: Floats[], given: Given, dMaps: Floats) => void} Backward */

/** @type {Map<Cell, Backward>} */
const BACKWARD = new Map([
  [SIMPLE_RNN, simpleRnnBackward],
  [LSTM, lstmBackward],
  [GRU_AFTER, gruAfterBackward],
  [GRU_BEFORE, gruBeforeBackward],
]);

/** @type {Backward} */
function simpleRnnBackward(taken, [dH], given, dMaps) {
  const { after, sizes } = taken;
  for (let k = 0; k < dH.length; k++) dMaps[k] = dH[k] * (1 - after[0][k] ** 2);
  const d = block(dMaps, sizes.n);
  inputs(taken, given, d, 1);
  given.before[0].fill(0);
  states(taken, given, d, 0, 1);
}

/** @type {Backward} */
function lstmBackward(taken, [dH, dC], given, dMaps) {
  const { before, kept, sizes } = taken;
  const { batch, n } = sizes;
  const c = before[1];
  const dCBefore = given.before[1];
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < n; k++) {
      const at = row * 5 * n + k;
      const to = row * 4 * n + k;
      const unit = row * n + k;
      const i = kept[at];
      const f = kept[at + n];
      const candidate = kept[at + 2 * n];
      const o = kept[at + 3 * n];
      const tanhC = kept[at + 4 * n];
      const d = dC[unit] + dH[unit] * o * (1 - tanhC * tanhC); // h was made from c
      dMaps[to] = d * candidate * i * (1 - i);
      dMaps[to + n] = d * c[unit] * f * (1 - f);
      dMaps[to + 2 * n] = d * i * (1 - candidate * candidate);
      dMaps[to + 3 * n] = dH[unit] * tanhC * o * (1 - o);
      dCBefore[unit] = d * f;
    }
  }
  const d = block(dMaps, 4 * n);
  inputs(taken, given, d, 4);
  given.before[0].fill(0);
  states(taken, given, d, 0, 4);
}

/** @type {Backward} Of four blocks of dMaps the last one is what comes to the state's own product. */
function gruAfterBackward(taken, [dH], given, dMaps) {
  const { before, kept, sizes } = taken;
  const { batch, n } = sizes;
  const h = before[0];
  const dBefore = given.before[0];
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < n; k++) {
      const at = row * 4 * n + k;
      const unit = row * n + k;
      const z = kept[at];
      const r = kept[at + n];
      const candidate = kept[at + 2 * n];
      const d = dH[unit] * (1 - z) * (1 - candidate * candidate);
      dMaps[at] = dH[unit] * (h[unit] - candidate) * z * (1 - z);
      dMaps[at + n] = d * kept[at + 3 * n] * r * (1 - r);
      dMaps[at + 2 * n] = d;
      dMaps[at + 3 * n] = d * r;
      dBefore[unit] = dH[unit] * z;
    }
  }
  const d = block(dMaps, 4 * n);
  const dProduct = block(dMaps, 4 * n, 3 * n);
  inputs(taken, given, d, 3);
  states(taken, given, d, 0, 2);
  states(taken, given, dProduct, 2, 1);
  const dBias = given.weights[2];
  addRows(dBias, 3 * n, d, batch, 2 * n);
  addRows(dBias, 5 * n, dProduct, batch, n);
}

/** @type {Backward} Of four blocks of dMaps the last one is what comes to the state that r has reset. */
function gruBeforeBackward(taken, [dH], given, dMaps) {
  const { before, kept, weights, sizes } = taken;
  const { batch, n } = sizes;
  const h = before[0];
  const dBefore = given.before[0];
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < n; k++) {
      const at = row * 4 * n + k;
      const unit = row * n + k;
      const z = kept[at];
      const candidate = kept[at + 2 * n];
      dMaps[at] = dH[unit] * (h[unit] - candidate) * z * (1 - z);
      dMaps[at + 2 * n] = dH[unit] * (1 - z) * (1 - candidate * candidate);
      dMaps[at + 3 * n] = 0;
      dBefore[unit] = dH[unit] * z;
    }
  }
  const d = block(dMaps, 4 * n);
  const dCandidate = block(dMaps, 4 * n, 2 * n);
  const candidateColumns = block(weights[1], 3 * n, 2 * n);
  addProductTransposed(block(dMaps, 4 * n, 3 * n), dCandidate, candidateColumns, batch, n, n);
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < n; k++) {
      const at = row * 4 * n + k;
      const unit = row * n + k;
      const r = kept[at + n];
      dMaps[at + n] = dMaps[at + 3 * n] * h[unit] * r * (1 - r);
      dBefore[unit] += dMaps[at + 3 * n] * r;
    }
  }
  inputs(taken, given, d, 3);
  states(taken, given, d, 0, 2);
  const dCandidateColumns = block(given.weights[1], 3 * n, 2 * n);
  addTransposedProduct(dCandidateColumns, block(kept, 4 * n, 3 * n), dCandidate, n, batch, n);
}

/**
 * Take the derivatives of `count` maps to the input, its kernel and the bias beside it.
 * @param {Taken} taken
 * @param {Given} given
 * @param {import("./arrays.js").Block} d
 * @param {number} count
 */
function inputs({ x, weights, sizes }, given, d, count) {
  const { batch, m, n } = sizes;
  const columns = count * n;
  if (given.x) {
    given.x.fill(0);
    addProductTransposed(block(given.x, m), d, block(weights[0], columns), batch, columns, m);
  }
  addTransposedProduct(block(given.weights[0], columns), block(x, m), d, m, batch, columns);
  addRows(given.weights[2], 0, d, batch, columns);
}

/**
 * Take the derivatives of `count` maps, from one of them on, to the state and to their columns of the recurrent kernel.
 * @param {Taken} taken
 * @param {Given} given
 * @param {import("./arrays.js").Block} d
 * @param {number} first
 * @param {number} count
 */
function states({ before, weights, sizes }, given, d, first, count) {
  const { batch, n } = sizes;
  const stride = weights[1].length / n;
  const columns = count * n;
  addProductTransposed(block(given.before[0], n), d, block(weights[1], stride, first * n), batch, columns, n);
  addTransposedProduct(block(given.weights[1], stride, first * n), block(before[0], n), d, n, batch, columns);
}

/**
 * Take the derivatives of a loss back through one step of a SimpleRNN.
 * @param {Floats} x
 * @param {Floats} h          the state before the step
 * @param {Floats[]} weights
 * @param {Floats} dH         the derivative of the loss by the state after the step
 * @returns {[Floats, Floats, Floats[]]} by x, by h and by each of the weights
 */
export function simpleRnnStepBackward(x, h, weights, dH) {
  const { dX, dBefore, dWeights } = stepBackward(SIMPLE_RNN, x, [h], weights, [dH]);
  return [dX, dBefore[0], dWeights];
}

/**
 * Take the derivatives of a loss back through one step of an LSTM.
 * @param {Floats} x
 * @param {[Floats, Floats]} state   (h, c) before the step
 * @param {Floats[]} weights
 * @param {[Floats, Floats]} dState  by h and by c after the step, each with the other held fixed
 * @returns {[Floats, [Floats, Floats], Floats[]]} by x, by the state and by each of the weights
 */
export function lstmStepBackward(x, state, weights, dState) {
  const { dX, dBefore, dWeights } = stepBackward(LSTM, x, state, weights, dState);
  return [dX, [dBefore[0], dBefore[1]], dWeights];
}

/**
 * Take the derivatives of a loss back through one step of a GRU.
 * @param {Floats} x
 * @param {Floats} h
 * @param {Floats[]} weights
 * @param {Floats} dH
 * @param {Options} [options]
 * @returns {[Floats, Floats, Floats[]]} by x, by h and by each of the weights
 */
export function gruStepBackward(x, h, weights, dH, options) {
  const { dX, dBefore, dWeights } = stepBackward(cellOf(gruStep, options), x, [h], weights, [dH]);
  return [dX, dBefore[0], dWeights];
}

/**
 * @param {Cell} cell
 * @param {Floats} x
 * @param {Floats[]} before
 * @param {Floats[]} weights
 * @param {Floats[]} dAfter
 */
function stepBackward(cell, x, before, weights, dAfter) {
  const tape = new Tape(cell, [x], before, weights, dAfter);
  tape.forward();
  const dBefore = tape.backward([dAfter[0]], dAfter.slice(1));
  return { dX: tape.dX[0], dBefore, dWeights: tape.dWeights.slice(0, weights.length) };
}

/**
 * What a sequence leaves behind on its way forward, and the loop back over it. Its arrays are made once and serve again,
 * so that a training asks for no memory in its updates.
 */
export class Tape {
  /**
   * @param {Cell} cell
   * @param {Floats[]} x
   * @param {Floats[]} start    the state before the first step
   * @param {Floats[]} weights  which may change between two rounds
   * @param {Floats[]} [others] whose precision counts as well
   */
  constructor(cell, x, start, weights, others = []) {
    this.cell = cell;
    this.x = x;
    this.sizes = sizesOf(cell, x[0], start, weights);
    this.weights = withBias(cell, weights, this.sizes);
    const { batch, n } = this.sizes;
    const make = (/** @type {number} */ length) => zeros(length, ...x, ...start, ...weights, ...others);
    const pair = () => start.map(() => make(batch * n));
    /** The state before each step, and after the last one. */
    this.states = [start, ...x.map(pair)];
    this.kept = x.map(() => make(cell.kept * batch * n));
    this.dX = x.map((input) => make(input.length));
    this.dWeights = this.weights.map((weight) => make(weight.length));
    /** The derivative by the state after each step. */
    this.dStates = x.map(pair);
    this.dStart = pair();
    this.dMaps = make(Math.max(cell.maps, cell.kept) * batch * n);
  }

  forward() {
    for (let t = 0; t < this.x.length; t++) {
      this.cell.forward(this.x[t], this.states[t], this.weights, this.states[t + 1], this.kept[t], this.sizes);
    }
  }

  /**
   * @param {(Floats | undefined)[]} dOutputs  the derivative of the loss by the output at each time step
   * @param {Floats[]} [dRest]  by what else the last state holds: of an LSTM by c
   * @param {boolean} [withX]   whether the derivatives by the input are wanted
   * @returns {Floats[]} by the state before the first step
   */
  backward(dOutputs, dRest = [], withX = true) {
    const step = /** @type {Backward} */ (BACKWARD.get(this.cell));
    for (const dWeight of this.dWeights) dWeight.fill(0);
    const last = this.x.length - 1;
    for (const [part, dPart] of this.dStates[last].entries()) {
      if (part > 0 && dRest[part - 1]) dPart.set(dRest[part - 1]);
      else dPart.fill(0); // nothing comes after the last time step
    }
    for (let t = last; t >= 0; t--) {
      const [x, before, after, kept] = [this.x[t], this.states[t], this.states[t + 1], this.kept[t]];
      const dAfter = this.dStates[t];
      const dOutput = dOutputs[t];
      if (dOutput) for (let k = 0; k < dOutput.length; k++) dAfter[0][k] += dOutput[k];
      const given = {
        x: withX ? this.dX[t] : undefined,
        before: this.dStates[t - 1] ?? this.dStart,
        weights: this.dWeights,
      };
      // The same weights serve every step, so what each step has to say about them adds up.
      step({ x, before, weights: this.weights, after, kept, sizes: this.sizes }, dAfter, given, this.dMaps);
    }
    return this.dStart;
  }
}

/**
 * The derivatives of a loss, as backpropagate returns them. By the state of an LSTM after a step: in each row first
 * those of h, with c held fixed, then those of c, with h held fixed.
 * @typedef {object} Gradients
 * @property {Floats[]} x             by the input at each time step
 * @property {Floats[]} weights       by each weight
 * @property {Floats[]} states        by the state after each time step
 * @property {State} initialState     by the state before the first step
 */

/**
 * Take the derivatives of a loss back through a sequence, from the last time step to the first.
 * @param {Step} step          simpleRnnStep, lstmStep or gruStep
 * @param {Floats[]} x         the input at each time step
 * @param {Floats[]} weights
 * @param {Floats[]} dOutputs  the derivative of the loss by the output at each time step
 * @param {State} [initialState]
 * @param {Options} [options]
 * @returns {Gradients}
 */
export function backpropagate(step, x, weights, dOutputs, initialState, options) {
  const tape = taped(step, x, weights, dOutputs, initialState, options);
  const { batch, n } = tape.sizes;
  const [first, second] = tape.dStart;
  return {
    x: tape.dX,
    weights: tape.dWeights.slice(0, weights.length),
    states: tape.dStates.map((parts) => sideBySide(parts, batch, n)),
    initialState: second ? [first, second] : first,
  };
}

/**
 * How large the derivative of the loss by the state is, k steps before the last: the Euclidean norm at lag k, averaged
 * over the sequences, by all that the cell hands on.
 * @param {Step} step
 * @param {Floats[]} x
 * @param {Floats[]} weights
 * @param {Floats[]} dOutputs
 * @param {State} [initialState]
 * @param {Options} [options]
 * @returns {Float64Array}
 */
export function gradientByLag(step, x, weights, dOutputs, initialState, options) {
  const tape = taped(step, x, weights, dOutputs, initialState, options);
  return Float64Array.from(tape.dStates.toReversed(), (dState) => meanNorm(dState, tape.sizes.batch));
}

/** @type {(...given: Parameters<typeof backpropagate>) => Tape} */
function taped(step, x, weights, dOutputs, initialState, options) {
  const start = initialState ?? firstState(step, x, weights, options);
  const tape = new Tape(cellOf(step, options), x, Array.isArray(start) ? start : [start], weights, dOutputs);
  const { batch, n } = tape.sizes;
  if (dOutputs.length !== x.length || dOutputs.some((dOutput) => dOutput.length !== batch * n)) {
    throw new RangeError(`dOutputs must be ${x.length} arrays of ${batch * n} numbers`);
  }
  tape.forward();
  tape.backward(dOutputs);
  return tape;
}

/**
 * The Euclidean norm of a row that lies in several arrays, averaged over the rows.
 * @param {Floats[]} parts
 * @param {number} batch
 */
export function meanNorm(parts, batch) {
  let sum = 0;
  for (let row = 0; row < batch; row++) {
    let squares = 0;
    for (const part of parts) {
      const n = part.length / batch;
      for (let k = row * n; k < (row + 1) * n; k++) squares += part[k] * part[k];
    }
    sum += Math.sqrt(squares);
  }
  return sum / batch;
}

/**
 * The rows of several arrays, each behind the one of the array before.
 * @param {Floats[]} parts
 * @param {number} batch
 * @param {number} n
 */
function sideBySide(parts, batch, n) {
  if (parts.length === 1) return parts[0];
  const joined = zeros(parts.length * batch * n, ...parts);
  for (let row = 0; row < batch; row++) {
    for (const [part, values] of parts.entries()) {
      joined.set(values.subarray(row * n, (row + 1) * n), (row * parts.length + part) * n);
    }
  }
  return joined;
}

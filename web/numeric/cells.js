// One time step of each recurrent cell, and the loop that runs it over a sequence: rnn_guide/cells.py, name for name.
// Arrays are flat, row after row, in Keras's layout. How many features and units there are follows from the lengths of
// the weights, and how long the batch is from that of the state.

import { addProduct, block, setRows, zeros } from "./arrays.js";

/** @typedef {import("./arrays.js").Floats} Floats */
/** @typedef {Floats | [Floats, Floats]} State  of an LSTM the pair (h, c) */
/** @typedef {{resetAfter?: boolean}} Options  of a GRU */
/** @typedef {{batch: number, m: number, n: number}} Sizes */
/** @typedef {(x: Floats, state: any, weights: Floats[], options?: any) => any} Step */

/**
 * What a cell is made of. `forward` also keeps, in each row, what the way back needs: `kept` numbers a unit.
 * @typedef {object} Cell
 * @property {number} maps      affine maps, side by side in the weights
 * @property {number} parts     arrays in the state
 * @property {number} biasRows
 * @property {number} kept
 * @property {(x: Floats, before: Floats[], weights: Floats[], after: Floats[], kept: Floats, sizes: Sizes) => void} forward
 */

/**
 * The logistic function, by tanh as in Python, because exp(-x) overflows.
 * @param {number} x
 */
export const sigmoid = (x) => 0.5 * (1 + Math.tanh(0.5 * x));

/** @type {Cell} */
export const SIMPLE_RNN = {
  maps: 1,
  parts: 1,
  biasRows: 1,
  kept: 0,
  forward(x, [h], [W, U, b], [after], _kept, { batch, m, n }) {
    const a = block(after, n);
    setRows(a, b, 0, batch, n);
    addProduct(a, block(x, m), block(W, n), batch, m, n);
    addProduct(a, block(h, n), block(U, n), batch, n, n);
    for (let k = 0; k < after.length; k++) after[k] = Math.tanh(after[k]);
  },
};

/** @type {Cell} Keeps the gates i, f, the candidate, the gate o, and tanh c. */
export const LSTM = {
  maps: 4,
  parts: 2,
  biasRows: 1,
  kept: 5,
  forward(x, [h, c], [W, U, b], [hAfter, cAfter], kept, { batch, m, n }) {
    const a = block(kept, 5 * n);
    setRows(a, b, 0, batch, 4 * n);
    addProduct(a, block(x, m), block(W, 4 * n), batch, m, 4 * n);
    addProduct(a, block(h, n), block(U, 4 * n), batch, n, 4 * n);
    for (let row = 0; row < batch; row++) {
      for (let k = 0; k < n; k++) {
        const at = row * 5 * n + k;
        const unit = row * n + k;
        const i = sigmoid(kept[at]);
        const f = sigmoid(kept[at + n]);
        const candidate = Math.tanh(kept[at + 2 * n]);
        const o = sigmoid(kept[at + 3 * n]);
        cAfter[unit] = f * c[unit] + i * candidate;
        const tanhC = Math.tanh(cAfter[unit]);
        hAfter[unit] = o * tanhC;
        kept[at] = i;
        kept[at + n] = f;
        kept[at + 2 * n] = candidate;
        kept[at + 3 * n] = o;
        kept[at + 4 * n] = tanhC;
      }
    }
  },
};

/** @type {Cell} Keeps the gates z and r, the candidate, and the state's product that r multiplies. */
export const GRU_AFTER = {
  maps: 3,
  parts: 1,
  biasRows: 2,
  kept: 4,
  forward(x, [h], [W, U, b], [after], kept, { batch, m, n }) {
    const a = block(kept, 4 * n);
    const product = block(kept, 4 * n, 3 * n);
    setRows(a, b, 0, batch, 3 * n);
    setRows(product, b, 5 * n, batch, n);
    addProduct(a, block(x, m), block(W, 3 * n), batch, m, 3 * n);
    addProduct(a, block(h, n), block(U, 3 * n), batch, n, 2 * n);
    addProduct(product, block(h, n), block(U, 3 * n, 2 * n), batch, n, n);
    for (let row = 0; row < batch; row++) {
      for (let k = 0; k < n; k++) {
        const at = row * 4 * n + k;
        const unit = row * n + k;
        const z = sigmoid(kept[at] + b[3 * n + k]);
        const r = sigmoid(kept[at + n] + b[4 * n + k]);
        const candidate = Math.tanh(kept[at + 2 * n] + r * kept[at + 3 * n]);
        after[unit] = z * h[unit] + (1 - z) * candidate;
        kept[at] = z;
        kept[at + n] = r;
        kept[at + 2 * n] = candidate;
      }
    }
  },
};

/** @type {Cell} Keeps the gates z and r, the candidate, and the state that r has reset. */
export const GRU_BEFORE = {
  maps: 3,
  parts: 1,
  biasRows: 1,
  kept: 4,
  forward(x, [h], [W, U, b], [after], kept, { batch, m, n }) {
    const a = block(kept, 4 * n);
    setRows(a, b, 0, batch, 3 * n);
    addProduct(a, block(x, m), block(W, 3 * n), batch, m, 3 * n);
    addProduct(a, block(h, n), block(U, 3 * n), batch, n, 2 * n);
    for (let row = 0; row < batch; row++) {
      for (let k = 0; k < n; k++) {
        const at = row * 4 * n + k;
        kept[at] = sigmoid(kept[at]);
        kept[at + n] = sigmoid(kept[at + n]);
        kept[at + 3 * n] = kept[at + n] * h[row * n + k];
      }
    }
    addProduct(block(kept, 4 * n, 2 * n), block(kept, 4 * n, 3 * n), block(U, 3 * n, 2 * n), batch, n, n);
    for (let row = 0; row < batch; row++) {
      for (let k = 0; k < n; k++) {
        const at = row * 4 * n + k;
        const unit = row * n + k;
        const candidate = Math.tanh(kept[at + 2 * n]);
        after[unit] = kept[at] * h[unit] + (1 - kept[at]) * candidate;
        kept[at + 2 * n] = candidate;
      }
    }
  },
};

/**
 * The next state of a SimpleRNN: h = tanh(x W + h U + b).
 * @param {Floats} x          the input at this time step, batch · m numbers
 * @param {Floats} h          the last state, batch · n
 * @param {Floats[]} weights  W (m, n), U (n, n) and, unless the layer has none, b (n)
 * @returns {Floats}
 */
export const simpleRnnStep = (x, h, weights) => step(SIMPLE_RNN, x, [h], weights)[0];

/**
 * The next hidden and cell state of an LSTM; column blocks in the order i, f, c, o.
 * @param {Floats} x
 * @param {[Floats, Floats]} state  the last (h, c)
 * @param {Floats[]} weights        W (m, 4n), U (n, 4n) and, unless the layer has none, b (4n)
 * @returns {[Floats, Floats]}
 */
export function lstmStep(x, state, weights) {
  const [h, c] = step(LSTM, x, state, weights);
  return [h, c];
}

/**
 * The next state of a GRU; column blocks in the order z, r, h.
 * @param {Floats} x
 * @param {Floats} h
 * @param {Floats[]} weights  W (m, 3n), U (n, 3n) and, unless the layer has none, b: (2, 3n) with resetAfter, else (3n)
 * @param {Options} [options]
 * @returns {Floats}
 */
export const gruStep = (x, h, weights, options) => step(cellOf(gruStep, options), x, [h], weights)[0];

/**
 * Run a cell over a sequence, one time step after the other.
 * @param {Step} step           simpleRnnStep, lstmStep, gruStep or a function of the same form
 * @param {Floats[]} x          the input at each time step, batch · m numbers
 * @param {Floats[]} weights    what `step` takes
 * @param {State} [initialState]  the state before the first step; zeros by default
 * @param {Options} [options]   what `step` takes
 * @returns {{outputs: Floats[], state: any}} the output at each time step, and the last state
 */
export function run(step, x, weights, initialState, options) {
  let state = initialState ?? firstState(step, x, weights, options);
  const outputs = x.map((input) => {
    state = step(input, state, weights, options);
    return Array.isArray(state) ? state[0] : state;
  });
  return { outputs, state };
}

/**
 * A state of zeros, as a step takes it.
 * @param {Step} step
 * @param {Floats[]} x
 * @param {Floats[]} weights
 * @param {Options} [options]
 * @returns {State}
 */
export function firstState(step, x, weights, options) {
  if (x.length === 0) throw new RangeError("x must have a time step");
  const cell = cellOf(step, options);
  const n = Math.sqrt(weights[1].length / cell.maps);
  const length = (x[0].length / (weights[0].length / (cell.maps * n))) * n;
  const state = Array.from({ length: cell.parts }, () => zeros(length, x[0], ...weights));
  return cell.parts === 2 ? [state[0], state[1]] : state[0];
}

/**
 * The cell that a step belongs to.
 * @param {Step} step
 * @param {Options} [options]
 * @returns {Cell}
 */
export function cellOf(step, { resetAfter = true } = {}) {
  if (step === simpleRnnStep) return SIMPLE_RNN;
  if (step === lstmStep) return LSTM;
  if (step === gruStep) return resetAfter ? GRU_AFTER : GRU_BEFORE;
  throw new TypeError(`step must be simpleRnnStep, lstmStep or gruStep, got ${step?.name ?? step}`);
}

/**
 * Read the sizes off the lengths, or say which array does not fit.
 * @param {Cell} cell
 * @param {Floats} x
 * @param {Floats[]} state
 * @param {Floats[]} weights
 * @returns {Sizes}
 */
export function sizesOf(cell, x, state, weights) {
  const n = Math.sqrt(weights[1].length / cell.maps);
  const m = weights[0].length / (cell.maps * n);
  const batch = x.length / m;
  const whole = [n, m, batch].every((size) => Number.isInteger(size) && size > 0);
  if (!whole || (weights.length === 3 && weights[2].length !== cell.biasRows * cell.maps * n)) {
    const lengths = weights.map((weight) => weight.length).join(", ");
    throw new RangeError(`weights of ${lengths} numbers and x of ${x.length} do not fit ${cell.maps} maps`);
  }
  const wrong = state.length === cell.parts ? state.find((part) => part.length !== batch * n) : state;
  if (wrong) throw new RangeError(`the state must have ${cell.parts} × ${batch * n} numbers, got ${wrong.length}`);
  return { batch, m, n };
}

/**
 * The weights with a bias of zeros where there is none.
 * @param {Cell} cell
 * @param {Floats[]} weights
 * @param {Sizes} sizes
 */
export function withBias(cell, weights, { n }) {
  return weights.length === 3 ? weights : [...weights, zeros(cell.biasRows * cell.maps * n, ...weights)];
}

/**
 * @param {Cell} cell
 * @param {Floats} x
 * @param {Floats[]} before
 * @param {Floats[]} weights
 * @returns {Floats[]}
 */
function step(cell, x, before, weights) {
  const sizes = sizesOf(cell, x, before, weights);
  const length = sizes.batch * sizes.n;
  const after = before.map(() => zeros(length, x, ...before, ...weights));
  const kept = zeros(cell.kept * length, after[0]);
  cell.forward(x, before, withBias(cell, weights, sizes), after, kept, sizes);
  return after;
}

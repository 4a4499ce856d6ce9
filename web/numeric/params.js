// How many parameters a recurrent layer has, as the formula that says why: of rnn_guide/params what a page asks for, name
// for name, and the way back from a count to all sizes that have it.

/** A number that remembers how it was worked out, in letters and with the sizes filled in. */
export class Formula {
  /**
   * @param {number} value
   * @param {string} [symbols]
   * @param {string} [numbers]
   * @param {boolean} [isSum]  whether a product of it needs parentheses
   */
  constructor(value, symbols = String(value), numbers = String(value), isSum = false) {
    this.value = value;
    this.symbols = symbols;
    this.numbers = numbers;
    this.isSum = isSum;
  }

  /** @param {Formula} other */
  plus(other) {
    if (other.value === 0) return this;
    const [symbols, numbers] = [`${this.symbols}+${other.symbols}`, `${this.numbers}+${other.numbers}`];
    return new Formula(this.value + other.value, symbols, numbers, true);
  }

  /** @param {Formula} other */
  times(other) {
    const [left, right] = [this, other].map(({ symbols, numbers, isSum }) =>
      isSum ? [`(${symbols})`, `(${numbers})`] : [symbols, numbers],
    );
    return new Formula(this.value * other.value, `${left[0]}·${right[0]}`, `${left[1]}·${right[1]}`);
  }
}

/**
 * One array of a layer.
 * @typedef {object} Weight
 * @property {string} name      the framework's own
 * @property {number[]} shape
 * @property {string} gates     a letter for each of its blocks, in the framework's order; empty where it has one alone
 * @property {number} size
 */

/** @typedef {{value: number, symbols: string, numbers: string, weights: Weight[]}} Count */
/** @typedef {{useBias?: boolean, resetAfter?: boolean, layout?: "keras" | "torch", bidirectional?: boolean}} Options */
/** @typedef {"SimpleRNN" | "LSTM" | "GRU"} Layer */

/** The gates' letters in each framework's order. */
const GATES = {
  SimpleRNN: { keras: "", torch: "" },
  LSTM: { keras: "ifco", torch: "ifgo" },
  GRU: { keras: "zrh", torch: "rzn" },
};

/**
 * A layer's maps, and how many biases each of them has.
 * @param {Layer} layer
 * @param {Options} [options]
 */
export function maps(layer, { useBias = true, resetAfter = true, layout = "keras" } = {}) {
  if (layout === "torch" && layer === "GRU" && !resetAfter)
    throw new RangeError("PyTorch's GRU resets after the product");
  const two = layout === "torch" || (layer === "GRU" && resetAfter);
  return { count: GATES[layer].keras.length || 1, biases: useBias ? (two ? 2 : 1) : 0 };
}

/**
 * Count a layer of m features and n units.
 * @param {Layer} layer
 * @param {number} m
 * @param {number} n
 * @param {Options} [options]
 * @returns {Count}
 */
export function count(layer, m, n, options = {}) {
  for (const size of [m, n]) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`a size must be a positive integer, got ${size}`);
  }
  const { count: maps_, biases } = maps(layer, options);
  const [inputs, units] = [new Formula(m, "m"), new Formula(n, "n")];
  let formula = inputs.plus(units).times(units);
  if (biases === 1) formula = formula.plus(units);
  if (biases === 2) formula = formula.plus(new Formula(2).times(units));
  if (maps_ > 1) formula = new Formula(maps_).times(formula);
  if (options.bidirectional) formula = new Formula(2).times(formula);
  const { value, symbols, numbers } = formula;
  return { value, symbols, numbers, weights: weights(layer, m, n, options) };
}

/** @type {(m: number, n: number, options?: Options) => Count} */
export const simpleRnn = (m, n, options) => count("SimpleRNN", m, n, options);
/** @type {(m: number, n: number, options?: Options) => Count} */
export const lstm = (m, n, options) => count("LSTM", m, n, options);
/** @type {(m: number, n: number, options?: Options) => Count} */
export const gru = (m, n, options) => count("GRU", m, n, options);

/**
 * The arrays of a layer: in Keras the gates' columns side by side, in PyTorch their rows below each other.
 * @param {Layer} layer
 * @param {number} m
 * @param {number} n
 * @param {Options} options
 * @returns {Weight[]}
 */
function weights(layer, m, n, options) {
  const { layout = "keras", bidirectional = false } = options;
  const { count: maps_, biases } = maps(layer, options);
  const gates = GATES[layer][layout];
  const long = maps_ * n;
  /** @type {[string, number[]][]} */
  const arrays =
    layout === "torch"
      ? [
          ["weight_ih_l0", [long, m]],
          ["weight_hh_l0", [long, n]],
          ["bias_ih_l0", [long]],
          ["bias_hh_l0", [long]],
        ]
      : [
          ["kernel", [m, long]],
          ["recurrent_kernel", [n, long]],
          ["bias", biases === 2 ? [2, long] : [long]],
        ];
  const there = biases ? arrays : arrays.slice(0, 2);
  const named = there.map(([name, shape]) => ({ name, shape, gates, size: shape.reduce((a, b) => a * b) }));
  if (!bidirectional) return named;
  /** @type {(rename: (name: string) => string) => Weight[]} */
  const direction = (rename) => named.map((weight) => ({ ...weight, name: rename(weight.name) }));
  if (layout === "torch") return [...named, ...direction((name) => `${name}_reverse`)];
  return [...direction((name) => `forward_${name}`), ...direction((name) => `backward_${name}`)];
}

/**
 * All sizes with which a layer has so many parameters, most units first: of n(m+n+biases) = one map's share, n is a
 * divisor, and m what is left.
 * @param {number} wanted
 * @param {Layer} layer
 * @param {Options} [options]
 * @returns {[number, number][]} pairs of features and units
 */
export function findSizes(wanted, layer, options = {}) {
  const { count: maps_, biases } = maps(layer, options);
  const share = wanted / (maps_ * (options.bidirectional ? 2 : 1));
  /** @type {[number, number][]} */
  const found = [];
  if (!Number.isInteger(share)) return found;
  for (let n = Math.floor(Math.sqrt(share)); n > 0; n--) {
    const m = share / n - n - biases;
    if (m > 0 && Number.isInteger(m)) found.push([m, n]);
  }
  return found;
}

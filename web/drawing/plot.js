// Axes and curves as SVG text, for elements that draw what they compute. A plot knows how large it is, which numbers its
// axes span and which of them it names.

/**
 * @typedef {object} Axis
 * @property {number} from
 * @property {number} to
 * @property {number[]} ticks
 * @property {boolean} [log]
 * @property {string} [label]   what stands at the end of an x axis
 */

const rounded = (/** @type {number} */ number) => String(Math.round(10 * number) / 10);
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number as a tick names it: a power of ten with its exponent raised.
 * @param {number} value
 */
export function powerOfTen(value) {
  const exponent = Math.round(Math.log10(value));
  if (exponent === 0) return "1";
  return `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => RAISED[Number(digit)]).join("")}`;
}

/**
 * A share in words that fit a line: 0.31, 0.0021, 4·10⁻⁹.
 * @param {number} value
 */
export function share(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "no number";
  if (value >= 0.001 && value < 10_000) return String(Number(value.toPrecision(2)));
  const [digit, exponent] = value.toExponential(0).split("e");
  return `${digit}·${powerOfTen(10 ** Number(exponent))}`;
}

export class Plot {
  /**
   * @param {{x: Axis, y: Axis, width?: number, height?: number, left?: number, title: string}} what
   */
  constructor({ x, y, width = 360, height = 200, left = 44, title }) {
    this.axes = { x, y };
    this.width = width;
    this.height = height;
    this.title = title;
    this.box = { left, right: width - 12, top: 30, bottom: height - 28 };
  }

  /** @param {number} value */
  x(value) {
    const { left, right } = this.box;
    return left + (right - left) * place(this.axes.x, value);
  }

  /** @param {number} value */
  y(value) {
    const { top, bottom } = this.box;
    return bottom - (bottom - top) * place(this.axes.y, value);
  }

  /** The frame: a line and a name for each tick, and what the axes show. */
  frame() {
    const { left, right, top, bottom } = this.box;
    const { x, y } = this.axes;
    const name = (/** @type {Axis} */ axis, /** @type {number} */ tick) =>
      axis.log ? powerOfTen(tick) : tick.toLocaleString("en");
    const rows = y.ticks.map((tick) => {
      const at = rounded(this.y(tick));
      return `<path class="grid" d="M${left} ${at}H${right}"/><text class="end" x="${left - 7}" y="${rounded(this.y(tick) + 5)}">${name(y, tick)}</text>`;
    });
    const columns = x.ticks.map((tick) => {
      const at = rounded(this.x(tick));
      const [kind, words] = tick === x.to ? ["end", x.label ?? ""] : ["middle", name(x, tick)];
      return `<path class="grid" d="M${at} ${bottom}v5"/><text class="${kind}" x="${kind === "end" ? right : at}" y="${bottom + 20}">${words}</text>`;
    });
    const head = `<text class="head" x="0" y="16">${this.title}</text>`;
    return `${head}${rows.join("")}${columns.join("")}<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>`;
  }

  /**
   * A curve of values at 0, 1, 2, …; what lies outside of the axes is left out. Where values are many, some of them.
   * @param {ArrayLike<number>} values
   * @param {{colour: string, kind?: string}} look
   */
  curve(values, { colour, kind = "" }) {
    const every = Math.ceil(values.length / 400);
    const { from, to } = this.axes.y;
    let [path, pen] = ["", "M"];
    for (let k = 0; k < values.length; k += k + every < values.length ? every : Math.max(1, values.length - 1 - k)) {
      if (values[k] >= from && values[k] <= to) {
        path += `${pen}${rounded(this.x(k))} ${rounded(this.y(values[k]))}`;
        pen = "L";
      } else pen = "M";
    }
    if (/^[^L]*$/.test(path) && path) path += "h0"; // a point alone
    return `<path class="curve ${kind}" d="${path}" stroke="var(--rnn-${colour})"/>`;
  }

  /**
   * A level line with its name.
   * @param {number} value
   * @param {string} words
   */
  level(value, words) {
    const { left, right } = this.box;
    const at = this.y(value);
    return `<path class="level" d="M${left} ${rounded(at)}H${right}"/><text class="end note" x="${right}" y="${rounded(at - 6)}">${words}</text>`;
  }

  /**
   * A curve's name beside it.
   * @param {string} words
   * @param {string} colour
   * @param {[number, number]} point
   */
  name(words, colour, [x, y]) {
    return `<text class="end note" style="fill: var(--rnn-${colour})" x="${rounded(this.x(x))}" y="${rounded(this.y(y) - 7)}">${words}</text>`;
  }

  /**
   * Names in the colours of their curves, at the top right.
   * @param {{words: string, colour: string}[]} names
   */
  key(names) {
    const parts = names.map(({ words, colour }) => `<tspan fill="var(--rnn-${colour})" dx="8">${words}</tspan>`);
    return `<text class="end key" x="${this.box.right}" y="16">${parts.join("")}</text>`;
  }

  /**
   * All of it as one picture.
   * @param {string} id
   * @param {string} title  for those who do not see it
   * @param {string[]} drawn
   */
  svg(id, title, drawn) {
    return `<svg viewBox="0 0 ${this.width} ${this.height}" role="img" aria-labelledby="${id}"><title id="${id}">${title}</title>${this.frame()}${drawn.join("")}</svg>`;
  }
}

/**
 * Where a value lies on an axis, from 0 to 1.
 * @param {Axis} axis
 * @param {number} value
 */
function place({ from, to, log }, value) {
  if (!log) return (value - from) / (to - from);
  return Math.log(value / from) / Math.log(to / from);
}

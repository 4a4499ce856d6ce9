// What is particular to a cell that <lstm-step> or <gru-step> steps through, and the steps themselves.

import { shown } from "./numbers.js";

/** @typedef {import("../numeric/cells.js").Cell} Cell */
/** @typedef {Record<string, number>} Values  the numbers on the wires */
/** @typedef {import("./strip.js").Row} Row */

/**
 * What the reader chooses.
 * @typedef {object} Setting
 * @property {number[][]} weights  a row for each of W, U, b and, where there is one, b′; a column for each map
 * @property {number[]} x          the input at each step
 * @property {number[]} start      the state before the first step
 * @property {number} at           the step that is shown
 * @property {number} map          the map whose weights the sliders move
 * @property {number} form         which of the cell's forms
 */

/**
 * One step: what goes in, what comes out, and what the cell keeps of it.
 * @typedef {{x: number, before: number[], after: number[], kept: number[]}} Taken
 */

/**
 * @typedef {object} Kind
 * @property {string} name        of the element
 * @property {Setting} first      what it shows at first
 * @property {string[]} forms     the names of the pictures
 * @property {string[]} [formNames]  where the reader chooses between them
 * @property {{letter: string, role: string}[]} maps
 * @property {string[]} states    the letters of the states
 * @property {{text: string, setting: Partial<Setting>}[]} presets  what changes against the first setting
 * @property {(setting: Setting) => Cell} cell
 * @property {(setting: Setting, taken: Taken) => Values} values
 * @property {(values: Values) => string} words      the step for those who cannot see the picture
 * @property {(values: Values) => string} equations  as HTML
 * @property {(setting: Setting, values: Values) => string} sum  what the chosen map adds up, as HTML
 * @property {(taken: Taken[]) => Row[]} rows  of the strip
 */

/**
 * A number in a role's colour.
 * @param {string} role
 * @param {number} value
 */
export const coloured = (role, value) => `<b style="color: var(--rnn-${role})">${shown(value)}</b>`;

/**
 * Take every step.
 * @param {Kind} kind
 * @param {Setting} setting
 * @returns {Taken[]}
 */
export function run(kind, setting) {
  const cell = kind.cell(setting);
  const [W, U, ...biases] = setting.weights;
  const weights = [W, U, biases.slice(0, cell.biasRows).flat()].map((row) => Float64Array.from(row));
  const sizes = { batch: 1, m: 1, n: 1 };
  let before = setting.start.map((value) => Float64Array.of(value));
  return setting.x.map((x) => {
    const after = before.map(() => new Float64Array(1));
    const kept = new Float64Array(cell.kept);
    cell.forward(Float64Array.of(x), before, weights, after, kept, sizes);
    const taken = { x, before: before.map(Number), after: after.map(Number), kept: [...kept] };
    before = after;
    return taken;
  });
}

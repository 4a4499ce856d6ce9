// <gru-step>: one time step of a GRU with one feature and one unit, in the chapter's own picture, with its numbers on the
// wires, and with the reset after the product or before it.

import { coloured } from "../drawing/kind.js";
import { added, shown } from "../drawing/numbers.js";
import { define, html as page } from "../drawing/stepper.js";
import { GRU_AFTER, GRU_BEFORE } from "../numeric/cells.js";

/** @typedef {import("../drawing/kind.js").Kind} Kind */
/** @typedef {import("../drawing/kind.js").Setting} Setting */

/** @type {Setting} */
const FIRST = {
  weights: [
    [0, 2, 1],
    [0, 0, 2],
    [0, 0, 0],
    [0, 0, 0],
  ],
  x: [1, 0, 0, -1, 0, 0, 1, 0],
  start: [0.5],
  at: 0,
  map: 2,
  form: 0,
};
const AFTER = 0;

/** The first weights with other biases. */
const biased = (/** @type {number} */ z, /** @type {number} */ r) => FIRST.weights.with(2, [z, r, 0]);

/** @type {Kind} */
export const KIND = {
  name: "gru-step",
  first: FIRST,
  forms: ["gru-after", "gru-before"],
  formNames: ["after the product", "before it"],
  maps: [
    { role: "z", letter: "<i>z</i>" },
    { role: "r", letter: "<i>r</i>" },
    { role: "c", letter: "<i>h̃</i>" },
  ],
  states: ["h"],
  presets: [
    { text: "the first weights", setting: {} },
    { text: "shut the reset gate", setting: { weights: biased(0, -10), map: 1 } },
    { text: "z near 1", setting: { weights: biased(10, 0), map: 0 } },
    { text: "z near 0", setting: { weights: biased(-10, 0), map: 0 } },
    { text: "r and z near 0", setting: { weights: biased(-10, -10), map: 0 } },
  ],
  cell: ({ form }) => (form === AFTER ? GRU_AFTER : GRU_BEFORE),
  values({ weights: [W, U, b, second], form }, { x, before: [h], after, kept: [z, r, candidate, product] }) {
    const [mapZ, mapR] = [0, 1].map((k) => x * W[k] + b[k] + h * U[k] + (form === AFTER ? second[k] : 0));
    const entry = x * W[2] + b[2];
    const recurrent = form === AFTER ? r * product : product * U[2];
    return {
      ...{ x, "h-before": h, "h-after": after[0], "map-z": mapZ, "map-r": mapR, z, r, product, recurrent, entry },
      ...{ "map-c": entry + recurrent, c: candidate, rest: 1 - z, kept: z * h, written: (1 - z) * candidate },
    };
  },
  words: (v) =>
    `Input x ${shown(v.x)}. Before the step: h ${shown(v["h-before"])}. ` +
    `Reset gate ${shown(v.r)}, update gate ${shown(v.z)}, candidate ${shown(v.c)}. ` +
    `Kept ${shown(v.kept)}, written ${shown(v.written)}. After the step: h ${shown(v["h-after"])}.`,
  equations: (v) =>
    `<span><i>h̃</i> = tanh(${shown(v.entry)} + ${shown(v.recurrent)}) = ${coloured("c", v.c)}</span> ` +
    `<span><i>h</i> = ${coloured("z", v.z)} · ${shown(v["h-before"])} + ${shown(v.rest)} · ${coloured("c", v.c)} = <strong>${shown(v["h-after"])}</strong></span>`,
  sum({ weights, map, form }, v) {
    const { role, letter } = KIND.maps[map];
    const [w, u] = weights.map((row) => shown(row[map], 1));
    const [bias, second] = weights.slice(2).map((row) => added(row[map]));
    const [h, r] = [shown(v["h-before"]), coloured("r", v.r)];
    const state = `${h} · ${u}${form === AFTER ? second : ""}`;
    const sum = shown(v[`map-${role}`]);
    const reset = form === AFTER ? `${r} · (${state})` : `(${r} · ${h}) · ${u}`;
    return (
      `<span>sum = ${shown(v.x)} · ${w}${bias}</span> ` +
      `<span>+ ${role === "c" ? reset : state} = ${sum}</span> ` +
      `<span>${letter} = ${role === "c" ? "tanh" : "<i>σ</i>"}(${sum}) = ${coloured(role, v[role])}</span>`
    );
  },
  rows: (taken) => [
    { name: "x", role: "quiet", values: taken.map(({ x }) => x) },
    { name: "h", role: "ink", values: taken.map(({ after }) => after[0]) },
  ],
};

/** @param {Record<string, string>} pictures */
export const html = (pictures) => page(KIND, pictures);

define(KIND);

// <lstm-step>: one time step of an LSTM with one feature and one unit, in the chapter's own picture, with its numbers on
// the wires. It starts with the weights that the chapter computes by hand.

import { coloured } from "../drawing/kind.js";
import { added, shown } from "../drawing/numbers.js";
import { define, html as page } from "../drawing/stepper.js";
import { LSTM } from "../numeric/cells.js";

/** @typedef {import("../drawing/kind.js").Kind} Kind */
/** @typedef {import("../drawing/kind.js").Setting} Setting */

/** @type {Setting} */
const FIRST = {
  weights: [
    [2, 0, 1, 0],
    [0, 0, 2, 0],
    [0, 1, 0, 0],
  ],
  x: [1, 0, 0, -1, 0, 0, 1, 0],
  start: [0.5, 0.5],
  at: 0,
  map: 0,
  form: 0,
};

/** The chapter's weights with other biases. */
const biased = (/** @type {number} */ i, /** @type {number} */ f) => [...FIRST.weights.slice(0, 2), [i, f, 0, 0]];

/** @type {Kind} */
export const KIND = {
  name: "lstm-step",
  first: FIRST,
  forms: ["lstm"],
  maps: ["i", "f", "c", "o"].map((role) => ({ role, letter: role === "c" ? "<i>c̃</i>" : `<i>${role}</i>` })),
  states: ["h", "c"],
  presets: [
    { text: "the step above", setting: {} },
    { text: "shut the input gate", setting: { weights: biased(-10, 1), map: 0 } },
    { text: "open the forget gate", setting: { weights: biased(0, 10), map: 1 } },
    { text: "do both", setting: { weights: biased(-10, 10), map: 0 } },
  ],
  cell: () => LSTM,
  values({ weights: [W, U, b] }, { x, before: [h, c], after, kept: [i, f, candidate, o, tanh] }) {
    const [mapI, mapF, mapC, mapO] = W.map((w, k) => x * w + h * U[k] + b[k]);
    return {
      ...{ x, "h-before": h, "c-before": c, "h-after": after[0], "c-after": after[1] },
      ...{ "map-i": mapI, "map-f": mapF, "map-c": mapC, "map-o": mapO },
      ...{ i, f, c: candidate, o, tanh, kept: f * c, written: i * candidate },
    };
  },
  words: (v) =>
    `Input x ${shown(v.x)}. Before the step: h ${shown(v["h-before"])}, c ${shown(v["c-before"])}. ` +
    `Input gate ${shown(v.i)}, forget gate ${shown(v.f)}, candidate ${shown(v.c)}, output gate ${shown(v.o)}. ` +
    `Kept ${shown(v.kept)}, written ${shown(v.written)}. After the step: c ${shown(v["c-after"])}, h ${shown(v["h-after"])}.`,
  equations: (v) =>
    `<span><i>c</i> = ${coloured("f", v.f)} · ${shown(v["c-before"])} + ${coloured("i", v.i)} · ${coloured("c", v.c)} = <strong>${shown(v["c-after"])}</strong></span> ` +
    `<span><i>h</i> = ${coloured("o", v.o)} · tanh(${shown(v["c-after"])}) = <strong>${shown(v["h-after"])}</strong></span>`,
  sum({ weights: [W, U, b], map }, v) {
    const { role, letter } = KIND.maps[map];
    const [w, u] = [W[map], U[map]].map((weight) => shown(weight, 1));
    const gate = role === "c" ? "tanh" : "<i>σ</i>";
    return (
      `<span>${letter} = ${shown(v.x)} · ${w} + ${shown(v["h-before"])} · ${u}${added(b[map])}</span> ` +
      `<span>= ${shown(v[`map-${role}`])}, ${gate}(${letter}) = ${coloured(role, v[role])}</span>`
    );
  },
  rows: (taken) => [
    { name: "x", role: "quiet", values: taken.map(({ x }) => x) },
    { name: "c", role: "ink", least: 5, values: taken.map(({ after }) => after[1]) },
    { name: "h", role: "ink", values: taken.map(({ after }) => after[0]) },
  ],
};

/** @param {Record<string, string>} pictures */
export const html = (pictures) => page(KIND, pictures);

define(KIND);

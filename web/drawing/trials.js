// What a trial has noted, in three pictures: its loss and its keeping gate against the updates, and the gradient against the
// lag, with trials before it as thin lines.

import { meanLoss, NOTHING } from "../numeric/trial.js";
import { Plot, share } from "./plot.js";
import { COLOURS } from "./settings.js";

/** @typedef {import("../numeric/trial.js").Setting} Setting */
/** @typedef {import("../numeric/trial.js").Notes} Notes */
/** @typedef {{setting: Setting, notes: Notes}} Trained */

const GATES = { SimpleRNN: "", LSTM: "forget gate", GRU: "update gate" };
const LEVELS = { adding: "knows nothing: 1/6", bit: "knows nothing: ln 2" };
const ENDS = [300, 600, 1200, 2400]; // of the axis of updates

export const grouped = (/** @type {number} */ number) => number.toLocaleString("en");

/**
 * The lag at which what a task asks for lies: the bit is in the first input, the farther number in the first half.
 * @param {Setting} setting
 */
export const farLag = ({ task, steps }) => (task === "bit" ? steps - 1 : Math.floor(steps / 2));

/**
 * The mean of the last losses after each update.
 * @param {number[]} losses
 */
const smooth = (losses) => losses.map((_, k) => meanLoss(losses, k + 1));

/**
 * All three pictures.
 * @param {Trained} current
 * @param {Trained[]} others  of the same task
 */
export function pictures(current, others) {
  const colour = COLOURS[current.setting.layer];
  const longest = Math.max(...[current, ...others].map((run) => run.notes.losses.length - 1));
  const end = ENDS.find((stop) => stop >= longest) ?? ENDS[ENDS.length - 1];
  const x = { from: 0, to: end, ticks: [0, end / 2, end], label: `${grouped(end)} updates` };
  const thin = (/** @type {Plot} */ plot, /** @type {(notes: Notes) => number[]} */ of) =>
    others.map((run) => plot.curve(of(run.notes), { colour: COLOURS[run.setting.layer], kind: "thin" }));
  const drawn = {
    loss: lossPicture(current, x, thin, others),
    lag: lagPicture(current, others, thin),
    gate: gatePicture(current, x, thin),
  };
  const part = (/** @type {string} */ name, /** @type {string} */ picture) =>
    `<div class="${name}">${picture.replaceAll("COLOUR", colour)}</div>`;
  return { left: part("loss", drawn.loss) + part("gate", drawn.gate), right: part("lag", drawn.lag) };
}

/** @typedef {import("./plot.js").Axis} Axis */
/** @typedef {(plot: Plot, of: (notes: Notes) => number[]) => string[]} Thin */

/** @type {(run: Trained, x: Axis, thin: Thin, others: Trained[]) => string} */
function lossPicture({ setting, notes }, x, thin, others) {
  const layers = [...new Set([...others.map((run) => run.setting.layer), setting.layer])];
  const nothing = NOTHING[setting.task];
  const y =
    setting.task === "adding" ? { from: 0, to: 0.25, ticks: [0, 0.1, 0.2] } : { from: 0, to: 1, ticks: [0, 0.5, 1] };
  const plot = new Plot({ x, y, title: "loss (thick: mean of 25)" });
  const drawn = [
    ...thin(plot, ({ losses }) => smooth(losses)),
    plot.curve(notes.losses, { colour: "COLOUR", kind: "faint" }),
    plot.curve(smooth(notes.losses), { colour: "COLOUR" }),
    plot.level(nothing, LEVELS[setting.task]),
    plot.key(layers.map((layer) => ({ words: layer, colour: COLOURS[layer] }))),
  ];
  const now = meanLoss(notes.losses);
  const title = `Loss against updates: ${share(notes.losses[0])} at first, ${share(now)} after ${grouped(notes.losses.length - 1)}. ${outcome(notes)}`;
  return plot.svg("train-one-loss", title, drawn);
}

/** @type {(run: Trained, others: Trained[], thin: Thin) => string} */
function lagPicture({ setting, notes }, others, thin) {
  const to = Math.max(...[setting, ...others.map((run) => run.setting)].map(({ steps }) => steps));
  const y = { from: 1e-16, to: 100, ticks: [1e-15, 1e-10, 1e-5, 1], log: true };
  const plot = new Plot({
    x: { from: 0, to, ticks: [0, to / 2, to], label: `lag ${to}` },
    y,
    height: 250,
    left: 52,
    title: "share left at lag k (dashed: fresh)",
  });
  const drawn = [
    plot.level(1, ""),
    ...thin(plot, ({ now }) => now),
    plot.curve(notes.fresh, { colour: "COLOUR", kind: "fresh" }),
    plot.curve(notes.now, { colour: "COLOUR" }),
  ];
  const lag = farLag(setting);
  const title = `Share of the gradient left, at lag ${lag}: ${share(notes.fresh[lag])} in the fresh network, ${share(notes.now[lag])} now`;
  return plot.svg("train-one-lag", title, drawn);
}

/** @type {(run: Trained, x: Axis, thin: Thin) => string} */
function gatePicture({ setting, notes }, x, thin) {
  const plot = new Plot({
    x,
    y: { from: 0, to: 1, ticks: [0, 0.5, 1] },
    height: 170,
    title: GATES[setting.layer] ? `${GATES[setting.layer]}: mean (dashed: largest unit)` : "no gate",
  });
  const { gates, widest } = notes;
  const drawn = [
    ...thin(plot, (run) => run.gates),
    plot.curve(widest, { colour: "COLOUR", kind: "fresh" }),
    plot.curve(gates, { colour: "COLOUR" }),
  ];
  const last = gates.length - 1;
  const title = gates.length
    ? `${GATES[setting.layer]}: its mean is ${share(gates[0])} at first and ${share(gates[last])} now, the largest mean of a unit ${share(widest[last])}`
    : "A SimpleRNN has no gate";
  return plot.svg("train-one-gate", title, drawn);
}

/**
 * How a trial went.
 * @param {Notes} notes
 */
export function outcome({ losses, solved }) {
  if (solved !== undefined) return `Solved after ${grouped(solved)} updates.`;
  return `Not solved in ${grouped(losses.length - 1)} updates.`;
}

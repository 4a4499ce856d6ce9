// <inside-gru>: the GRU that colours Python source, opened. The background shows a unit's state, the line below what the
// gates and the answer are at a character; units can be held still.

import { box, Editor, key } from "../reader/editor.js";
import { dataOf, Network } from "../reader/network.js";
import { Reading, UNREAD } from "../reader/reading.js";
import { likely, named, percent, place, unanswered } from "../reader/told.js";

/** @typedef {import("../reader/network.js").Data} Data */
/** @typedef {{group: string, unit: number, count: number, at: number, from: number}} Setting  `at` is 0 outside, 1 inside */

const LEVELS = 5; // of a background; more could not be told apart
const MOST_HELD = 16;
const STOPS = 20; // of the slider from outside to inside

const signed = (/** @type {number} */ value) => value.toFixed(2).replace("-", "−");

/** @param {Data} data */
const first = ({ groups }) => ({ group: "string", unit: groups.string.units[0], count: 0, at: 0, from: 0 });

/**
 * The units that are held, and where.
 * @param {Data} data
 * @param {Setting} setting
 */
export function heldUnits({ groups }, { group, unit, count, at }) {
  const { units, outside, inside } = groups[group];
  const order = [unit, ...units.filter((other) => other !== unit)].slice(0, count);
  return new Map(order.map((k) => [k, outside[k] + at * (inside[k] - outside[k])]));
}

/**
 * How the text looks: the colours of the network with its units held, on the state of one unit.
 * @param {Reading} free
 * @param {Reading} held
 * @param {() => Setting} setting
 * @param {() => number} chosen  the place behind the chosen character
 */
const lookOf = (free, held, setting, chosen) => (/** @type {number} */ at) => {
  const level = at < held.done ? Math.round(LEVELS * held.state(at + 1)[setting().unit]) : 0;
  const shade = level ? ` ${level > 0 ? "plus" : "minus"}${Math.abs(level)}` : "";
  const changed = held.classes[at] === free.classes[at] ? "" : " changed";
  const known = held.classes[at] === UNREAD ? "" : `k${held.classes[at]}`;
  return known + shade + changed + (at === chosen() - 1 ? " here" : "");
};

/**
 * @param {Data} data
 * @param {Setting} setting
 */
function controls(data, setting) {
  const radios = Object.keys(data.groups).map(
    (name) =>
      `<label><input type="radio" name="group" value="${name}"${name === setting.group ? " checked" : ""}> ${name}s</label>`,
  );
  const words = inWords(data, setting);
  const last = data.shapes[2][0] - 1;
  const slider = (/** @type {"count" | "at"} */ name, /** @type {string} */ title, /** @type {number} */ most) =>
    `<div class="size"><label for="inside-gru-${name}">${title}</label><input type="range" id="inside-gru-${name}" name="${name}" min="0" max="${most}" value="0" aria-valuetext="${words[name]}"><output>${words[name]}</output></div>`;
  return `<form class="pst-js-only" autocomplete="off" aria-label="Units">
<fieldset><legend>units that tell</legend>${radios.join("")}</fieldset>
<div class="size"><label for="inside-gru-unit">unit shown</label><input type="range" name="unit" aria-label="unit shown" min="0" max="${last}" value="${setting.unit}"><input type="number" id="inside-gru-unit" name="unit" min="0" max="${last}" value="${setting.unit}" inputmode="numeric" required></div>
${slider("count", "units held", MOST_HELD)}
${slider("at", "held at their", STOPS)}
<fieldset><label><input type="checkbox" name="here"> held only behind the chosen character</label></fieldset>
</form>`;
}

/**
 * What stands beside the sliders.
 * @param {Data} data
 * @param {Setting} setting
 */
function inWords(data, setting) {
  const { count, at, group } = setting;
  const only = count === 1 ? `: ${signed([...heldUnits(data, setting).values()][0])}` : "";
  const ends = ["mean outside", "mean inside"];
  const between = `${Math.round(100 * at)}% of the way inside`;
  return { count: `${count} of ${data.shapes[2][0]}`, at: `${ends[at] ?? between} ${group}s${only}` };
}

/**
 * What holding the units does to the colours.
 * @param {Reading} free
 * @param {Reading} held
 */
function effect(free, held) {
  if (held.held.size === 0) return "No unit is held.";
  const changed = held.classes.reduce((sum, one, at) => sum + Number(one !== free.classes[at]), 0);
  const units = held.held.size === 1 ? "1 unit" : `${held.held.size} units`;
  const from = held.from ? ` behind ${place(held.text, held.from)}` : "";
  return `With ${units} held${from}, ${changed} of ${held.text.length} characters have another colour.`;
}

/**
 * The answer at the chosen character in a line.
 * @param {Reading} held
 * @param {number} at
 * @param {Setting} setting
 */
function told(held, at, { unit }) {
  const nothing = unanswered(held, at);
  if (nothing) return nothing;
  const { before, after } = held.gates(at - 1, unit);
  const states = `unit ${unit} from ${signed(before)} to ${signed(after)}`;
  return `At ${named(held.text, at)}, ${place(held.text, at)}: ${likely(held, at)}; ${states}.`;
}

/**
 * The answer at the chosen character, and what the shown unit does there.
 * @param {Reading} held
 * @param {number} at
 * @param {Setting} setting
 */
function chosen(held, at, { unit }) {
  if (unanswered(held, at)) return "";
  const name = named(held.text, at);
  const bars = [...held.chances(at - 1)].map((chance, k) => {
    const width = (100 * chance).toFixed(1);
    return `<tr><th scope="row" class="k${k}">${held.network.classes[k]}</th><td>${percent(chance)}</td><td aria-hidden="true"><i style="width:${width}%"></i></td></tr>`;
  });
  const { z, r, candidate, before, after } = held.gates(at - 1, unit);
  const still = held.held.has(unit) && at > held.from;
  const values = {
    "state before": before,
    "reset gate r": r,
    candidate,
    "update gate z, 1 keeps": z,
    [still ? "state after, held" : "state after"]: after,
  };
  const rows = Object.entries(values).map(
    ([title, value]) => `<tr><th scope="row">${title}</th><td>${signed(value)}</td></tr>`,
  );
  return `<table class="table"><caption>The answer at ${name}</caption><tbody>${bars.join("")}</tbody></table>
<table class="table"><caption>Unit ${unit} at ${name}</caption><tbody>${rows.join("")}</tbody></table>`;
}

/**
 * What the build puts into the page.
 * @param {Data} data
 */
export function html(data) {
  const reading = new Reading(new Network(data));
  reading.edit(data.text);
  reading.advance();
  const setting = first(data);
  return `${box(
    data.text,
    lookOf(
      reading,
      reading,
      () => setting,
      () => 0,
    ),
    "Python source to colour",
  )}
<p class="steps pst-js-only"><button type="button" name="back">previous character</button> <button type="button" name="on">next character</button></p>
<p class="told pst-js-only" aria-live="polite">${told(reading, 0, setting)}</p>
<p class="effect pst-js-only" aria-live="polite">${effect(reading, reading)}</p>
${controls(data, setting)}
${key(data.classes, `<span>state of the unit: <span class="minus5">−1</span><span class="minus3">&emsp;</span><span class="minus1">&emsp;</span> 0 <span class="plus1">&emsp;</span><span class="plus3">&emsp;</span><span class="plus5">1</span></span> <span class="changed">another colour than with no unit held</span>`)}
<div class="chosen pst-js-only">${chosen(reading, 0, setting)}</div>`;
}

/** What works in the page. */
class Opened {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.data = dataOf(element);
    const network = new Network(this.data);
    this.free = new Reading(network);
    this.held = new Reading(network);
    this.setting = first(this.data);
    /** @type {Record<string, string>} */
    this.shown = {};
    const look = lookOf(
      this.free,
      this.held,
      () => this.setting,
      () => this.editor?.at ?? 0,
    );
    this.editor = new Editor(element, [this.free, this.held], look, (at) => this.show(at));
    const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
    form.reset();
    form.addEventListener("input", ({ target }) => this.changed(/** @type {HTMLInputElement} */ (target)));
    element.addEventListener("submit", (event) => event.preventDefault());
    element.addEventListener("click", ({ target }) => {
      const name = /** @type {HTMLButtonElement} */ (target).name;
      if (name === "back" || name === "on") this.editor.move(this.editor.at + (name === "on" ? 1 : -1));
    });
  }

  /**
   * Take over what a reader has changed.
   * @param {HTMLInputElement} target
   */
  changed({ name, value, checked, validity }) {
    const { setting, data } = this;
    if (!validity.valid) return; // a unit that is being typed
    if (name === "group") Object.assign(setting, { group: value, unit: data.groups[value].units[0] });
    if (name === "unit" || name === "count") setting[name] = Number(value);
    if (name === "at") setting.at = Number(value) / STOPS;
    if (name === "here") setting.from = checked ? this.editor.at : 0;
    this.fill();
    this.held.hold(heldUnits(data, setting), setting.from);
    this.editor.go();
  }

  /** Set the sliders, and what stands beside them, to the setting. */
  fill() {
    const words = inWords(this.data, this.setting);
    for (const field of this.fields("unit")) field.value = String(this.setting.unit);
    for (const [name, value] of /** @type {const} */ ([
      ["count", this.setting.count],
      ["at", Math.round(STOPS * this.setting.at)],
    ])) {
      const [slider] = this.fields(name);
      slider.value = String(value);
      slider.setAttribute("aria-valuetext", words[name]);
      /** @type {Element} */ (slider.nextElementSibling).textContent = words[name];
    }
  }

  /** @param {string} name */
  fields(name) {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.element.querySelectorAll(`[name="${name}"]`));
  }

  /**
   * Show what the readings say, of the character before `at` as well.
   * @param {number} at
   */
  show(at) {
    this.put(".effect", effect(this.free, this.held));
    this.put(".told", told(this.held, at, this.setting));
    this.put(".chosen", chosen(this.held, at, this.setting));
  }

  /**
   * @param {string} selector
   * @param {string} content
   */
  put(selector, content) {
    const place = /** @type {Element} */ (this.element.querySelector(selector));
    if (this.shown[selector] === content) return;
    this.shown[selector] = content;
    place.innerHTML = content;
  }
}

class InsideGru extends (globalThis.HTMLElement ?? Object) {
  connectedCallback() {
    this.opened = new Opened(this);
  }
}

globalThis.customElements?.define("inside-gru", InsideGru);

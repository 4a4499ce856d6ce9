// <inside-gru>: the GRU that colours Python source, opened. The background shows a unit's state, the line below what the
// gates and the answer are at a character; units can be held still.

import { box, Editor, key } from "../reader/editor.js";
import { dataOf, Network } from "../reader/network.js";
import { Reading, UNREAD } from "../reader/reading.js";
import { named, percent, unanswered } from "../reader/told.js";

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
 */
const lookOf = (free, held, setting) => (/** @type {number} */ at) => {
  const level = at < held.done ? Math.round(LEVELS * held.state(at + 1)[setting().unit]) : 0;
  const shade = level ? ` ${level > 0 ? "plus" : "minus"}${Math.abs(level)}` : "";
  const changed = held.classes[at] === free.classes[at] ? "" : " changed";
  const known = held.classes[at] === UNREAD ? "" : `k${held.classes[at]}`;
  return known + shade + changed;
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
  const slider = (
    /** @type {"unit" | "count" | "at"} */ name,
    /** @type {string} */ title,
    /** @type {number} */ most,
  ) => {
    const words = inWords(data, setting)[name];
    return `<div class="size"><label for="inside-gru-${name}">${title}</label><input type="range" id="inside-gru-${name}" name="${name}" min="0" max="${most}" value="${name === "unit" ? setting.unit : 0}" aria-valuetext="${words}"><output>${words}</output></div>`;
  };
  return `<form class="pst-js-only" autocomplete="off" aria-label="Units">
<fieldset><legend>units for</legend>${radios.join("")}</fieldset>
${slider("unit", "unit shown", data.shapes[2][0] - 1)}
${slider("count", "units held", MOST_HELD)}
${slider("at", "held as", STOPS)}
<fieldset><label><input type="checkbox" name="here"> held only from the cursor on</label></fieldset>
</form>`;
}

/**
 * What stands beside the sliders.
 * @param {Data} data
 * @param {Setting} setting
 */
function inWords(data, setting) {
  const { unit, count, at, group } = setting;
  const only = count === 1 ? `, ${signed([...heldUnits(data, setting).values()][0])}` : "";
  const ends = at === 0 ? `outside ${group}s` : at === 1 ? `inside ${group}s` : `${percent(at)} inside`;
  return { unit: String(unit), count: `${count} of ${data.shapes[2][0]}`, at: ends + only };
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
  return `With ${units} held, ${changed} of ${held.text.length} characters have another colour.`;
}

/**
 * The answer at the chosen character, and what the shown unit does there.
 * @param {Reading} held
 * @param {number} at
 * @param {Setting} setting
 */
function chosen(held, at, { unit }) {
  const nothing = unanswered(held, at);
  if (nothing) return `<p>${nothing}</p>`;
  const bars = [...held.chances(at - 1)].map((chance, k) => {
    const name = held.network.classes[k];
    return `<tr><th scope="row" class="k${k}">${name}</th><td>${percent(chance)}</td><td aria-hidden="true"><i style="width:${percent(chance)}"></i></td></tr>`;
  });
  const { z, r, candidate, before, after } = held.gates(at - 1, unit);
  const values = {
    "state before": before,
    "reset gate r": r,
    candidate,
    "update gate z": z,
    [held.held.has(unit) && at > held.from ? "state after, held" : "state after"]: after,
  };
  const rows = Object.entries(values).map(
    ([name, value]) => `<tr><th scope="row">${name}</th><td>${signed(value)}</td></tr>`,
  );
  return `<table class="table"><caption>The answer at ${named(held, at)}</caption><tbody>${bars.join("")}</tbody></table>
<table class="table"><caption>Unit ${unit} at ${named(held, at)}</caption><tbody>${rows.join("")}</tbody></table>`;
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
    lookOf(reading, reading, () => setting),
    "Python source to colour",
  )}
<p class="effect pst-js-only" aria-live="polite">${effect(reading, reading)}</p>
${controls(data, setting)}
${key(data.classes, `<span>state of the unit: <span class="minus5">−1</span><span class="minus3">&emsp;</span><span class="minus1">&emsp;</span> 0 <span class="plus1">&emsp;</span><span class="plus3">&emsp;</span><span class="plus5">1</span></span> <span class="changed">another colour than with no unit held</span>`)}
<p class="steps pst-js-only"><button type="button" name="back">previous character</button> <button type="button" name="on">next character</button></p>
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
    const look = lookOf(this.free, this.held, () => this.setting);
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
  changed({ name, value, checked }) {
    const { setting, data } = this;
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
    const values = { ...this.setting, at: Math.round(STOPS * this.setting.at) };
    for (const name of /** @type {const} */ (["unit", "count", "at"])) {
      const slider = /** @type {HTMLInputElement} */ (this.element.querySelector(`[name="${name}"]`));
      slider.value = String(values[name]);
      slider.setAttribute("aria-valuetext", words[name]);
      /** @type {Element} */ (slider.nextElementSibling).textContent = words[name];
    }
  }

  /**
   * Show what the readings say, of the character before `at` as well.
   * @param {number} at
   */
  show(at) {
    this.put(".effect", effect(this.free, this.held));
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

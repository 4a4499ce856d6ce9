// What <lstm-step> and <gru-step> share: one unit that reads one feature, step by step, in the picture of its cell.
// A kind says what is particular to a cell.

import { buttons, radios, setButtons, setSlider, slider } from "./fields.js";
import { run } from "./kind.js";
import { fill, filled } from "./numbers.js";
import { setStrip, strip } from "./strip.js";

/** @typedef {import("./kind.js").Kind} Kind */
/** @typedef {import("./kind.js").Setting} Setting */
/** @typedef {import("./kind.js").Values} Values */

const WEIGHTS = [
  { name: "W", label: "<i>W</i>, of <i>x</i>" },
  { name: "U", label: "<i>U</i>, of <i>h</i>" },
  { name: "b", label: "<i>b</i>" },
  { name: "b2", label: "<i>b′</i>" },
];
const MOST = 10; // of a weight
const MOST_INPUT = 2;

/**
 * What the picture's gates need: how open they are.
 * @param {Kind} kind
 * @param {Values} values
 */
const gauges = (kind, values) => kind.maps.map(({ role }) => `--${role}: ${values[role].toFixed(3)}`).join("; ");

/**
 * The sliders of a map have its colour.
 * @param {Kind} kind
 * @param {Setting} setting
 */
const colour = (kind, { map }) => `--of: var(--rnn-${kind.maps[map].role})`;

/**
 * Which presets have the weights that are set.
 * @param {Kind} kind
 * @param {Setting} setting
 */
const pressed = ({ first, presets }, setting) =>
  presets.map((preset) => String({ ...first, ...preset.setting }.weights) === String(setting.weights));

/**
 * Which of the buttons back, step and to step 1 lead nowhere.
 * @param {Setting} setting
 */
const ends = ({ at, x }) => [at === 0, at === x.length - 1, at === 0];

/**
 * What the build puts into the page.
 * @param {Kind} kind
 * @param {Record<string, string>} pictures
 */
export function html(kind, pictures) {
  const { name, first, maps } = kind;
  const taken = run(kind, first);
  const values = kind.values(first, taken[first.at]);
  const drawn = kind.forms.map((picture, form) => {
    const own = kind.values({ ...first, form }, run(kind, { ...first, form })[first.at]);
    const hidden = form === first.form ? "" : " hidden";
    return `<div class="wired" style="${gauges(kind, own)}"${hidden}>${filled(pictures[picture], own, kind.words(own))}</div>`;
  });
  const texts = kind.presets.map(({ text }) => text);
  const presets = `<legend>try</legend>${buttons("preset", texts, "aria-pressed", pressed(kind, first))}`;
  const weights = first.weights.map((row, k) => slider(name, { ...WEIGHTS[k], max: MOST, value: row[first.map] }));
  const starts = kind.states.map((letter, k) =>
    slider(name, { name: letter, label: `<i>${letter}</i> at first`, max: MOST_INPUT, value: first.start[k] }),
  );
  const input = slider(name, { name: "x", label: "<i>x</i>, this step", max: MOST_INPUT, value: first.x[first.at] });
  const letters = maps.map(({ letter, role }) => `<b style="color: var(--rnn-${role})">${letter}</b>`);
  return `<form class="pst-js-only settings" autocomplete="off" aria-label="Settings to try">
${kind.formNames ? radios("form", "reset", kind.formNames, first.form) : ""}
<fieldset>${presets}</fieldset>
</form>
${drawn.join("\n")}
<p class="equations" aria-live="polite">${equations(kind, first, values)}</p>
<form class="pst-js-only" autocomplete="off" aria-label="The steps and the weights">
<div class="turns">${buttons("turn", ["‹ back", "step ›", "to step 1"], "aria-disabled", ends(first))}</div>
${strip(kind.rows(taken))}
<div class="knobs"><div style="${colour(kind, first)}">
${radios("map", "map", letters, first.map)}
${weights.join("\n")}
</div><div>
<p class="sum">${kind.sum(first, values)}</p>
${input}
${starts.join("\n")}
</div></div>
</form>`;
}

/**
 * @param {Kind} kind
 * @param {Setting} setting
 * @param {Values} values
 */
const equations = (kind, setting, values) =>
  `<span class="letters">Step ${setting.at + 1} of ${setting.x.length}</span> ${kind.equations(values)}`;

/** An element that steps through a sequence. */
class Stepper extends (globalThis.HTMLElement ?? Object) {
  /**
   * @param {Kind} kind
   */
  constructor(kind) {
    super();
    this.kind = kind;
    /** @type {Setting} */
    this.setting = structuredClone(kind.first);
  }

  connectedCallback() {
    this.addEventListener("input", ({ target }) => this.changed(/** @type {HTMLInputElement} */ (target)));
    this.addEventListener("submit", (event) => event.preventDefault());
    this.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("button");
      if (button) this.pressed(button.name, Number(button.value));
    });
    this.show();
  }

  /**
   * Take over what a reader has changed.
   * @param {HTMLInputElement} target
   */
  changed({ name, value }) {
    const { setting, kind } = this;
    const number = Number(value);
    const row = WEIGHTS.findIndex((weight) => weight.name === name);
    const state = kind.states.indexOf(name);
    if (row >= 0) setting.weights[row][setting.map] = number;
    else if (state >= 0) setting.start[state] = number;
    else if (name === "x") setting.x[setting.at] = number;
    else if (name === "step") setting.at = number;
    else if (name === "map") setting.map = number;
    else if (name === "form") setting.form = number;
    this.show();
  }

  /**
   * @param {string} name   of a button
   * @param {number} value
   */
  pressed(name, value) {
    const { setting, kind } = this;
    if (name === "preset") {
      const { at, form } = setting;
      const own = value === 0 ? { form } : { at, form }; // the first one leads to the first step
      this.setting = structuredClone({ ...kind.first, ...kind.presets[value].setting, ...own });
    } else {
      const at = value === 2 ? 0 : setting.at + (value ? 1 : -1);
      setting.at = Math.max(0, Math.min(setting.x.length - 1, at));
    }
    this.show();
  }

  /**
   * @template {Element} [T=HTMLElement]
   * @param {string} selector
   */
  get(selector) {
    return /** @type {T} */ (/** @type {unknown} */ (this.querySelector(selector)));
  }

  /** Show the setting and what follows from it. */
  show() {
    const { kind, setting } = this;
    const taken = run(kind, setting);
    const values = kind.values(setting, taken[setting.at]);
    for (const [form, cell] of this.querySelectorAll(".wired").entries()) {
      const shows = form === setting.form;
      cell.toggleAttribute("hidden", !shows);
      if (!shows) continue;
      cell.setAttribute("style", gauges(kind, values));
      fill(cell, values, kind.words(values));
    }
    this.get(".equations").innerHTML = equations(kind, setting, values);
    this.get(".sum").innerHTML = kind.sum(setting, values);
    this.get(".knobs > div").setAttribute("style", colour(kind, setting));
    setStrip(this, kind.rows(taken), setting.at);
    this.fields();
  }

  /** Set every field to the setting. */
  fields() {
    const { kind, setting } = this;
    const numbers = Object.fromEntries(setting.weights.map((row, k) => [WEIGHTS[k].name, row[setting.map]]));
    for (const [k, letter] of kind.states.entries()) numbers[letter] = setting.start[k];
    numbers.x = setting.x[setting.at];
    const second = /** @type {HTMLInputElement | null} */ (this.querySelector('input[name="b2"]'));
    if (second) second.disabled = kind.cell(setting).biasRows === 1;
    for (const [name, number] of Object.entries(numbers)) setSlider(this.get(`input[name="${name}"]`), number);
    for (const name of /** @type {const} */ (["map", "form"])) {
      const field = /** @type {HTMLInputElement | null} */ (
        this.querySelector(`input[name="${name}"][value="${setting[name]}"]`)
      );
      if (field) field.checked = true;
    }
    setButtons(this, "preset", "aria-pressed", pressed(kind, setting));
    setButtons(this, "turn", "aria-disabled", ends(setting));
  }
}

/**
 * Make the element of a kind known to the browser.
 * @param {Kind} kind
 */
export function define(kind) {
  const element = class extends Stepper {
    constructor() {
      super(kind);
    }
  };
  globalThis.customElements?.define(kind.name, element);
}

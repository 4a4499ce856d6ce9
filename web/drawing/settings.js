// The settings of a layer that elements share: choices, sliders, and how they stand in the page.

import { USUAL_BIAS } from "../numeric/random.js";

/** @typedef {"SimpleRNN" | "LSTM" | "GRU"} Layer */

export const COLOURS = { SimpleRNN: "c", LSTM: "f", GRU: "z" };
export const LAYERS = { SimpleRNN: "SimpleRNN", LSTM: "LSTM", GRU: "GRU" };
export const UNITS = { 8: "8", 16: "16", 32: "32" };

/**
 * One of several.
 * @param {string} name
 * @param {string} legend
 * @param {Record<string, string>} values  with what stands beside each
 * @param {unknown} chosen
 */
export function choice(name, legend, values, chosen) {
  const labels = Object.entries(values).map(
    ([value, text]) =>
      `<label><input type="radio" name="${name}" value="${value}"${value === String(chosen) ? " checked" : ""}> ${text}</label>`,
  );
  return `<fieldset><legend>${legend}</legend>${labels.join("")}</fieldset>`;
}

/**
 * A slider with its value in words.
 * @param {string} element  the id's first part
 * @param {string} name
 * @param {string} label
 * @param {[number, number, number, number]} numbers  least, most, step, value
 * @param {string} words
 */
export const slider = (element, name, label, [min, max, step, value], words) =>
  `<div class="size"><label for="${element}-${name}">${label}</label>` +
  `<input type="range" id="${element}-${name}" name="${name}" min="${min}" max="${max}" step="${step}" value="${value}" aria-valuetext="${words}">` +
  `<output for="${element}-${name}">${words}</output></div>`;

/**
 * Set a slider and its words.
 * @param {Element} element
 * @param {string} name
 * @param {number} value
 * @param {string} words
 */
export function setSlider(element, name, value, words) {
  const field = /** @type {HTMLInputElement} */ (element.querySelector(`[name="${name}"]`));
  field.value = String(value);
  field.setAttribute("aria-valuetext", words);
  /** @type {Element} */ (element.querySelector(`output[for="${field.id}"]`)).textContent = words;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
export function choose(element, name, value) {
  /** @type {HTMLInputElement} */ (element.querySelector(`[name="${name}"][value="${value}"]`)).checked = true;
}

/**
 * The keeping gate's bias in words.
 * @param {{layer: Layer, bias: number}} setting
 */
export function biasWords({ layer, bias }) {
  if (layer === "SimpleRNN") return "no gate";
  return bias === USUAL_BIAS[layer] ? `${bias}, as built` : String(bias);
}

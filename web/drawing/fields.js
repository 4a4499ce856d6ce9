// Fields of a form, as HTML: a row with a slider and its number, radio buttons, buttons.

import { shown } from "./numbers.js";

/** @typedef {{name: string, label: string, max: number, value: number}} Slider  from -max to max in steps of a tenth */

/**
 * @param {string} element  whose field it is
 * @param {Slider} slider
 */
export function slider(element, { name, label, max, value }) {
  const id = `${element}-${name}`;
  const text = shown(value, 1);
  return (
    `<div class="slide"><label for="${id}">${label}</label>` +
    `<input type="range" id="${id}" name="${name}" min="${-max}" max="${max}" step="0.1" value="${value}" aria-valuetext="${text}">` +
    `<span aria-hidden="true">${text}</span></div>`
  );
}

/**
 * Set a slider and the number beside it.
 * @param {HTMLInputElement} field
 * @param {number} value
 */
export function setSlider(field, value) {
  const text = shown(value, 1);
  field.value = String(value);
  field.setAttribute("aria-valuetext", text);
  /** @type {Element} */ (field.nextElementSibling).textContent = text;
}

/**
 * Radio buttons; each value is its place.
 * @param {string} name
 * @param {string} legend
 * @param {string[]} labels
 * @param {number} chosen
 */
export function radios(name, legend, labels, chosen) {
  const all = labels.map(
    (label, k) =>
      `<label><input type="radio" name="${name}" value="${k}"${k === chosen ? " checked" : ""}> ${label}</label>`,
  );
  return `<fieldset><legend>${legend}</legend>${all.join("")}</fieldset>`;
}

/**
 * Buttons of one name; each value is its place, and an attribute says how each stands.
 * @param {string} name
 * @param {string[]} labels
 * @param {string} attribute
 * @param {boolean[]} states
 */
export function buttons(name, labels, attribute, states) {
  const all = labels.map(
    (label, k) => `<button type="button" name="${name}" value="${k}" ${attribute}="${states[k]}">${label}</button>`,
  );
  return all.join("");
}

/**
 * @param {Element} element  that has the buttons
 * @param {string} name
 * @param {string} attribute
 * @param {boolean[]} states
 */
export function setButtons(element, name, attribute, states) {
  for (const [k, button] of element.querySelectorAll(`button[name="${name}"]`).entries()) {
    button.setAttribute(attribute, String(states[k]));
  }
}

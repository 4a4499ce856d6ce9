// A strip of time steps: a column of bars for each, which is a radio button, so that arrow keys and fingers choose a step.

import { shown } from "./numbers.js";

/** @typedef {{name: string, role: string, least?: number, values: number[]}} Row  a full bar is `least`, or more if a value is */

const HIGH = 40; // of a row of bars, in SVG units
const WIDE = 40;

/**
 * What a row's bars reach at most.
 * @param {Row} row
 */
function reach({ least = 1, values }) {
  const largest = Math.max(least, ...values.map(Math.abs));
  return [1, 2, 5, 10, 20].find((limit) => limit >= largest) ?? largest;
}

/**
 * The outline of a row's bar: a thin line where the number is 0.
 * @param {Row} row
 * @param {number} place  of the row
 * @param {number} step
 */
function bar(row, place, step) {
  const long = ((HIGH / 2 - 3) * row.values[step]) / reach(row);
  const middle = HIGH * (place + 0.5);
  const [low, high] = [middle - Math.min(long, -0.6), middle - Math.max(long, 0.6)];
  return `M8 ${low.toFixed(2)}V${high.toFixed(2)}H${WIDE - 8}V${low.toFixed(2)}Z`;
}

/**
 * @param {Row[]} rows
 * @param {number} step
 */
const words = (rows, step) =>
  `${step + 1}: ${rows.map(({ name, values }) => `${name} ${shown(values[step])}`).join(", ")}`;

/** @param {Row} row */
const title = (row) => `<i>${row.name}</i> <small>±${reach(row)}</small>`;

/**
 * @param {Row[]} rows
 * @returns {string} the strip as HTML, its first step chosen
 */
export function strip(rows) {
  const middles = rows.map((_, place) => `<path class="zero" d="M0 ${HIGH * (place + 0.5)}H${WIDE}"/>`).join("");
  const columns = rows[0].values.map((_, step) => {
    const bars = rows.map((row, place) => `<path fill="var(--rnn-${row.role})" d="${bar(row, place, step)}"/>`);
    return (
      `<label><input type="radio" name="step" value="${step}" aria-label="${words(rows, step)}"${step ? "" : " checked"}>` +
      `<svg viewBox="0 0 ${WIDE} ${HIGH * rows.length}" preserveAspectRatio="none" aria-hidden="true">${middles}${bars.join("")}</svg>` +
      `<span aria-hidden="true">${step + 1}</span></label>`
    );
  });
  const names = rows.map((row) => `<span>${title(row)}</span>`).join("");
  return `<fieldset class="strip" style="--rows: ${rows.length}"><legend>step</legend><div aria-hidden="true">${names}</div>${columns.join("")}</fieldset>`;
}

/**
 * Show other numbers, and another step as the chosen one.
 * @param {Element} element  that has the strip
 * @param {Row[]} rows
 * @param {number} chosen
 */
export function setStrip(element, rows, chosen) {
  for (const [place, name] of element.querySelectorAll(".strip > div > span").entries()) {
    name.innerHTML = title(rows[place]);
  }
  for (const [step, field] of element.querySelectorAll('input[name="step"]').entries()) {
    /** @type {HTMLInputElement} */ (field).checked = step === chosen;
    field.setAttribute("aria-label", words(rows, step));
    const bars = /** @type {Element} */ (field.nextElementSibling).querySelectorAll("[fill]");
    for (const [place, path] of bars.entries()) path.setAttribute("d", bar(rows[place], place, step));
  }
}

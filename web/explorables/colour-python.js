// <colour-python>: a GRU that a page of the book has trained colours Python source as one types.

import { box, colour, Editor, key } from "../reader/editor.js";
import { dataOf, Network } from "../reader/network.js";
import { Reading } from "../reader/reading.js";
import { named, percent, unanswered } from "../reader/told.js";

/** @typedef {import("../reader/network.js").Data} Data */

/**
 * What the network makes of the character before `at`.
 * @param {Reading} reading
 * @param {number} at
 */
function told(reading, at) {
  const nothing = unanswered(reading, at);
  if (nothing) return nothing;
  const chances = [...reading.chances(at - 1)].map((chance, k) => ({ chance, k }));
  chances.sort((one, other) => other.chance - one.chance);
  const words = chances
    .slice(0, 2)
    .filter(({ chance }) => chance >= 0.005)
    .map(({ chance, k }) => `<span class="k${k}">${reading.network.classes[k]}</span> ${percent(chance)}`);
  return `At ${named(reading, at)}: ${words.join(", ")}`;
}

/**
 * What the build puts into the page.
 * @param {Data} data
 */
export function html(data) {
  const reading = new Reading(new Network(data));
  reading.edit(data.text);
  reading.advance();
  return `${box(data.text, (at) => colour(reading, at), "Python source to colour")}
<p class="told pst-js-only" aria-live="polite">${told(reading, 0)}</p>
${key(data.classes, `<span class="unsure">less than 90% sure</span>`)}`;
}

class ColourPython extends (globalThis.HTMLElement ?? Object) {
  connectedCallback() {
    const reading = new Reading(new Network(dataOf(this)));
    const line = /** @type {Element} */ (this.querySelector(".told"));
    this.editor = new Editor(
      this,
      [reading],
      (at) => colour(reading, at),
      (at) => {
        line.innerHTML = told(reading, at);
      },
    );
  }
}

globalThis.customElements?.define("colour-python", ColourPython);

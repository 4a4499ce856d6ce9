// <colour-python>: a GRU that a page of the book has trained colours Python source as one types.

import { box, colour, Editor, key, MOST } from "../reader/editor.js";
import { dataOf, Network } from "../reader/network.js";
import { Reading } from "../reader/reading.js";
import { likely, named, unanswered } from "../reader/told.js";

/** @typedef {import("../reader/network.js").Data} Data */

/**
 * What the network makes of the character before `at`.
 * @param {Reading} reading
 * @param {number} at
 */
function told(reading, at) {
  const nothing = unanswered(reading, at);
  if (nothing) return nothing;
  const full =
    reading.text.length < MOST ? "" : ` The field holds no more than these ${MOST.toLocaleString("en")} characters.`;
  return `At ${named(reading.text, at)}: ${likely(reading, at)}.${full}`;
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

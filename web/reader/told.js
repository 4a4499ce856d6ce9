// A character, and what the network makes of it, in words.

import { escaped } from "./editor.js";
import { UNREAD } from "./reading.js";

/** @typedef {import("./reading.js").Reading} Reading */

/** @type {Record<string, string>} */
const NAMES = { " ": "a space", "\n": "the end of the line", "\t": "a tab" };

/**
 * A share in words: what is not quite nothing or all is not rounded to it.
 * @param {number} share
 */
export function percent(share) {
  if (share > 0 && share < 0.01) return "under 1%";
  if (share < 1 && share > 0.99) return "over 99%";
  return `${(100 * share).toFixed(0)}%`;
}

/**
 * What to say instead of an answer for the character before `at`; nothing if there is one.
 * @param {Reading} reading
 * @param {number} at
 */
export function unanswered({ classes, done, text }, at) {
  if (text === "") return "Type Python here.";
  if (at < 1) return "Put the cursor behind a character to see what the network answers there.";
  if (at > done) return "Reading.";
  return classes[at - 1] === UNREAD ? `The network has not learnt ${named(text, at)} and skips it.` : "";
}

/**
 * The character before `at`.
 * @param {string} text
 * @param {number} at
 */
export function named(text, at) {
  const letter = text[at - 1];
  return NAMES[letter] ?? `<b>${escaped(/[\uD800-\uDFFF]/.test(letter) ? "this character" : letter)}</b>`;
}

/**
 * The two classes that are most probable after the character before `at`.
 * @param {Reading} reading
 * @param {number} at
 */
export function likely(reading, at) {
  const chances = [...reading.chances(at - 1)].map((chance, k) => ({ chance, k }));
  chances.sort((one, other) => other.chance - one.chance);
  return chances
    .slice(0, 2)
    .filter(({ chance }) => chance >= 0.01)
    .map(({ chance, k }) => `<span class="k${k}">${reading.network.classes[k]}</span> ${percent(chance)}`)
    .join(", ");
}

/**
 * Where the character before `at` stands.
 * @param {string} text
 * @param {number} at
 */
export function place(text, at) {
  const lines = text.slice(0, at - 1).split("\n");
  return `line ${lines.length}, character ${lines[lines.length - 1].length + 1}`;
}

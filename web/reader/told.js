// A character, and what the network makes of it, in words.

import { escaped } from "./editor.js";
import { UNREAD } from "./reading.js";

/** @typedef {import("./reading.js").Reading} Reading */

/** @type {Record<string, string>} */
const NAMES = { " ": "a space", "\n": "the end of the line", "\t": "a tab" };

export const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)}%`;

/**
 * What to say instead of an answer for the character before `at`; nothing if there is one.
 * @param {Reading} reading
 * @param {number} at
 */
export function unanswered({ classes, done }, at) {
  if (at < 1) return "Put the cursor behind a character to see how sure the network is of it.";
  if (at > done) return "Reading.";
  return classes[at - 1] === UNREAD ? "The network has not learnt this character: it skips it." : "";
}

/**
 * The name of the character before `at`.
 * @param {Reading} reading
 * @param {number} at
 */
export function named({ text }, at) {
  const letter = text[at - 1];
  return NAMES[letter] ?? `<b>${escaped(letter)}</b>`;
}

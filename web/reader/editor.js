// A text that is coloured while one types: a textarea without colour lies over the same text with colours. What is read is
// painted at once; what is not read within a slice of time is read after the browser had its turn.

import { UNREAD } from "./reading.js";

/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {(at: number) => string} Look  the CSS classes of a character, one space between two */

export const MOST = 10_000; // characters of a text
const SLICE = 8; // milliseconds, of the 16 of a frame
const PIECE = 500; // characters that are painted together
const UNSURE = 0.9;

/** @param {string} text */
export const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/**
 * How a reading colours a character.
 * @param {Reading} reading
 * @param {number} at
 */
export function colour({ classes, sure }, at) {
  const known = classes[at] === UNREAD ? "" : `k${classes[at]}`;
  return sure[at] < UNSURE ? `${known} unsure` : known;
}

/**
 * Where the pieces of a text end; a character of two code units stays whole.
 * @param {string} text
 */
function ends(text) {
  const found = [];
  for (let end = PIECE; end < text.length; end += PIECE) found.push(/[\uDC00-\uDFFF]/.test(text[end]) ? end - 1 : end);
  return [...found, text.length];
}

/**
 * A part of a text, with a span for each run of characters that look alike.
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {Look} look
 */
function spans(text, from, to, look) {
  let markup = "";
  for (let start = from, end = from; start < to; start = end) {
    const kind = look(start);
    while (end < to && look(end) === kind) end++;
    const run = escaped(text.slice(start, end));
    markup += kind ? `<span class="${kind}">${run}</span>` : run;
  }
  return markup;
}

/**
 * The pieces of a text as HTML. The line break at the end makes room for the line that a text may end with.
 * @param {string} text
 * @param {Look} look
 */
const pieces = (text, look) => {
  let from = 0;
  return ends(text).map((to) => {
    const markup = spans(text, from, to, look);
    from = to;
    return markup;
  });
};

/**
 * What the build puts into the page.
 * @param {string} text
 * @param {Look} look
 * @param {string} label
 */
export function box(text, look, label) {
  const painted = pieces(text, look)
    .map((piece) => `<span>${piece}</span>`)
    .join("");
  return `<div class="text"><div class="painted">${painted}<br></div><textarea class="pst-js-only" aria-label="${label}" maxlength="${MOST}" spellcheck="false" autocomplete="off" autocapitalize="off" autocorrect="off" wrap="soft" placeholder="Type Python here">
${escaped(text)}</textarea></div>`;
}

/**
 * The key to the colours.
 * @param {string[]} classes
 * @param {string} more  what else it explains
 */
export const key = (classes, more) =>
  `<p class="key">${classes.map((name, k) => (k ? `<span class="k${k}">${name}</span>` : "")).join(" ")} ${more} <button type="button" class="pst-js-only" name="again">example text</button></p>`;

export class Editor {
  /**
   * @param {Element} element     holds what `box` gave
   * @param {Reading[]} readings  of the text
   * @param {Look} look
   * @param {(at: number) => void} read  called when more is read, or another character is chosen, which stands before `at`
   */
  constructor(element, readings, look, read) {
    this.area = /** @type {HTMLTextAreaElement} */ (element.querySelector("textarea"));
    this.painted = /** @type {HTMLElement} */ (element.querySelector(".painted"));
    this.readings = readings;
    this.look = look;
    this.read = read;
    /** @type {string[]} what each piece shows */
    this.shown = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    this.painted.setAttribute("aria-hidden", "true");
    this.area.value = this.area.defaultValue; // a browser that comes back would keep what was typed
    this.at = 0;
    this.area.addEventListener("input", () => this.take());
    for (const event of ["keyup", "click", "select"]) this.area.addEventListener(event, () => this.choose());
    document.addEventListener("selectionchange", () => document.activeElement === this.area && this.choose());
    element.querySelector("[name=again]")?.addEventListener("click", () => {
      this.area.value = this.area.defaultValue;
      this.take(0);
    });
    this.take(this.at);
  }

  /** Read what is there now, as far as it is new. */
  take(at = this.area.selectionEnd) {
    for (const reading of this.readings) reading.edit(this.area.value);
    this.at = at;
    this.go();
  }

  /** Choose the character before the caret. */
  choose() {
    if (this.at === this.area.selectionEnd) return;
    this.at = this.area.selectionEnd;
    this.show();
  }

  /**
   * Choose another character.
   * @param {number} at
   */
  move(at) {
    this.at = Math.max(1, Math.min(at, this.area.value.length));
    this.area.setSelectionRange(this.at, this.at);
    this.show();
  }

  /** Read for a slice of time, show it, and go on later if that was not all. */
  go() {
    clearTimeout(this.later);
    const end = performance.now() + SLICE;
    const done = this.readings.every((reading) => reading.advance(() => performance.now() > end));
    this.show();
    this.later = done ? undefined : setTimeout(() => this.go());
  }

  show() {
    this.paint();
    this.read(this.at);
  }

  /** Show the text. Pieces that stay as they are are not touched. */
  paint() {
    const painted = pieces(this.area.value, this.look);
    while (this.painted.childElementCount - 1 > painted.length) this.painted.children[painted.length].remove();
    for (const [k, piece] of painted.entries()) {
      if (this.shown[k] === piece && k < this.painted.childElementCount - 1) continue;
      if (k >= this.painted.childElementCount - 1)
        this.painted.lastElementChild?.before(document.createElement("span"));
      this.painted.children[k].innerHTML = piece;
    }
    this.shown = painted;
  }
}

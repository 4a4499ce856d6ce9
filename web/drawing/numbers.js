// Numbers as the explorables show them, and pictures of Python's that have room for them: rnn_guide/diagrams/drawing.py
// gives every number an id that ends in value- and its name.

/**
 * A number with a real minus, and never a minus zero.
 * @param {number} number
 * @param {number} [digits]
 */
export function shown(number, digits = 2) {
  const text = Math.abs(number).toFixed(digits);
  return number < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/**
 * A number as it stands in a sum, after what comes before it.
 * @param {number} number
 */
export const added = (number) => {
  const text = shown(number, 1);
  return text.startsWith("−") ? ` − ${text.slice(1)}` : ` + ${text}`;
};

/**
 * The picture with numbers in it and, for those who cannot see it, what it shows.
 * @param {string} picture
 * @param {Record<string, number>} values
 * @param {string} words
 */
export function filled(picture, values, words) {
  return picture
    .replace(/(-value-([a-z-]+)"><text[^>]*>)[^<]*/g, (_, start, name) => start + shown(values[name]))
    .replace(/(<desc[^>]*>)[^<]*/, (_, start) => start + words);
}

/**
 * Put numbers into a picture of the page.
 * @param {Element} picture
 * @param {Record<string, number>} values
 * @param {string} words
 */
export function fill(picture, values, words) {
  for (const group of picture.querySelectorAll('[id*="-value-"]')) {
    const [, name] = group.id.split("-value-");
    /** @type {Element} */ (group.firstElementChild).textContent = shown(values[name]);
  }
  /** @type {Element} */ (picture.querySelector("desc")).textContent = words;
}

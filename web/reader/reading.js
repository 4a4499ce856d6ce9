// A text as the network reads it. The state after each character is kept, so after an edit only what follows is read again,
// and reading can stop anywhere and go on later.

import { softmax } from "./network.js";

/** @typedef {import("./network.js").Network} Network */

export const UNREAD = 255; // the class of a character that the network does not know, or has not reached

export class Reading {
  /** @param {Network} network */
  constructor(network) {
    this.network = network;
    this.text = "";
    this.done = 0; // characters that are read
    this.states = new Float64Array(network.n);
    this.classes = new Uint8Array(0);
    this.sure = new Float64Array(0); // how probable the class is
    this.kept = new Float64Array(4 * network.n);
    /** @type {Map<number, number>} */
    this.held = new Map();
    this.from = 0;
  }

  /**
   * Take another text. Classes stay with the characters behind the edit until these are read again.
   * @param {string} text
   */
  edit(text) {
    const [old, start] = [this.text, firstDifference(this.text, text)];
    if (text === old) return;
    let tail = 0; // characters at the end that stay
    const most = Math.min(old.length, text.length) - start;
    while (tail < most && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
    const classes = new Uint8Array(text.length).fill(UNREAD);
    const sure = new Float64Array(text.length).fill(1);
    for (const [now, before] of /** @type {const} */ ([
      [classes, this.classes],
      [sure, this.sure],
    ])) {
      now.set(before.subarray(0, start));
      now.set(before.subarray(old.length - tail), text.length - tail);
    }
    const states = new Float64Array((text.length + 1) * this.network.n);
    states.set(this.states.subarray(0, (start + 1) * this.network.n));
    Object.assign(this, { text, classes, sure, states, done: Math.min(this.done, start) });
  }

  /**
   * Put units to fixed values after each character from one on.
   * @param {Map<number, number>} held
   * @param {number} from
   */
  hold(held, from = 0) {
    this.held = held;
    this.done = Math.min(this.done, this.from, from);
    this.from = from;
  }

  /**
   * Read on until the end, or until there is no more time. Returns whether the end is reached.
   * @param {() => boolean} [late]  asked after every 16 characters
   */
  advance(late = () => false) {
    const { network, text, states } = this;
    const { n } = network;
    for (; this.done < text.length; this.done++) {
      const t = this.done;
      if (t % 16 === 15 && late()) return false;
      const before = states.subarray(t * n, (t + 1) * n);
      const after = states.subarray((t + 1) * n, (t + 2) * n);
      const code = text.charCodeAt(t);
      if (code >= network.characters) {
        after.set(before); // skipped
        this.classes[t] = UNREAD;
        this.sure[t] = 1;
        continue;
      }
      network.step(code, before, after, this.kept);
      if (t >= this.from) for (const [unit, value] of this.held) after[unit] = value;
      const chances = softmax(network.scores(after));
      this.classes[t] = chances.indexOf(Math.max(...chances));
      this.sure[t] = chances[this.classes[t]];
    }
    return true;
  }

  /**
   * The state before a character; that after the last one stands at `text.length`.
   * @param {number} at
   */
  state(at) {
    return this.states.subarray(at * this.network.n, (at + 1) * this.network.n);
  }

  /**
   * How probable each class is after a character that has been read.
   * @param {number} at
   */
  chances(at) {
    return softmax(this.network.scores(this.state(at + 1)));
  }

  /**
   * What a unit's gates do at a character that the network knows.
   * @param {number} at
   * @param {number} unit
   */
  gates(at, unit) {
    const { n } = this.network;
    const kept = new Float64Array(4 * n);
    this.network.step(this.text.charCodeAt(at), this.state(at), new Float64Array(n), kept);
    const [z, r, candidate] = [kept[unit], kept[n + unit], kept[2 * n + unit]];
    return { z, r, candidate, before: this.state(at)[unit], after: this.state(at + 1)[unit] };
  }
}

/**
 * Where two texts begin to differ.
 * @param {string} one
 * @param {string} other
 */
function firstDifference(one, other) {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one[at] === other[at]) at++;
  return at;
}

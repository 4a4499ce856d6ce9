import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../numeric/random.js";
import { box } from "../reader/editor.js";
import { fromHalves, Network, softmax } from "../reader/network.js";
import { Reading, UNREAD } from "../reader/reading.js";

const CLASSES = ["space", "name", "keyword"];

/** A network of random weights: 128 characters, m = 4, n = 6. */
function drawn(/** @type {number} */ seed) {
  const shapes = [[128, 4], [4, 18], [6, 18], [2, 18], [6, 3], [3]];
  const random = new Random(seed);
  const count = shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const halves = Array.from({ length: count }, () => random.integer(0, 2) * 0x8000 + random.integer(0x2c00, 0x3d00));
  const bytes = halves.flatMap((half) => [half & 255, half >> 8]);
  return new Network({ weights: btoa(String.fromCharCode(...bytes)), shapes, classes: CLASSES, groups: {}, text: "" });
}

/** @type {(reading: Reading) => unknown} */
const known = ({ text, done, classes, sure, states }) => ({ text, done, classes, sure, states });

const afresh = (/** @type {Network} */ network, /** @type {string} */ text, held = new Map(), from = 0) => {
  const reading = new Reading(network);
  reading.edit(text);
  reading.hold(held, from);
  reading.advance();
  return reading;
};

test("half-precision numbers are read to the last bit", () => {
  const halves = [0x0000, 0x8000, 0x3c00, 0xc000, 0x0001, 0x83ff, 0x7bff, 0x3555];
  const bytes = halves.flatMap((half) => [half & 255, half >> 8]);
  const numbers = [0, -0, 1, -2, 2 ** -24, -1023 * 2 ** -24, 65504, 0x555 / 4096];
  assert.deepEqual([...fromHalves(btoa(String.fromCharCode(...bytes)))], numbers);
});

test("after any edits, in slices of any length, a text is read as if it had been read afresh", () => {
  const network = drawn(1);
  const random = new Random(2);
  const reading = new Reading(network);
  const letters = ["a", "b", " ", "\n", "é", "🙂", "\u202e"];
  let held = new Map();
  let from = 0;
  for (let edit = 0; edit < 300; edit++) {
    const [start, end] = [random.integer(0, reading.text.length + 1), random.integer(0, reading.text.length + 1)].sort(
      (one, other) => one - other,
    );
    const put = Array.from({ length: random.integer(0, 30) }, () => letters[random.integer(0, letters.length)]).join(
      "",
    );
    reading.edit(reading.text.slice(0, start) + put + reading.text.slice(edit % 3 ? end : start));
    if (edit % 7 === 0) {
      held = new Map([[random.integer(0, 6), random.normal()]]);
      from = random.integer(0, reading.text.length + 1);
      reading.hold(held, from);
    }
    let asked = 0;
    reading.advance(() => ++asked > edit % 3); // sometimes the next edit comes before the end
    if (edit % 2) continue;
    while (!reading.advance(() => ++asked % 3 === 0));
    assert.deepEqual(known(reading), known(afresh(network, reading.text, held, from)));
  }
});

test("an edit at the end reads one character, one at the start reads them all", () => {
  const network = drawn(3);
  const reading = afresh(network, "a".repeat(500));
  let steps = 0;
  const step = network.step.bind(network);
  network.step = (...given) => {
    steps++;
    step(...given);
  };
  for (const [text, wanted] of /** @type {const} */ ([
    [`${"a".repeat(500)}b`, 1],
    [`b${"a".repeat(500)}`, 501],
  ])) {
    steps = 0;
    reading.edit(text);
    reading.advance();
    assert.equal(steps, wanted);
  }
});

test("characters that the network has not learnt are skipped, and change nothing", () => {
  const network = drawn(4);
  const [plain, mixed] = [afresh(network, "ab"), afresh(network, "aé🙂b")];
  assert.deepEqual(mixed.state(5), plain.state(2));
  assert.deepEqual(
    [...mixed.classes].map((one) => one === UNREAD),
    [false, true, true, true, false],
  );
});

test("a held unit stays, before it is held it is free, and its gates are what the cell computes", () => {
  const network = drawn(5);
  const [free, held] = [afresh(network, "abcabc"), afresh(network, "abcabc", new Map([[2, 0.5]]), 3)];
  for (let at = 0; at < 6; at++) {
    assert.equal(held.state(at + 1)[2] === 0.5, at >= 3);
    assert.equal(held.state(at + 1)[0] === free.state(at + 1)[0], at <= 3);
  }
  const { z, candidate, before, after } = free.gates(4, 1);
  assert.ok(Math.abs(z * before + (1 - z) * candidate - after) < 1e-15);
  assert.ok(Math.abs(free.chances(2).reduce((sum, chance) => sum + chance, 0) - 1) < 1e-12);
  assert.deepEqual([...softmax(Float64Array.of(1000, 1000))], [0.5, 0.5]);
});

test("what is typed stays text, and no character of two halves is cut", () => {
  const page = box(`<b>&"</b>${"🙂".repeat(600)}`, () => "", "A text");
  assert.ok(page.includes("&#60;b&#62;&#38;&#34;&#60;/b&#62;🙂"));
  assert.ok(!/<span>[\uDC00-\uDFFF]/.test(page));
});

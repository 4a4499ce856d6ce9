// What steps and draws in <lstm-step>; tests/site/test_step.py compares its numbers with Python's, in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../drawing/kind.js";
import { added, filled, shown } from "../drawing/numbers.js";

import { KIND as GRU } from "../explorables/gru-step.js";
import { html, KIND } from "../explorables/lstm-step.js";
import { gruStep, lstmStep } from "../numeric/cells.js";

const LSTM_PICTURE =
  '<svg><title id="a-title">LSTM</title><desc id="a-desc">A cell.</desc>' +
  '<g id="a-value-c-after"><text x="1">−0.00</text></g><g id="a-value-f"><text x="1">−0.00</text></g></svg>';

test("a number has a real minus, and zero has none", () => {
  assert.deepEqual(
    [1.005, -0.5, -0.004, 0, -0, 12].map((number) => shown(number)),
    ["1.00", "−0.50", "0.00", "0.00", "0.00", "12.00"],
  );
  assert.equal(shown(-10, 1), "−10.0");
  assert.deepEqual([-10, 0.3, -0.01].map(added), [" − 10.0", " + 0.3", " + 0.0"]);
});

test("numbers go where a picture has room for them", () => {
  const picture = filled(LSTM_PICTURE, { "c-after": -1.5, f: 0.25 }, "In words.");
  assert.match(picture, /a-value-c-after"><text x="1">−1.50</);
  assert.match(picture, /a-value-f"><text x="1">0.25</);
  assert.match(picture, /<desc id="a-desc">In words\.<\/desc>/);
});

test("every step goes on from the one before, as lstmStep does", () => {
  const { weights, x, start } = KIND.first;
  let state = /** @type {[Float64Array, Float64Array]} */ (start.map((value) => Float64Array.of(value)));
  for (const taken of run(KIND, KIND.first)) {
    assert.deepEqual(taken.before, state.map(Number));
    const rows = weights.map((row) => Float64Array.from(row));
    state = /** @type {typeof state} */ (lstmStep(Float64Array.of(taken.x), state, rows));
    assert.deepEqual(taken.after, state.map(Number));
  }
  assert.equal(run(KIND, KIND.first).length, x.length);
});

test("so does a GRU, with the reset after and before", () => {
  const { weights, start } = GRU.first;
  const [W, U, b, second] = weights.map((row) => Float64Array.from(row, (weight, k) => weight + k / 3));
  for (const form of [0, 1]) {
    const resetAfter = form === 0;
    const rows = [W, U, resetAfter ? Float64Array.of(...b, ...second) : b];
    let h = /** @type {import("../numeric/arrays.js").Floats} */ (Float64Array.from(start));
    for (const taken of run(GRU, { ...GRU.first, form, weights: [W, U, b, second].map((row) => [...row]) })) {
      h = gruStep(Float64Array.of(taken.x), h, rows, { resetAfter });
      assert.deepEqual(taken.after, [h[0]]);
    }
  }
});

test("the first picture needs no browser and holds the chapter's step", () => {
  const page = html({ lstm: LSTM_PICTURE });
  assert.match(page, /a-value-c-after"><text x="1">1.21</);
  assert.match(page, /c 1.21, h 0.42\.<\/desc>/);
  assert.match(page, /--f: 0\.731/);
});

test("a preset changes nothing of the first setting", () => {
  const first = structuredClone(KIND.first);
  for (const { setting } of KIND.presets) run(KIND, { ...KIND.first, ...setting });
  assert.deepEqual(KIND.first, first);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Plot, powerOfTen, share } from "../drawing/plot.js";
import { html } from "../explorables/train-one.js";
import { MOST, meanLoss, NOTHING, Trial, whole } from "../numeric/trial.js";

/** @typedef {import("../numeric/trial.js").Setting} Setting */
/** @type {Setting} */
const FIRST = { layer: "GRU", task: "adding", units: 16, steps: 50, rate: 0.01, bias: 0, seed: 0 };
const SEEDS = [0, 1, 2, 3, 4];

test("a trial notes the loss before each update, which is that of a training", () => {
  const [one, other] = [new Trial(FIRST), new Trial(FIRST)];
  assert.equal(one.updates, 0);
  one.update();
  const { training, random, task } = other;
  training.adam.step(training.gradients);
  task.fill(training.x, training.answers, random);
  assert.equal(one.notes.losses[1], training.update());
  assert.notEqual(new Trial({ ...FIRST, seed: 1 }).notes.losses[0], one.notes.losses[0]);
});

test("a fresh gate is what its bias makes it, and a SimpleRNN has none", () => {
  for (const [layer, bias, gate] of /** @type {const} */ ([
    ["GRU", 0, 0.5],
    ["GRU", 3, 0.953],
    ["LSTM", 1, 0.731],
    ["LSTM", 5, 0.993],
  ])) {
    const { gates, widest } = new Trial({ ...FIRST, layer, bias }).notes;
    assert.ok(Math.abs(gates[0] - gate) < 0.05, `${layer} ${bias}: ${gates[0]}`);
    assert.ok(widest[0] >= gates[0]);
  }
  assert.deepEqual(new Trial({ ...FIRST, layer: "SimpleRNN" }).notes.gates, []);
});

test("the first trial has a plateau, on which the far gradient comes back", () => {
  const trial = new Trial(FIRST);
  while (trial.updates < 100) trial.update();
  assert.ok(Math.abs(meanLoss(trial.notes.losses) - NOTHING.adding) < 0.02);
  assert.ok(trial.notes.fresh[25] < 1e-4 && trial.shareByLag()[25] > 0.01);
  while (!trial.over) trial.update();
  const { halved = 0, solved = 0 } = trial.notes;
  assert.ok(150 < halved && halved < solved && solved < 350, `${halved}, ${solved}`);
  assert.equal(trial.updates, solved);
});

test("a trial that learns nothing ends", () => {
  const { losses, solved } = whole({ ...FIRST, layer: "SimpleRNN", units: 8, steps: 10, rate: 0.0001 });
  assert.equal(solved, undefined);
  assert.equal(losses.length - 1, MOST);
});

test("one bit: the SimpleRNN keeps it, gated cells with an open gate do, and others wait", () => {
  for (const seed of SEEDS) {
    const bit = { ...FIRST, task: /** @type {const} */ ("bit"), seed };
    assert.ok((whole({ ...bit, layer: "SimpleRNN" }).solved ?? MOST) <= 50);
    for (const layer of /** @type {const} */ (["GRU", "LSTM"])) {
      assert.ok((whole({ ...bit, layer, bias: 3 }).solved ?? MOST) <= 80);
      const waiting = new Trial({ ...bit, layer, bias: layer === "LSTM" ? 1 : 0 });
      assert.ok(waiting.notes.fresh[49] < { LSTM: 1e-3, GRU: 1e-9 }[layer]);
      while (waiting.updates < 100) waiting.update();
      assert.ok(Math.abs(meanLoss(waiting.notes.losses) - NOTHING.bit) < 0.03, `${layer} ${seed}`);
    }
  }
});

test("the exercise: over 100 steps a gate bias of 3 keeps the bit, and one of 2 waits", () => {
  for (const seed of SEEDS) {
    const bit = { ...FIRST, task: /** @type {const} */ ("bit"), steps: 100, seed };
    assert.ok((whole({ ...bit, bias: 3 }).solved ?? MOST) <= 100);
    const waiting = new Trial({ ...bit, bias: 2 });
    while (waiting.updates < 100) waiting.update();
    assert.ok(meanLoss(waiting.notes.losses) > 0.6);
  }
});

test("the first picture needs no browser and holds a whole run", () => {
  const shown = html();
  assert.match(shown, /Solved after \d{3} updates, while this book was built/);
  assert.equal(shown.match(/<svg /g)?.length, 3);
  const { setting, notes } = JSON.parse(shown.split('<script type="application/json">')[1].split("</script>")[0]);
  assert.deepEqual(setting, FIRST);
  assert.equal(notes.losses.length - 1, notes.solved);
});

test("a plot leaves out what lies outside, and draws a point that is alone", () => {
  const axis = { from: 1e-4, to: 1, ticks: [1e-4, 1], log: true };
  const plot = new Plot({ x: { from: 0, to: 4, ticks: [0, 4] }, y: axis, title: "share" });
  const path = (/** @type {number[]} */ values) => /d="(.*?)"/.exec(plot.curve(values, { colour: "z" }))?.[1] ?? "";
  assert.equal(path([1, 0.1, 1e-9, 0.1, 0.1]).replace(/[^A-Za-z]/g, ""), "MLML");
  assert.match(path([0.1]), /^M\S+ \S+h0$/);
  assert.equal(path([Number.NaN, 0]), "");
  const many = path(Array(2401).fill(0.5));
  assert.ok(many.length < 6000 && many.includes(`L${plot.x(2400)}`));
});

test("a share is told in words that fit", () => {
  assert.deepEqual([0, 0.74, 1.23, 0.0045, 4.1e-11, 1, Number.NaN].map(share), [
    "0",
    "0.74",
    "1.2",
    "0.0045",
    "4·10⁻¹¹",
    "1",
    "no number",
  ]);
  assert.deepEqual([1, 1e-15, 1000].map(powerOfTen), ["1", "10⁻¹⁵", "10³"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { gruStep, lstmStep } from "../numeric/cells.js";
import { freshWeights, glorotUniform, orthogonal, Random } from "../numeric/random.js";
import { ADDING, ONE_BIT } from "../numeric/tasks.js";
import { Training } from "../numeric/train.js";

test("a seed repeats its numbers, which lie as they should", () => {
  const draw = (/** @type {number} */ seed) => {
    const random = new Random(seed);
    return Array.from({ length: 20_000 }, () => [random.uniform(), random.normal(), random.integer(3, 6)]);
  };
  const drawn = draw(1);
  assert.deepEqual(draw(1), drawn);
  assert.notDeepEqual(draw(2), drawn);
  const mean = (/** @type {(row: number[]) => number} */ of) =>
    drawn.reduce((sum, row) => sum + of(row), 0) / drawn.length;
  assert.ok(Math.abs(mean(([uniform]) => uniform) - 0.5) < 0.01);
  assert.ok(Math.abs(mean(([, normal]) => normal)) < 0.03);
  assert.ok(Math.abs(mean(([, normal]) => normal ** 2) - 1) < 0.05);
  assert.deepEqual(new Set(drawn.map(([, , integer]) => integer)), new Set([3, 4, 5]));
});

test("fresh weights are those of Keras: an orthogonal recurrent kernel, a forget bias of 1", () => {
  const [W, U, b] = freshWeights(lstmStep, 2, 5, new Random(0));
  assert.equal(W.length, 2 * 20);
  assert.ok(W.every((weight) => Math.abs(weight) <= Math.sqrt(6 / 22)));
  for (let row = 0; row < 5; row++) {
    for (let other = 0; other < 5; other++) {
      let product = 0;
      for (let k = 0; k < 20; k++) product += U[20 * row + k] * U[20 * other + k];
      assert.ok(Math.abs(product - Number(row === other)) < 1e-6);
    }
  }
  assert.deepEqual(
    [...b],
    [0, 1, 0, 0].flatMap((bias) => Array(5).fill(bias)),
  );
  assert.equal(freshWeights(gruStep, 2, 5, new Random(0), { resetAfter: false })[2].length, 15);
  assert.equal(orthogonal(1, 1, new Random(3)).length, 1);
});

test("the adding problem marks one number in each half, and the answer is their sum", () => {
  const x = Array.from({ length: 7 }, () => new Float64Array(2 * 50).fill(9));
  const answers = new Float64Array(50);
  ADDING.fill(x, answers, new Random(0));
  for (let row = 0; row < 50; row++) {
    const marked = x.flatMap((input, t) => (input[2 * row + 1] === 1 ? [t] : []));
    assert.equal(marked.length, 2);
    assert.ok(marked[0] < 3 && marked[1] >= 3);
    assert.equal(answers[row], x[marked[0]][2 * row] + x[marked[1]][2 * row]);
    assert.ok(x.every((input) => input[2 * row] >= 0 && input[2 * row] < 1));
  }
});

test("a GRU learns to remember one bit for ten steps", () => {
  const random = new Random(1);
  const weights = [...freshWeights(gruStep, 1, 8, random), glorotUniform(8, 1, random), new Float32Array(1)];
  const training = new Training(
    gruStep,
    weights,
    { steps: 10, batch: 32, loss: "bits" },
    { adam: { learningRate: 0.02 } },
  );
  const losses = Array.from({ length: 200 }, () => {
    ONE_BIT.fill(training.x, training.answers, random);
    return training.update();
  });
  assert.ok(losses[0] > 0.5 && losses[199] < 0.05, `${losses[0]} to ${losses[199]}`);
  assert.equal(training.gradientByLag().length, 10);
});

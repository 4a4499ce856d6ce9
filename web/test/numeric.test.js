// What the library does besides computing what Python computes, which tests/web/test_parity.py compares.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Adam } from "../numeric/adam.js";
import { backpropagate, gradientByLag, Tape } from "../numeric/bptt.js";
import { GRU_AFTER, gruStep, lstmStep, run, sigmoid, simpleRnnStep } from "../numeric/cells.js";
import { count, findSizes, gru, lstm, simpleRnn } from "../numeric/params.js";

/** @type {(length: number, first?: number) => Float64Array} */
const wave = (length, first = 0) => Float64Array.from({ length }, (_, k) => Math.sin(1 + first + 7 * k));
const x = [wave(6), wave(6, 1), wave(6, 2)]; // three steps of two sequences with three features
const weights = [wave(3 * 16), wave(4 * 16), wave(16)]; // an LSTM of four units

test("the logistic function does not overflow", () => {
  assert.deepEqual([-1000, 0, 1000].map(sigmoid), [0, 0.5, 1]);
});

test("an answer has 64 bits if something given has, and else 32", () => {
  const narrow = [new Float32Array(3), new Float32Array(9)];
  assert.ok(simpleRnnStep(new Float32Array(1), new Float32Array(3), narrow) instanceof Float32Array);
  assert.ok(simpleRnnStep(new Float64Array(1), new Float32Array(3), narrow) instanceof Float64Array);
});

test("no argument is changed", () => {
  const given = [...x, ...weights].map((array) => array.slice());
  backpropagate(lstmStep, x, weights, [wave(8), wave(8), wave(8)]);
  assert.deepEqual([...x, ...weights], given);
});

test("lengths that do not fit are named", () => {
  const h = new Float64Array(8);
  assert.throws(() => lstmStep(wave(7), [h, h], weights), /x of 7 do not fit 4 maps/);
  assert.throws(() => lstmStep(x[0], [h, wave(4)], weights), /2 × 8 numbers, got 4/);
  assert.throws(() => gruStep(wave(6), h, [wave(36), wave(48), wave(12)]), /36, 48, 12 .* 3 maps/); // one bias too few
  assert.throws(() => run(lstmStep, [], weights), /a time step/);
  assert.throws(() => backpropagate(lstmStep, x, weights, [wave(8)]), /3 arrays of 8 numbers/);
  assert.throws(() => gradientByLag(() => h, x, weights, []), /step must be simpleRnnStep/);
});

test("run takes a step of one's own", () => {
  /** @type {import("../numeric/cells.js").Step} */
  const add = (input, sum) => sum.map((/** @type {number} */ part, /** @type {number} */ k) => part + input[k]);
  const { outputs, state } = run(add, x, [], new Float64Array(6));
  assert.deepEqual(
    state,
    x[0].map((_, k) => x[0][k] + x[1][k] + x[2][k]),
  );
  assert.equal(outputs.length, 3);
});

test("a tape serves again, and follows weights that change", () => {
  const own = [wave(36), wave(48), wave(24)];
  const tape = new Tape(GRU_AFTER, x, [new Float64Array(8)], own);
  const dOutputs = [undefined, undefined, wave(8)];
  const round = () => {
    tape.forward();
    tape.backward(dOutputs, [], false);
    return tape.dWeights.map((dWeight) => dWeight.slice());
  };
  const first = round();
  assert.deepEqual(round(), first);
  const zero = new Float64Array(8);
  assert.deepEqual(backpropagate(gruStep, x, own, [zero, zero, wave(8)]).weights, first);
  own[0][0] += 1;
  assert.notDeepEqual(round(), first);
});

test("Adam's first step is the learning rate, whatever the gradient's size", () => {
  const weight = new Float64Array(2);
  new Adam([weight], { learningRate: 0.25, epsilon: 0 }).step([Float64Array.of(1e-3, -1e3)]);
  assert.ok(Math.abs(weight[0] + 0.25) < 1e-12 && Math.abs(weight[1] - 0.25) < 1e-12);
});

test("a count says where it comes from", () => {
  assert.equal(lstm(64, 128).numbers, "4·((64+128)·128+128)");
  assert.equal(gru(64, 128, { layout: "torch", bidirectional: true }).symbols, "2·3·((m+n)·n+2·n)");
  assert.deepEqual(
    simpleRnn(2, 3).weights.map(({ name, shape }) => [name, ...shape]),
    [
      ["kernel", 2, 3],
      ["recurrent_kernel", 3, 3],
      ["bias", 3],
    ],
  );
  assert.throws(() => count("LSTM", 1.5, 2), /positive integer, got 1.5/);
  assert.throws(() => gru(1, 2, { layout: "torch", resetAfter: false }), /PyTorch's GRU/);
});

test("the way back from a count", () => {
  assert.deepEqual(findSizes(98_816, "LSTM").slice(0, 2), [
    [64, 128],
    [321, 64],
  ]);
  assert.deepEqual(findSizes(98_816, "GRU"), []);
});

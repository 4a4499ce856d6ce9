// Times what the explorables compute beside TensorFlow.js, in turns: microseconds a character of the network that colours
// Python (an embedding of 16, a GRU of 64 units, seven classes), and updates a second of layers with 32 units on 50 time
// steps, batches of 32. Prints the median of each as JSON.
import { gruStep, lstmStep, simpleRnnStep } from "../../web/numeric/cells.js";
import { freshWeights, glorotUniform, Random } from "../../web/numeric/random.js";
import { ADDING } from "../../web/numeric/tasks.js";
import { Training } from "../../web/numeric/train.js";
import { Network } from "../../web/reader/network.js";
import { Reading } from "../../web/reader/reading.js";

console.warn = () => {}; // TensorFlow.js says there how it could be faster: with its native part, which pages cannot have
const tf = await import("@tensorflow/tfjs");
await tf.setBackend("cpu");
const [ROUNDS, TEXT] = [7, "def f(x):\n    return x  # one of forty characters\n".repeat(4)];
const median = (times) => times.sort((one, other) => one - other)[Math.floor(times.length / 2)];

/** Milliseconds of each function, the median of several rounds in which each has its turn. */
async function inTurns(functions) {
  const times = functions.map(() => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [k, run] of functions.entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) times[k].push(performance.now() - start); // the first round warms up
    }
  }
  return times.map(median);
}

/** The network with random weights: half-precision numbers up to about one in size, as the page would hand them over. */
function network() {
  const shapes = [[128, 16], [16, 192], [64, 192], [2, 192], [64, 7], [7]];
  const random = new Random(0);
  const count = shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const halves = Array.from({ length: count }, () => random.integer(0, 2) * 0x8000 + random.integer(0x2800, 0x3400));
  const bytes = halves.flatMap((half) => [half & 255, half >> 8]);
  return new Network({ weights: btoa(String.fromCharCode(...bytes)), shapes, classes: [...".nkscdo"], groups: {} });
}

/** The classes of a text in TensorFlow.js, whose own GRU knows no reset after the product. */
function reader({ embedding, weights, dense, denseBias, n, m }) {
  const tensor = (array, shape) => tf.tensor(Float32Array.from(array), shape);
  const [E, W, U] = [tensor(embedding, [128, m]), tensor(weights[0], [m, 3 * n]), tensor(weights[1], [n, 3 * n])];
  const [b, d] = tensor(weights[2], [2, 3 * n]).split(2);
  const [D, e] = [tensor(dense, [n, 7]), tensor(denseBias, [7])];
  const step = (h, code) => {
    const [az, ar, ah] = tf.gather(E, [code]).matMul(W).add(b).split(3, 1);
    const [pz, pr, ph] = h.matMul(U).add(d).split(3, 1);
    const z = az.add(pz).sigmoid();
    const candidate = ah.add(ar.add(pr).sigmoid().mul(ph)).tanh();
    return z.mul(h).add(tf.scalar(1).sub(z).mul(candidate));
  };
  return (text) => {
    let h = tf.zeros([1, n]);
    return [...text].map((letter) => {
      const [next, kind] = tf.tidy(() => {
        const state = step(h, letter.charCodeAt(0));
        return [state, state.matMul(D).add(e).argMax(1)];
      });
      h.dispose();
      h = next;
      return kind.dataSync()[0];
    });
  };
}

/** One update of ours. */
function ours(step, options) {
  const random = new Random(0);
  const fresh = [...freshWeights(step, 2, 32, random, options), glorotUniform(32, 1, random), new Float32Array(1)];
  const training = new Training(step, fresh.map((weight) => Float64Array.from(weight)), { steps: 50, batch: 32 }, options);
  return () => {
    ADDING.fill(training.x, training.answers, random);
    training.update();
  };
}

/** One update of TensorFlow.js; its GRU is the one with the reset before. */
function theirs(name) {
  const model = tf.sequential();
  model.add(tf.layers[name]({ units: 32, inputShape: [50, 2] }));
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: tf.train.adam(0.001), loss: "meanSquaredError" });
  const [x, y] = [tf.randomUniform([32, 50, 2]), tf.randomUniform([32, 1])];
  return () => model.trainOnBatch(x, y);
}

const made = network();
const theirReader = reader(made);
const reading = new Reading(made);
reading.edit(TEXT);
reading.advance();
const answers = theirReader(TEXT);
const agreed = answers.filter((kind, at) => kind === reading.classes[at]).length / TEXT.length;
const read = await inTurns([
  () => {
    for (let k = 0; k < 20; k++) {
      reading.done = 0;
      reading.advance();
    }
  },
  () => theirReader(TEXT),
]);
const trained = {};
for (const [title, step, name, options] of [
  ["SimpleRNN", simpleRnnStep, "simpleRNN", {}],
  ["GRU, reset before", gruStep, "gru", { resetAfter: false }],
  ["LSTM", lstmStep, "lstm", {}],
]) {
  const [one, other] = [ours(step, options), theirs(name)];
  const again = (run) => () => {
    for (let k = 0; k < 5; k++) run();
  };
  trained[title] = (await inTurns([again(one), other])).map((time, k) => (k ? 1000 : 5000) / time);
}
const micros = read.map((time, k) => (1000 * time) / TEXT.length / (k ? 1 : 20));
process.stdout.write(JSON.stringify({ agreed, micros, trained }));

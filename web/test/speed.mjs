// node speed.mjs CELL BITS UPDATES: prints the updates a second of a training with 32 units, 50 time steps, batches of 32.
import { gruStep, lstmStep, simpleRnnStep } from "../numeric/cells.js";
import { freshWeights, glorotUniform, Random } from "../numeric/random.js";
import { ADDING } from "../numeric/tasks.js";
import { Training } from "../numeric/train.js";

const [name, bits, updates] = process.argv.slice(2);
const random = new Random(0);
const step = { gruStep, lstmStep, simpleRnnStep }[name];
const fresh = [...freshWeights(step, 2, 32, random), glorotUniform(32, 1, random), new Float32Array(1)];
const weights = bits === "64" ? fresh.map((weight) => Float64Array.from(weight)) : fresh;
const training = new Training(step, weights, { steps: 50, batch: 32 });
const rounds = [];
for (let round = 0; round < 5; round++) {
  const start = performance.now();
  for (let k = 0; k < Number(updates); k++) {
    ADDING.fill(training.x, training.answers, random);
    training.update();
  }
  rounds.push((1000 * Number(updates)) / (performance.now() - start));
}
rounds.sort((a, b) => a - b);
process.stdout.write(JSON.stringify(rounds[2]));

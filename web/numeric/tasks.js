// Batches of the tasks on which a recurrent layer shows whether it remembers: each fills the inputs, one array a time step,
// and what is to be answered after the last one.

/** @typedef {import("./arrays.js").Floats} Floats */
/** @typedef {import("./random.js").Random} Random */
/** @typedef {{features: number, loss: "squares" | "bits", fill: (x: Floats[], answers: Floats, random: Random) => void}} Task */

/**
 * Numbers between 0 and 1 of which two are marked, one in each half; the answer is their sum. Who answers 1 each time has
 * a mean squared error of 1/6. See adding_problem of rnn_guide.sequences.
 * @type {Task}
 */
export const ADDING = {
  features: 2,
  loss: "squares",
  fill(x, answers, random) {
    const half = Math.floor(x.length / 2);
    for (const input of x) for (let row = 0; row < answers.length; row++) input.set([random.uniform(), 0], 2 * row);
    for (let row = 0; row < answers.length; row++) {
      answers[row] = 0;
      for (const t of [random.integer(0, half), random.integer(half, x.length)]) {
        x[t][2 * row + 1] = 1;
        answers[row] += x[t][2 * row];
      }
    }
  },
};

/**
 * The first input is -1 or 1, all others are small noise; the answer is whether the first was 1. Who knows nothing has a
 * loss of ln 2.
 * @type {Task}
 */
export const ONE_BIT = {
  features: 1,
  loss: "bits",
  fill(x, answers, random) {
    for (let row = 0; row < answers.length; row++) {
      answers[row] = random.integer(0, 2);
      for (const input of x) input[row] = 0.1 * random.normal();
      x[0][row] = 2 * answers[row] - 1;
    }
  },
};

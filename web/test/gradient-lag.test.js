import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "../explorables/gradient-lag.js";
import { drawn, powers, sharesLeft, typicalShares } from "../numeric/fresh.js";

/** @typedef {import("../numeric/fresh.js").Fresh} Fresh */
/** @type {Fresh} */
const FIRST = { layer: "GRU", units: 32, inputs: "adding", bias: 0, scale: 1, seed: 0 };
const SEEDS = [0, 1, 2, 3, 4];

test("a seed repeats its layer, and each choice makes another", () => {
  const first = sharesLeft(FIRST);
  assert.deepEqual(sharesLeft(FIRST), first);
  assert.equal(first.length, 100);
  assert.equal(first[0], 1);
  /** @type {Partial<Fresh>[]} */
  const others = [{ layer: "LSTM" }, { units: 8 }, { inputs: "noise2" }, { bias: 1 }, { scale: 1.1 }, { seed: 1 }];
  for (const other of others) assert.notEqual(sharesLeft({ ...FIRST, ...other })[50], first[50], JSON.stringify(other));
});

test("the bias goes to the gate that keeps, and the factor to U", () => {
  const { weights } = drawn({ ...FIRST, bias: 2.5 });
  assert.deepEqual([...weights[2]], [...Array(32).fill(2.5), ...Array(160).fill(0)]);
  const lstm = drawn({ ...FIRST, layer: "LSTM", bias: 3, scale: 2 }).weights;
  assert.deepEqual(
    [...lstm[2]],
    [0, 3, 0, 0].flatMap((bias) => Array(32).fill(bias)),
  );
  const plain = drawn({ ...FIRST, layer: "LSTM", bias: 3 }).weights;
  assert.deepEqual(
    lstm[1],
    plain[1].map((weight) => 2 * weight),
  );
  assert.deepEqual(lstm[0], plain[0]);
});

test("with U times 0 only the gates keep, and a SimpleRNN has none", () => {
  assert.ok(sharesLeft({ ...FIRST, layer: "SimpleRNN", scale: 0 }).every((left, lag) => lag === 0 || left === 0));
  const gate = powers({ ...FIRST, bias: 3 });
  const left = sharesLeft({ ...FIRST, bias: 3, scale: 0 });
  for (const lag of [1, 10, 50]) assert.ok(Math.abs(Math.log(left[lag] / gate[lag])) < 0.05 * lag, String(lag));
});

test("a SimpleRNN stays below its bound", () => {
  for (const scale of [0.5, 1, 1.5]) {
    const fresh = { ...FIRST, layer: /** @type {const} */ ("SimpleRNN"), scale };
    const bound = powers(fresh);
    assert.ok(sharesLeft(fresh).every((left, lag) => left <= bound[lag] * (1 + 1e-9)));
  }
});

test("what the page says of the gates holds for every seed", () => {
  for (const seed of SEEDS) {
    const at = (/** @type {Partial<Fresh>} */ change) => sharesLeft({ ...FIRST, seed, ...change });
    const gru = at({ bias: 5 })[10];
    assert.ok(0.925 < gru && gru < 0.945, String(gru));
    const lstm = at({ layer: "LSTM", bias: 5 });
    assert.ok(lstm[10] < 0.2 && lstm[1] < 0.25 && lstm[10] / lstm[1] > 0.5 && lstm[99] > lstm[10]);
    const [built, larger, open] = [at({})[50], at({ scale: 2 })[50], at({ bias: 2 })[50]];
    assert.ok(built < 1e-9 && built < larger && larger < 1e-4 && open > 1 / 250);
  }
});

test("fresh cells lose their gradient in the chapter's order", () => {
  const left = (/** @type {Fresh["layer"]} */ layer, /** @type {number} */ bias) =>
    typicalShares({ ...FIRST, layer, bias })[50];
  const [simple, lstm, gru] = [left("SimpleRNN", 0), left("LSTM", 1), left("GRU", 0)];
  assert.ok(simple > 1e-3 && simple > 100 * lstm && lstm > 100 * gru && gru < 1e-8);
});

test("the first picture needs no browser", () => {
  const shown = html();
  assert.match(shown, /0\.0072 is left at lag 10, 6·10⁻¹⁰ at lag 50, 3·10⁻¹⁸ at lag 99\./);
  assert.equal(shown.match(/class="curve thin"/g)?.length, 3);
});

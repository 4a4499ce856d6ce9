// The worker that trains: it is told what to train, when to go on and when to pause, and reports what it has noted since
// its last report, some fifteen times a second. It looks for a new order after each report, so that a pause is kept at once.

import { Trial } from "../numeric/trial.js";

/** @typedef {import("../numeric/trial.js").Setting} Setting */
/** @typedef {import("../numeric/trial.js").Notes} Notes */
/** @typedef {{run: number, setting?: Setting, going?: boolean, slowly?: boolean, single?: boolean}} Order */
/** @typedef {{run: number, notes: Notes, over: boolean}} Report  of the lists what is new */

const SLICE = 40; // milliseconds of work between two reports
const TURN = 66; // from one report to the next, where one is to watch
const PER_TURN = 2; // updates then: some thirty a second

/** @type {Trial | undefined} */
let trial;
let [run, told, going, slowly] = [0, 0, false, true];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;

function report() {
  if (!trial) return;
  const { notes, over } = trial;
  /** @type {(list: number[]) => number[]} */
  const news = (list) => list.slice(told);
  const { losses, gates, widest, fresh, halved, solved } = notes;
  const lists = { losses: news(losses), gates: news(gates), widest: news(widest) };
  told = losses.length;
  postMessage({ run, notes: { ...lists, fresh, now: trial.shareByLag(), halved, solved }, over });
}

function turn() {
  if (!trial || !going) return;
  const start = performance.now();
  for (let k = 0; !trial.over && performance.now() - start < SLICE && (k < PER_TURN || !slowly); k++) trial.update();
  going = !trial.over;
  report();
  if (going) next = setTimeout(turn, slowly ? Math.max(0, TURN - (performance.now() - start)) : 0);
}

addEventListener("message", ({ data }) => {
  const order = /** @type {Order} */ (data);
  clearTimeout(next);
  if (order.setting) {
    trial = new Trial(order.setting);
    told = 0;
    run = order.run;
    report();
  }
  slowly = order.slowly ?? slowly;
  going = order.going ?? going;
  if (order.single && trial && !trial.over) {
    trial.update();
    report();
  }
  turn();
});

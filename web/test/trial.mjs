// Reads a trial's setting from standard input; prints after how many updates it was halved and solved.
import { json } from "node:stream/consumers";
import { whole } from "../numeric/trial.js";

const { halved = null, solved = null, losses } = whole(await json(process.stdin));
process.stdout.write(JSON.stringify({ halved, solved, updates: losses.length - 1 }));

// Reads {data, readings} from standard input, data as a page hands it over; prints for each reading the scores after every
// character, its classes, and at every fifth character the gates of unit 0. A reading has a text, and units that are held.
import { json } from "node:stream/consumers";
import { Network } from "../reader/network.js";
import { Reading } from "../reader/reading.js";

const { data, readings } = await json(process.stdin);
const network = new Network(data);
const answers = readings.map(({ text, held = [], from = 0 }) => {
  const reading = new Reading(network);
  reading.edit(text);
  reading.hold(new Map(held), from);
  reading.advance();
  return {
    scores: [...text].map((_, at) => [...network.scores(reading.state(at + 1))]),
    classes: [...reading.classes],
    gates: [...text].flatMap((_, at) => (at % 5 ? [] : [reading.gates(at, 0)])),
  };
});
process.stdout.write(JSON.stringify(answers));

// Reads an explorable's name and its data from standard input; prints what it shows before its script runs.
import { json } from "node:stream/consumers";

const { name, data } = await json(process.stdin);
const { html } = await import(new URL(`../explorables/${name}.js`, import.meta.url));
process.stdout.write(html(data));

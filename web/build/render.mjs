// Reads formulas as JSON from standard input and writes the HTML of each, or what is wrong with it.
import { text } from "node:stream/consumers";
import katex from "katex";

const formulas = JSON.parse(await text(process.stdin));
const rendered = formulas.map(({ tex, display, output }) => {
  try {
    return { html: katex.renderToString(tex, { displayMode: display, output, strict: "error" }) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(rendered));

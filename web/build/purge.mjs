// Reads a style sheet from standard input and writes it without the rules that no page and no script of a site has a
// class, an element or an attribute for.
import { text } from "node:stream/consumers";
import { PurgeCSS } from "purgecss";

const [site] = process.argv.slice(2);
const [{ css }] = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/_static/**/*.js`],
  css: [{ raw: await text(process.stdin) }],
  // Set by scripts or by the reader: no page holds them while it is built.
  dynamicAttributes: ["data-theme", "data-mode", "open", "aria-expanded", "aria-current"],
});
process.stdout.write(css);

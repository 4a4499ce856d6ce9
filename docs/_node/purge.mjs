// Writes beside each style sheet X.css an X.used.css: without the rules that no page and no script has a class, an
// element or an attribute for. The sheets themselves stay, for the next build compares them with the extensions' own.
import { writeFileSync } from "node:fs";
import { PurgeCSS } from "purgecss";

const [site, ...sheets] = process.argv.slice(2);
const purged = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/_static/**/*.js`],
  css: sheets,
  // Set by scripts or by the reader: no page holds them while it is built.
  dynamicAttributes: ["data-theme", "data-mode", "open", "aria-expanded", "aria-current"],
});
for (const { file, css } of purged) writeFileSync(file.replace(/css$/, "used.css"), css);

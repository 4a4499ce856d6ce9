// Run in a site's folder: reads a style sheet from standard input and writes it without the rules that no page and no
// script of the site has a class, an element or an attribute for.
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { PurgeCSS } from "purgecss";

// Files and not globs: a glob reads some letters of a folder's name otherwise, and so would find no page in "book (2)".
const files = readdirSync(".", { recursive: true }).sort();
const pages = files.filter((file) => file.endsWith(".html"));
const scripts = files.filter((file) => file.startsWith("_static") && file.endsWith(".js"));
if (pages.length === 0) throw new Error(`there is no page in ${process.cwd()}`);
const [{ css }] = await new PurgeCSS().purge({
  content: [...pages, ...scripts].map((file) => ({
    raw: readFileSync(file, "utf-8"),
    extension: file.split(".").pop(),
  })),
  css: [{ raw: await text(process.stdin) }],
  // Set by scripts or by the reader: no page holds them while it is built.
  dynamicAttributes: ["data-theme", "data-mode", "open", "aria-expanded", "aria-current"],
});
process.stdout.write(css);

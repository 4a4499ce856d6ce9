// Reads from standard input the folder that scripts go to; writes each explorable as one script into it, which loads
// from a disk too. A worker is the text WORKERS.NAME in the scripts: a page from a disk can start one from a text, and
// from no file.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const names = (kind) => readdirSync(new URL(`../${kind}/`, import.meta.url)).sort();
const address = (kind, file) => new URL(`../${kind}/${file}`, import.meta.url);
const options = { bundle: true, minify: true, charset: "utf8", target: "es2023" };

const define = {};
for (const file of names("workers")) {
  const { outputFiles } = buildSync({
    ...options,
    entryPoints: [fileURLToPath(address("workers", file))],
    write: false,
  });
  define[`WORKERS.${file.replace(".js", "")}`] = JSON.stringify(outputFiles[0].text);
}
const folder = await text(process.stdin);
for (const file of names("explorables")) {
  // Imported, and not the entry itself: so what the build alone needs, html() and its trainings, stays out of the script.
  const stdin = {
    contents: `import ${JSON.stringify(fileURLToPath(address("explorables", file)))}`,
    resolveDir: folder,
  };
  buildSync({ ...options, stdin, outfile: join(folder, file), define });
}

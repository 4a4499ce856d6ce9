// Reads as JSON from standard input the folder that scripts go to, and Python's pictures by name; writes each explorable
// as one script into the folder, which loads from a disk too, and prints what each shows before its script runs.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const source = new URL("../explorables/", import.meta.url);
const { folder, pictures } = JSON.parse(await text(process.stdin));
const shown = {};
for (const file of readdirSync(source).sort()) {
  const entry = new URL(file, source);
  buildSync({
    entryPoints: [fileURLToPath(entry)],
    outfile: join(folder, file),
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2023",
  });
  shown[file.replace(".js", "")] = (await import(entry)).html(pictures);
}
process.stdout.write(JSON.stringify(shown));

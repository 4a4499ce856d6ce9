// Reads from standard input the folder that scripts go to; writes each explorable as one script into it, which loads
// from a disk too.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const source = new URL("../explorables/", import.meta.url);
const folder = await text(process.stdin);
for (const file of readdirSync(source)) {
  buildSync({
    entryPoints: [fileURLToPath(new URL(file, source))],
    outfile: join(folder, file),
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2023",
  });
}

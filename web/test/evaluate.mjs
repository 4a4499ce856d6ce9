// Evaluate calls that Python has written: node evaluate.mjs LIBRARY CALLS.json prints what each returns. A call names its
// module and function; an array is {"f64": [...]} or {"f32": [...]}, a function of the library {"step": "lstmStep"}.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [library, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(resolve(library), `${name}.js`)));
const { cells, adam, ...rest } = {
  cells: await load("cells"),
  bptt: await load("bptt"),
  params: await load("params"),
  adam: await load("adam"),
};

// Adam is a class: its weights after each of several gradients.
const steps = (weights, options, gradients) => {
  const optimizer = new adam.Adam(weights, options);
  return gradients.map((gradient) => {
    optimizer.step(gradient);
    return weights.map((weight) => weight.slice());
  });
};
const modules = { cells, ...rest, adam: { steps } };

const decode = (value) => {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== "object") return value ?? undefined;
  if ("f64" in value) return Float64Array.from(value.f64);
  if ("f32" in value) return Float32Array.from(value.f32);
  if ("step" in value) return cells[value.step];
  return value;
};
const encode = (_key, value) => (ArrayBuffer.isView(value) ? [...value] : value);

const calls = JSON.parse(readFileSync(file, "utf-8"));
const answers = calls.map(({ module, name, given }) => modules[module][name](...given.map(decode)));
process.stdout.write(JSON.stringify(answers, encode));

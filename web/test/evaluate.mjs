// Evaluate calls that Python has written: node evaluate.mjs LIBRARY CALLS.json prints what each returns. A call names its
// module and function; an array is {"f64": [...]} or {"f32": [...]}, a function of the library {"step": "lstmStep"}.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [library, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(resolve(library), `${name}.js`)));
const { cells, adam, train, ...rest } = {
  cells: await load("cells"),
  bptt: await load("bptt"),
  params: await load("params"),
  adam: await load("adam"),
  train: await load("train"),
};

// Adam is a class: its weights after each of several gradients.
const steps = (weights, options, gradients) => {
  const optimizer = new adam.Adam(weights, options);
  return gradients.map((gradient) => {
    optimizer.step(gradient);
    return weights.map((weight) => weight.slice());
  });
};
// So is a training: the losses of its updates, the gradient of the last one by lag, and the weights after it.
const updates = (step, weights, sizes, options, batches) => {
  const training = new train.Training(step, weights, sizes, options);
  const losses = batches.map(([x, answers]) => {
    for (const [t, input] of x.entries()) training.x[t].set(input);
    training.answers.set(answers);
    return training.update();
  });
  return { losses, gradient: training.gradientByLag(), weights };
};
const modules = { cells, ...rest, adam: { steps }, train: { updates } };

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

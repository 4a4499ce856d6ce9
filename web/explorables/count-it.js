// <count-it>: how many parameters a recurrent layer has, and which layers have so many. The build puts `html()` into the
// page, so that it is there without this script, and the same in size once the script takes over. The address holds the
// state: #gru-64-128-before is a GRU with 64 features, 128 units and the reset before, #count-98816 the way back.

import { count, findSizes, maps } from "../numeric/params.js";

/** @typedef {import("../numeric/params.js").Layer} Layer */
/** @typedef {import("../numeric/params.js").Weight} Weight */
/** @typedef {{layer: Layer, m: number, n: number, torch: boolean, bias: boolean, after: boolean, both: boolean}} Setting */
/** @typedef {{setting: Setting, wanted?: number}} State  `wanted` is the count to go back from */

/** @type {Layer[]} */
const LAYERS = ["SimpleRNN", "LSTM", "GRU"];
/** @type {Setting} */
const FIRST = { layer: "LSTM", m: 64, n: 128, torch: false, bias: true, after: true, both: false };
const LARGEST = 99_999;
const MOST = 999_999_999_999; // of a count: its divisors are still found within a frame
const SHOWN = 8;
// Where a slider stops: at every size up to 16, and then at eight sizes between one power of two and the next.
const STOPS = Array.from({ length: 64 }, (_, k) => (k < 16 ? k + 1 : (9 + (k % 8)) * 2 ** (Math.floor(k / 8) - 1)));

const grouped = (/** @type {number} */ number) => number.toLocaleString("en");

/** @param {Setting} setting */
const options = ({ torch, bias, after, both }) => ({
  layout: /** @type {"torch" | "keras"} */ (torch ? "torch" : "keras"),
  useBias: bias,
  resetAfter: after || torch, // PyTorch knows no other
  bidirectional: both,
});

/**
 * What stands in the address, without its #.
 * @param {State} state
 */
export function toAddress({ setting, wanted }) {
  const { layer, m, n, torch, bias, after, both } = setting;
  const words = [torch && "torch", !bias && "nobias", !after && !torch && "before", both && "both"];
  const start = wanted === undefined ? [layer.toLowerCase(), m, n] : ["count", wanted];
  return [...start, ...words.filter(Boolean)].join("-");
}

/**
 * Read an address; undefined if it means something else.
 * @param {string} address
 * @returns {State | undefined}
 */
export function fromAddress(address) {
  const size = String.raw`(\d{1,5})`;
  const found = RegExp(
    `^#?(?:(simplernn|lstm|gru)-${size}-${size}|count-(\\d{1,12}))((?:-(?:torch|nobias|before|both))*)$`,
  ).exec(address);
  if (!found) return undefined;
  const [, name, m = FIRST.m, n = FIRST.n, wanted, words] = found;
  if (Math.min(Number(m), Number(n), Number(wanted ?? 1)) < 1) return undefined;
  const [torch, nobias, before, both] = ["torch", "nobias", "before", "both"].map((word) => words.includes(word));
  const layer = LAYERS.find((one) => one.toLowerCase() === name) ?? FIRST.layer;
  const setting = { layer, m: Number(m), n: Number(n), torch, bias: !nobias, after: !before, both };
  return wanted === undefined ? { setting } : { setting, wanted: Number(wanted) };
}

/**
 * A count as people write it: 98816, 98,816, 98 816, 98.816 or 98_816.
 * @param {string} text
 */
function toNumber(text) {
  if (!/^\s*(\d+|\d{1,3}([\s,._'’]\d{3})+)\s*$/.test(text)) return undefined;
  const number = Number(text.replace(/\D/g, ""));
  return number > 0 && number <= MOST ? number : undefined;
}

/** @param {Setting} setting */
function total(setting) {
  const { symbols, numbers, value } = count(setting.layer, setting.m, setting.n, options(setting));
  return `<span class="letters">${symbols}</span> <span>${numbers}</span> <strong>= ${grouped(value)}</strong>`;
}

/** @param {Setting} setting */
function parts(setting) {
  const { weights } = count(setting.layer, setting.m, setting.n, options(setting));
  const rows = weights.map(
    ({ name, shape, gates, size }) =>
      `<tr><td><code>${name.replaceAll("_", "_<wbr>")}</code></td><td>${shape.join(" × ")}</td>` +
      `<td>${[...gates].join(" ") || "one"}</td><td>${grouped(size)}</td></tr>`,
  );
  const heads = ["array", "shape", "maps", "parameters"].map((head) => `<th scope="col">${head}</th>`);
  return `${picture(setting, weights)}<table class="table"><thead><tr>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/**
 * Both kernels and the biases of one direction, to scale: in Keras a row for each feature and each unit and a column for
 * each number that comes out, in PyTorch the other way.
 * @param {Setting} setting
 * @param {Weight[]} weights
 */
function picture(setting, weights) {
  const { m, n, torch, both } = setting;
  const gates = [...(weights[0].gates || "-")];
  const { biases } = maps(setting.layer, options(setting));
  const [left, top] = [96, torch ? 46 : 32];
  const [room, depth] = torch ? [184, 344] : [372, 186]; // for what comes out, and for what goes in
  const scale = Math.min(room / (gates.length * n), depth / (m + n + biases));
  const [least, gap] = [4, 3];
  const wide = Math.max(n * scale, least);
  /** @type {string[]} */
  const drawn = [];
  /** @type {(kind: string, x: number, y: number, words: string | number) => unknown} */
  const write = (kind, x, y, words) =>
    drawn.push(`<text class="${kind}" x="${fixed(x)}" y="${fixed(y)}">${words}</text>`);
  const places = [];
  let at = 0;
  for (const size of [m, n, ...Array(biases).fill(1)]) {
    const long = Math.max(size * scale, least);
    places.push({ at, long });
    for (const [block, gate] of gates.entries()) {
      const [x, y, width, height] = torch ? [at, block * wide, long, wide] : [block * wide, at, wide, long];
      const role = "ifcozr".includes(gate) ? gate : gate === "-" ? "muted" : "c";
      const corner = `x="${fixed(left + x)}" y="${fixed(top + y)}" width="${fixed(width)}" height="${fixed(height)}"`;
      drawn.push(`<rect ${corner} fill="var(--rnn-${role})"${gate === "-" ? ' stroke="var(--rnn-quiet)"' : ""}/>`);
      if (gate !== "-" && Math.min(width, height) > 20)
        write("gate", left + x + width / 2, top + y + height / 2 + 6, gate);
    }
    at += long + gap;
  }
  const [w, u] = places;
  const biasesAt = u.at + u.long + gap;
  const thin = u.long < 18; // then its name and that of the biases share a line
  const names = [
    { words: `W ${m}`, at: w.at, long: w.long, line: 18 },
    { words: thin && biases ? `U ${n}, b` : `U ${n}`, at: u.at, long: u.long, line: 38 },
    { words: thin || !biases ? "" : "b", at: biasesAt, long: at - gap - biasesAt, line: 18 },
  ];
  for (const { words, at, long, line } of names) {
    if (torch) write(at > 300 ? "end" : "start", at > 300 ? 472 : left + at, line, words);
    else write("end", left - 8, top + at + long / 2 + (words === "b" ? 9 : 6), words);
  }
  const outs = gates.length > 1 ? `${gates.length} × ${n}` : n;
  const middle = (gates.length * wide) / 2;
  if (torch) write("end", left - 8, top + middle + 6, outs);
  else write("middle", left + Math.max(middle, 20), 22, outs);
  const thick = wide > n * scale || places.some(({ long }) => long === least);
  write(
    "middle",
    236,
    270,
    [both && "one direction of two", thick && "thinnest parts enlarged"].filter(Boolean).join("; "),
  );
  const shapes = weights.map(({ name, shape }) => `${name} ${shape.join(" × ")}`).join(", ");
  return `<svg viewBox="0 0 472 276" role="img" aria-labelledby="count-it-picture"><title id="count-it-picture">To scale: ${shapes}</title>${drawn.join("")}</svg>`;
}

const fixed = (/** @type {number} */ number) => String(Math.round(10 * number) / 10);

/** @param {State} state */
function found({ setting, wanted }) {
  if (wanted === undefined) return "";
  const rows = LAYERS.map((layer) => {
    const form = { ...setting, layer };
    const sizes = findSizes(wanted, layer, options(form));
    const links = sizes.map(([m, n]) => {
      const fits = m <= LARGEST && n <= LARGEST;
      const text = `${grouped(m)} → ${grouped(n)}`;
      return fits ? `<a href="#${toAddress({ setting: { ...form, m, n } })}">${text}</a>` : text;
    });
    const rest = links.length - SHOWN;
    const more =
      rest > 0 ? `<details><summary>${rest} more, with fewer units</summary>${list(links.slice(SHOWN))}</details>` : "";
    return `<tr><th scope="row">${layer}<br>${sizes.length || "no"} ${sizes.length === 1 ? "size" : "sizes"}</th><td>${list(links.slice(0, SHOWN)) || none(wanted, form)}${more}</td></tr>`;
  });
  return `<table class="table"><caption>Layers with ${grouped(wanted)} parameters in ${setting.torch ? "PyTorch" : "Keras"}</caption><thead><tr><th scope="col">layer</th><th scope="col">features → units</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** @param {string[]} links */
const list = (links) => (links.length ? `<ul>${links.map((link) => `<li>${link}</li>`).join("")}</ul>` : "");

/**
 * Why no size has the count.
 * @param {number} wanted
 * @param {Setting} setting
 */
function none(wanted, setting) {
  const equal = maps(setting.layer).count * (setting.both ? 2 : 1);
  if (wanted % equal) return `It has ${equal} equal maps, and ${grouped(wanted)} is no multiple of ${equal}.`;
  return "One feature and one unit make more.";
}

/** @param {Setting} setting */
function controls(setting) {
  const radios = (/** @type {string} */ name, /** @type {string[]} */ values, /** @type {string} */ chosen) =>
    values
      .map(
        (value) =>
          `<label><input type="radio" name="${name}" value="${value}"${value === chosen ? " checked" : ""}> ${value}</label>`,
      )
      .join("");
  const boxes = { bias: "bias", after: "reset after (a GRU of Keras)", both: "both directions" };
  const off = setting.layer === "GRU" && !setting.torch ? "" : " disabled";
  const checks = Object.entries(boxes).map(
    ([name, text]) =>
      `<label><input type="checkbox" name="${name}"${setting[/** @type {"bias"} */ (name)] ? " checked" : ""}${name === "after" ? off : ""}> ${text}</label>`,
  );
  const size = (/** @type {"m" | "n"} */ name, /** @type {string} */ text) =>
    `<div class="size"><label for="count-it-${name}">${text} <i>${name}</i></label>` +
    `<input type="range" name="${name}-slider" aria-label="${text} ${name}" min="0" max="${STOPS.length - 1}" value="${stop(setting[name])}" aria-valuetext="${setting[name]}">` +
    `<input type="number" id="count-it-${name}" name="${name}" min="1" max="${LARGEST}" value="${setting[name]}" inputmode="numeric" required></div>`;
  return `<form class="pst-js-only" autocomplete="off" aria-label="A layer">
<fieldset><legend>layer</legend>${radios("layer", LAYERS, setting.layer)}</fieldset>
<fieldset><legend>framework</legend>${radios("framework", ["Keras", "PyTorch"], setting.torch ? "PyTorch" : "Keras")}</fieldset>
<fieldset><legend>options</legend>${checks.join("")}</fieldset>
${size("m", "features")}
${size("n", "units")}
<p class="hint" role="status"></p>
</form>`;
}

/**
 * The slider's stop that is nearest to a size.
 * @param {number} size
 */
const stop = (size) =>
  STOPS.reduce((best, value, k) => (Math.abs(value - size) < Math.abs(STOPS[best] - size) ? k : best), 0);

/** What the build puts into the page. */
export const html = () => `${controls(FIRST)}
<p class="total" aria-live="polite">${total(FIRST)}</p>
<div class="parts">${parts(FIRST)}</div>
<form class="pst-js-only back" autocomplete="off" aria-label="A count">
<label for="count-it-count">Which layers have this many parameters?</label> <input id="count-it-count" name="count" type="text" inputmode="numeric" maxlength="20" placeholder="a count">
</form>
<div class="found" aria-live="polite"></div>`;

class CountIt extends (globalThis.HTMLElement ?? Object) {
  /** @type {State} */
  state = { setting: FIRST };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon;

  back = false; // whether the address holds the count
  chosen = false; // whether the reader has followed a link of the list
  /** @type {Record<string, string>} */
  shown = {};

  connectedCallback() {
    this.addEventListener("input", ({ target }) => this.changed(/** @type {HTMLInputElement} */ (target)));
    this.addEventListener("submit", (event) => event.preventDefault());
    this.addEventListener("click", ({ target }) => {
      this.chosen = /** @type {Element} */ (target).closest("a") !== null;
      if (this.chosen) this.write(); // so that the way back from the link leads here
    });
    addEventListener("hashchange", () => this.follow());
    this.fill();
    this.follow();
  }

  /** Take over what the address says. A link of the list shows one of its layers, and the list stays. */
  follow() {
    const state = fromAddress(location.hash);
    if (!state) return;
    clearTimeout(this.soon);
    this.soon = undefined;
    this.state = this.chosen ? { wanted: this.state.wanted, ...state } : state;
    this.back = state.wanted !== undefined;
    this.fill();
    this.show();
    if (!this.chosen) (this.back ? /** @type {Element} */ (this.querySelector(".back")) : this).scrollIntoView();
    this.chosen = false;
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.querySelector(`input[name="${name}"]`));
  }

  /** Set every field to the state. */
  fill() {
    const { setting, wanted } = this.state;
    for (const [name, value] of [
      ["layer", setting.layer],
      ["framework", setting.torch ? "PyTorch" : "Keras"],
    ]) {
      /** @type {HTMLInputElement} */ (this.querySelector(`input[name="${name}"][value="${value}"]`)).checked = true;
    }
    for (const name of /** @type {const} */ (["bias", "after", "both"])) this.field(name).checked = setting[name];
    for (const name of ["m", "n"]) this.field(name).value = String(setting[/** @type {"m"} */ (name)]);
    this.field("count").value = wanted === undefined ? "" : grouped(wanted);
  }

  /**
   * Take over what a reader has changed.
   * @param {HTMLInputElement} target
   */
  changed({ name, value, checked }) {
    const setting = { ...this.state.setting };
    let wanted = this.state.wanted;
    if (name === "layer") setting.layer = /** @type {Layer} */ (value);
    if (name === "framework") setting.torch = value === "PyTorch";
    if (name === "bias" || name === "after" || name === "both") setting[name] = checked;
    const size = /** @type {"m" | "n"} */ (name[0]);
    if (name.endsWith("-slider")) {
      setting[size] = STOPS[Number(value)];
      this.field(size).value = String(setting[size]);
    } else if (name === "m" || name === "n") {
      if (this.field(name).validity.valid) setting[size] = Number(value);
    } else if (name === "count") {
      wanted = toNumber(value);
      this.back = wanted !== undefined;
    }
    if (name === "layer" || "mn".includes(name[0])) this.back = false;
    this.state = { setting, wanted };
    this.show();
    // Browsers refuse an address that changes with every move of a slider.
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.write(), 300);
  }

  /** Write the state into the address, if it has changed since. */
  write() {
    if (this.soon === undefined) return;
    clearTimeout(this.soon);
    this.soon = undefined;
    const { setting } = this.state;
    history.replaceState(history.state, "", `#${toAddress(this.back ? this.state : { setting })}`);
  }

  /**
   * Put HTML into a part. What stays as it is keeps the focus.
   * @param {string} selector
   * @param {string} content
   */
  put(selector, content) {
    if (this.shown[selector] === content) return;
    this.shown[selector] = content;
    /** @type {Element} */ (this.querySelector(selector)).innerHTML = content;
  }

  /** Show the state, but for the fields. */
  show() {
    const { setting, wanted } = this.state;
    this.put(".total", total(setting));
    this.put(".parts", parts(setting));
    this.put(".found", found(this.state));
    this.field("after").disabled = setting.layer !== "GRU" || setting.torch;
    const wrong = ["m", "n"].filter((name) => !this.field(name).validity.valid);
    this.put(".hint", wrong.length ? `A size is a whole number from 1 to ${grouped(LARGEST)}.` : "");
    for (const name of /** @type {const} */ (["m", "n"])) {
      const slider = this.field(`${name}-slider`);
      slider.value = String(stop(setting[name]));
      slider.setAttribute("aria-valuetext", String(setting[name]));
      this.field(name).setAttribute("aria-invalid", String(wrong.includes(name)));
    }
    this.field("count").setAttribute("aria-invalid", String(wanted === undefined && this.field("count").value !== ""));
  }
}

globalThis.customElements?.define("count-it", CountIt);

// <gradient-lag>: a fresh layer is run and differentiated in the page, and the share of its gradient that is left at every lag
// drawn beside those of three layers as Keras builds them, which the build computes by the same code: medians of ten seeds.

import { Plot, share } from "../drawing/plot.js";
import { biasWords, COLOURS, choice, choose, LAYERS, setSlider, slider, UNITS } from "../drawing/settings.js";
import { LAGS, powers, sharesLeft, typicalShares } from "../numeric/fresh.js";
import { USUAL_BIAS } from "../numeric/random.js";

/** @typedef {import("../numeric/fresh.js").Fresh} Fresh */
/** @typedef {import("../numeric/fresh.js").Layer} Layer */

/** @type {Fresh} */
const FIRST = { layer: "GRU", units: 32, inputs: "adding", bias: 0, scale: 1, seed: 0 };
const INPUTS = { adding: "adding", noise2: "random 2", noise8: "random 8" };
const NAMED = { SimpleRNN: 97, LSTM: 97, GRU: 80 }; // the lag at which a thin curve's name ends
const TOLD = [10, 50, 99];

const plot = new Plot({
  x: { from: 0, to: LAGS, ticks: [0, 25, 50, 75, LAGS], label: `lag ${LAGS}` },
  y: { from: 1e-20, to: 1e7, ticks: [1e-20, 1e-15, 1e-10, 1e-5, 1, 1e5], log: true },
  width: 480,
  height: 330,
  left: 60,
  title: "share of the gradient left",
});

/** The three layers as Keras builds them. */
function built() {
  return Object.keys(LAYERS).map((name) => {
    const layer = /** @type {Layer} */ (name);
    const shares = typicalShares({ ...FIRST, layer, bias: USUAL_BIAS[layer] });
    const at = NAMED[layer];
    return (
      plot.curve(shares, { colour: COLOURS[layer], kind: "thin" }) + plot.name(layer, COLOURS[layer], [at, shares[at]])
    );
  });
}

/**
 * The frame, the thin curves, and the chosen one.
 * @param {Fresh} fresh
 * @param {number[]} shares
 * @param {string} thin
 */
function picture(fresh, shares, thin) {
  const colour = COLOURS[fresh.layer];
  const drawn = [
    `<g class="built">${thin}</g>`,
    plot.curve(powers(fresh), { colour, kind: "alone" }),
    plot.curve(shares, { colour }),
  ];
  return plot.svg("gradient-lag-picture", `${titled(fresh)}; ${told(shares)}`, drawn);
}

/** @param {number[]} shares */
const told = (shares) =>
  `${TOLD.map((lag, k) => `${share(shares[lag])} ${k ? "" : "is left "}at lag ${lag}`).join(", ")}.`;

/** @param {Fresh} fresh */
const titled = ({ layer, bias, scale }) =>
  `${layer}${layer === "SimpleRNN" ? "" : `, gate bias ${bias}`}, U times ${scale}: share of the gradient left against the lag`;

/** @param {Fresh} fresh */
function controls(fresh) {
  const { layer, units, inputs, bias, scale, seed } = fresh;
  return `<form class="pst-js-only" autocomplete="off" aria-label="A fresh layer">
${choice("layer", "cell", LAYERS, layer)}
${choice("units", "units", UNITS, units)}
${choice("inputs", "inputs", INPUTS, inputs)}
<div class="sliders">
${slider("gradient-lag", "bias", "gate bias", [0, 6, 0.5, bias], biasWords(fresh))}
${slider("gradient-lag", "scale", "U times", [0, 2, 0.05, scale], String(scale))}
${slider("gradient-lag", "seed", "seed", [0, 9, 1, seed], String(seed))}
</div>
</form>`;
}

/** What the build puts into the page. */
export function html() {
  const shares = sharesLeft(FIRST);
  return `${controls(FIRST)}
<p class="status" aria-live="polite">${told(shares)}</p>
<div class="curves">${picture(FIRST, shares, built().join(""))}</div>`;
}

class GradientLag extends (globalThis.HTMLElement ?? Object) {
  fresh = FIRST;
  thin = "";
  drawing = 0;

  connectedCallback() {
    if (this.thin) return;
    this.thin = this.find(".built").innerHTML;
    this.addEventListener("input", ({ target }) => this.changed(/** @type {HTMLInputElement} */ (target)));
    this.addEventListener("submit", (event) => event.preventDefault());
    this.fill();
  }

  /** @param {string} selector */
  find(selector) {
    return /** @type {HTMLInputElement} */ (this.querySelector(selector));
  }

  /** Set every field to the state. */
  fill() {
    const { fresh } = this;
    for (const name of /** @type {const} */ (["layer", "units", "inputs"])) choose(this, name, fresh[name]);
    setSlider(this, "bias", fresh.bias, biasWords(fresh));
    for (const name of /** @type {const} */ (["scale", "seed"]))
      setSlider(this, name, fresh[name], String(fresh[name]));
    this.find("[name=bias]").disabled = fresh.layer === "SimpleRNN";
  }

  /**
   * Take over what a reader has changed.
   * @param {HTMLInputElement} target
   */
  changed({ name, value }) {
    const fresh = { ...this.fresh };
    if (name === "layer") {
      fresh.layer = /** @type {Layer} */ (value);
      fresh.bias = USUAL_BIAS[fresh.layer];
    } else if (name === "inputs") fresh.inputs = /** @type {Fresh["inputs"]} */ (value);
    else if (name === "units" || name === "bias" || name === "scale" || name === "seed") fresh[name] = Number(value);
    this.fresh = fresh;
    this.fill();
    this.drawing ||= requestAnimationFrame(() => this.draw()); // a slider may move often in a frame
  }

  draw() {
    this.drawing = 0;
    const shares = sharesLeft(this.fresh);
    this.find(".curves").innerHTML = picture(this.fresh, shares, this.thin);
    this.find(".status").textContent = told(shares);
  }
}

globalThis.customElements?.define("gradient-lag", GradientLag);

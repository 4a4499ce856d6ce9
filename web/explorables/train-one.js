// <train-one>: a small recurrent network learns in the reader's browser, in a worker, and its loss, its gradient against the
// lag and its keeping gate are drawn meanwhile. The build trains the first network and puts its curves into the page; the
// same seed gives the same curves in the browser.

import { share } from "../drawing/plot.js";
import { biasWords, COLOURS, choice, choose, LAYERS, setSlider, slider, UNITS } from "../drawing/settings.js";
import { farLag, grouped, outcome, pictures } from "../drawing/trials.js";
import { USUAL_BIAS } from "../numeric/random.js";
import { MEAN_OF, MOST, meanLoss, whole } from "../numeric/trial.js";

/** @typedef {import("../numeric/trial.js").Setting} Setting */
/** @typedef {import("../numeric/trial.js").Notes} Notes */
/** @typedef {import("../numeric/trial.js").Layer} Layer */
/** @typedef {import("../workers/train.js").Order} Order */
/** @typedef {import("../workers/train.js").Report} Report */
/** @typedef {import("../drawing/trials.js").Trained} Trained */
/** @typedef {"built" | "fresh" | "going" | "paused" | "over"} Phase */
/** @typedef {{current: Trained, before: Trained[], phase: Phase, speed?: number}} State */

/** @type {Setting} */
const FIRST = { layer: "GRU", task: "adding", units: 16, steps: 50, rate: 0.01, bias: 0, seed: 0 };
const RATES = [0.001, 0.002, 0.005, 0.01, 0.02];
const TASKS = { adding: "adding problem", bit: "one bit" };
/** @type {Notes} */
const NONE = { losses: [], gates: [], widest: [], fresh: [], now: [] };
const KEPT = 6; // runs in the list
const THIN = 3; // of them in the picture

/**
 * The pictures, with the last runs of the same task as thin lines.
 * @param {State} state
 */
function panels(state) {
  const { current, before } = state;
  const { task } = current.setting;
  const { left, right } = pictures(
    current,
    before.filter((run) => run !== current && run.setting.task === task).slice(-THIN),
  );
  return `<div>${left}</div><div>${right}<dl class="figures">${figures(state)}</dl></div>`;
}

/** @param {State} state */
function status({ phase, current }) {
  const updates = grouped(Math.max(0, current.notes.losses.length - 1));
  if (phase === "built") {
    return `${outcome(current.notes).replace(".", "")}, while this book was built. <span class="pst-js-only">Press <b>Train</b> to see it happen.</span>`;
  }
  if (phase === "fresh") return "A fresh network. Press <b>Train</b>.";
  if (phase === "going") return "It trains.";
  if (phase === "paused") return `Paused after ${updates} update${updates === "1" ? "" : "s"}.`;
  return outcome(current.notes);
}

/** @param {State} state */
function figures({ current: { setting, notes }, speed }) {
  const lag = farLag(setting);
  const last = notes.losses.length - 1;
  const gate = (/** @type {number[]} */ means) => (means.length ? means[last].toFixed(2) : "none");
  const cells = {
    updates: grouped(last),
    "mean loss": meanLoss(notes.losses).toFixed(3),
    [`left at lag ${lag}`]: share(notes.now[lag]),
    "mean gate": gate(notes.gates),
    "largest gate": gate(notes.widest),
    "updates a second": speed === undefined ? "–" : String(Math.round(speed)),
  };
  return Object.entries(cells)
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
    .join("");
}

/**
 * The runs with one more, in place of one with the same setting.
 * @param {Trained[]} runs
 * @param {Trained} last
 */
function listed(runs, last) {
  const same = JSON.stringify(last.setting);
  return [...runs.filter(({ setting }) => JSON.stringify(setting) !== same), last].slice(-KEPT);
}

/** @param {Trained[]} runs */
function list(runs) {
  const rows = runs.map(({ setting, notes }) => {
    const { layer, task, steps, units, rate, bias, seed } = setting;
    const gate = layer === "SimpleRNN" ? "" : `, gate bias ${bias}`;
    const updates = notes.losses.length - 1;
    const never = `${updates < MOST ? "stopped at" : "not in"} ${grouped(updates)}`;
    const cell = (/** @type {number | undefined} */ update) =>
      `<td>${update === undefined ? never : grouped(update)}</td>`;
    return `<tr><th scope="row"><b style="color: var(--rnn-${COLOURS[layer]})">${layer}</b>, ${TASKS[task]}, ${steps} steps, ${units} units, rate ${rate}${gate}, seed ${seed}</th>${cell(notes.halved)}${cell(notes.solved)}</tr>`;
  });
  const heads = ["run", "halved", "solved"].map((head) => `<th scope="col">${head}</th>`);
  return `<table class="table"><thead><tr>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** @param {Setting} setting */
function controls(setting) {
  const own = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {[number, number, number, number]} */ numbers,
    words = String(numbers[3]),
  ) => slider("train-one", name, label, numbers, words);
  return `<form class="pst-js-only" autocomplete="off" aria-label="A network to train">
${choice("layer", "cell", LAYERS, setting.layer)}
${choice("task", "task", TASKS, setting.task)}
${choice("units", "units", UNITS, setting.units)}
<div class="sliders">
${own("steps", "time steps", [10, 100, 10, setting.steps])}
${own("rate", "learning rate", [0, RATES.length - 1, 1, RATES.indexOf(setting.rate)], String(setting.rate))}
${own("bias", "gate bias", [0, 5, 1, setting.bias], biasWords(setting))}
${own("seed", "seed", [0, 9, 1, setting.seed])}
</div>
<div class="buttons"><button type="button" name="train">Train</button><button type="button" name="step">Step</button><button type="button" name="again">Start again</button><label><input type="checkbox" name="fast"> full speed</label></div>
</form>`;
}

/** What the build puts into the page. */
export function html() {
  const current = { setting: FIRST, notes: whole(FIRST) };
  /** @type {State} */
  const state = { current, before: [current], phase: "built" };
  return `${controls(FIRST)}
<p class="status" role="status">${status(state)}</p>
<div class="panels">${panels(state)}</div>
<div class="runs">${list(state.before)}</div>
<script type="application/json">${JSON.stringify(current, (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value))}</script>`;
}

class TrainOne extends (globalThis.HTMLElement ?? Object) {
  /** @type {State} */
  state = { current: { setting: FIRST, notes: NONE }, before: [], phase: "built" };
  /** @type {Worker | undefined} */
  worker;

  run = 0; // reports of an earlier one come too late
  drawing = 0;
  told = "";
  /** @type {[number, number][]} */
  pace = []; // when the last reports came, and after how many updates

  connectedCallback() {
    if (this.state.current.notes === NONE) {
      const current = JSON.parse(this.find("script").textContent ?? "");
      this.state = { current, before: [current], phase: "built" };
      this.addEventListener("input", ({ target }) => this.changed(/** @type {HTMLInputElement} */ (target)));
      this.addEventListener("submit", (event) => event.preventDefault());
      this.addEventListener("click", ({ target }) => {
        const { name } = /** @type {HTMLButtonElement} */ (target);
        if (name === "train") this.train();
        if (name === "step") this.order({ single: true, going: false }, "paused");
        if (name === "again") this.begin();
      });
      this.field("fast").checked = false;
      this.fill();
    }
  }

  disconnectedCallback() {
    this.worker?.terminate();
    this.worker = undefined;
    if (this.state.phase !== "built") this.set("over");
  }

  /**
   * @param {string} selector
   * @returns {HTMLElement}
   */
  find(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.find(`[name="${name}"]`));
  }

  /** Set every field to the state. */
  fill() {
    const { setting } = this.state.current;
    for (const name of /** @type {const} */ (["layer", "task", "units"])) choose(this, name, setting[name]);
    for (const name of /** @type {const} */ (["steps", "seed"]))
      setSlider(this, name, setting[name], String(setting[name]));
    setSlider(this, "rate", RATES.indexOf(setting.rate), String(setting.rate));
    setSlider(this, "bias", setting.bias, biasWords(setting));
    this.field("bias").disabled = setting.layer === "SimpleRNN";
  }

  /**
   * Take over what a reader has changed: another setting is another network.
   * @param {HTMLInputElement} target
   */
  changed({ name, value }) {
    if (name === "fast") return this.tell({ slowly: !this.field("fast").checked });
    const setting = { ...this.state.current.setting };
    if (name === "layer") {
      setting.layer = /** @type {Layer} */ (value);
      setting.bias = USUAL_BIAS[setting.layer];
    } else if (name === "task") setting.task = /** @type {Setting["task"]} */ (value);
    else if (name === "rate") setting.rate = RATES[Number(value)];
    else if (name === "units" || name === "steps" || name === "bias" || name === "seed") setting[name] = Number(value);
    this.begin(setting);
  }

  /** The button that trains, pauses and goes on. */
  train() {
    if (this.state.phase === "going") this.order({ going: false }, "paused");
    else this.order({ going: true }, "going");
  }

  /**
   * @param {Partial<Order>} order
   * @param {Phase} phase  that follows
   */
  order(order, phase) {
    if (this.state.phase === "built" || this.state.phase === "over") this.begin();
    this.pace = [];
    this.tell(order);
    this.set(phase);
  }

  /** Have a fresh network, and keep the curves of the one before, if it has learnt for a while. */
  begin(setting = this.state.current.setting) {
    const { before, current } = this.state;
    const kept = before.includes(current) || current.notes.losses.length < MEAN_OF ? before : listed(before, current);
    this.state.before = kept;
    this.state.current = { setting, notes: NONE };
    this.run += 1;
    this.tell({ setting, going: false, slowly: !this.field("fast").checked });
    this.set("fresh");
    this.fill();
  }

  /**
   * Give the worker an order.
   * @param {Partial<Order>} order
   */
  tell(order) {
    if (!this.worker) {
      if (!order.setting) return;
      const code = new Blob([WORKERS.train], { type: "text/javascript" });
      this.worker = new Worker(URL.createObjectURL(code)); // a page from a disk may start no other
      this.worker.onmessage = ({ data }) => this.report(data);
    }
    this.worker.postMessage({ run: this.run, ...order });
  }

  /** @param {Report} report */
  report({ run, notes, over }) {
    if (run !== this.run) return;
    const { current, phase, before } = this.state;
    const old = current.notes;
    current.notes = {
      ...notes,
      losses: [...old.losses, ...notes.losses],
      gates: [...old.gates, ...notes.gates],
      widest: [...old.widest, ...notes.widest],
    };
    this.pace = [...this.pace, /** @type {[number, number]} */ ([performance.now(), current.notes.losses.length])];
    this.pace = this.pace.filter(([time]) => performance.now() - time < 1500);
    const [[since, then], [until, now]] = [this.pace[0], this.pace[this.pace.length - 1]];
    this.state.speed = phase === "going" && until > since ? (1000 * (now - then)) / (until - since) : this.state.speed;
    if (over) {
      this.state.before = listed(before, current);
      this.set("over");
    }
    this.drawing ||= requestAnimationFrame(() => this.draw());
  }

  /** Draw what was reported, once in a frame at most. */
  draw() {
    this.drawing = 0;
    this.find(".panels").innerHTML = panels(this.state);
    this.tellStatus();
    if (this.state.phase !== "going") this.find(".runs").innerHTML = list(this.state.before);
  }

  /** Say how it goes, once: a screen reader reads out what changes. */
  tellStatus() {
    const words = status(this.state);
    if (this.told !== words) this.find(".status").innerHTML = words;
    this.told = words;
  }

  /** @param {Phase} phase */
  set(phase) {
    this.state.phase = phase;
    this.tellStatus();
    this.field("train").textContent = { going: "Pause", paused: "Go on" }[/** @type {"going"} */ (phase)] ?? "Train";
  }
}

globalThis.customElements?.define("train-one", TrainOne);

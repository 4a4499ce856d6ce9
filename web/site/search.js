// The search page: finds sections of the book by any of the words asked, the best first. sections.js is the list that
// docs/_ext/rnn_book/site/search.py writes, minisearch.js the engine.

// Words that make a question and answer nothing.
const IDLE = new Set(
  `a about am an and are as at be been by can could did do does doing done for from get gets got had has have how i if in
  into is it its me my of on or should so t than that the their them then there these they this to too vs was we were
  what when where which who why will with would you your s`.split(/\s+/),
);
const IRREGULAR = {
  ...{ axes: "axis", biases: "bias", grus: "gru", indices: "index", learnt: "learn", matrices: "matrix" },
  ...{ one: "1", two: "2", three: "3", four: "4", five: "5", six: "6", seven: "7", eight: "8", nine: "9", ten: "10" },
};
// What people ask for in one word and the book calls by another. Each line is one meaning.
const MEANINGS = `
  convert port move transfer import export migrate transpose
  forecast predict extrapolate
  initialize draw fresh
  parameter weight count size number
  pytorch torch
  backpropagation bptt backprop
  seq2seq encoder decoder sequence
  perceptron mlp feedforward
  convolution cnn tcn conv
  bidirectional direction backward
  unequal variable ragged different
  leak leakage future
  delay lag late behind shift echo
  stack multilayer deep
  generate sample write
  baseline naive persistence
  regression linear ridge
  decrease fall shrink improve move stuck plateau
  numerical finite nudge
  error exception message
  perplexity bits
  cudnn gpu cuda
  step timestep
  shape axis dimension size
  example script code copy
  equation formula
  explode explosion overflow
  vanish disappear
  history lookback window
  reverse backward
`;

// A word without its ending, in American spelling: "initialisations" and "initializer" are one, "padded" and "pad".
function stem(word) {
  if (word in IRREGULAR) return IRREGULAR[word];
  let root = word;
  if (root.length > 3)
    root = root
      .replace(/ies$/, "y")
      .replace(/(ss|sh|ch|x)es$/, "$1")
      .replace(/([^siu])s$/, "$1");
  root = root.replace(/(\w{4})i[sz](?:ation|er|ed|ing|e)$/, "$1");
  root = root.replace(/([aeiouy]\w*?\w)(?:ing|ed|ion)$/, (whole, rest) => (rest.length > 2 ? rest : whole));
  root = root
    .replace(/(\w\w)our$/, "$1or")
    .replace(/([bct])re$/, "$1er")
    .replace(/yse$/, "yz");
  return root.replace(/(\w\w)e$/, "$1").replace(/([b-df-hj-np-tv-z])\1$/, "$1");
}

const tokenize = (text) =>
  text
    .normalize("NFC")
    .replace(/[’']s\b/g, "")
    .match(/\d+(?:[.,]\d+)*|[\p{L}\p{N}_]+/gu) ?? [];
// A name is found whole and by its parts: unit_forget_bias, SimpleRNN.
function forms(token) {
  const whole = token.replaceAll(",", "").toLowerCase();
  if (IDLE.has(whole)) return [];
  const parts = token
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split("_")
    .filter(Boolean);
  return [...new Set([stem(whole), ...(parts.length > 1 ? parts.map(stem) : [])])];
}

const meanings = MEANINGS.trim()
  .split("\n")
  .map((line) => line.trim().split(" ").map(stem));
const index = new MiniSearch({
  idField: "id",
  fields: ["heading", "title", "strong", "text", "apart"],
  tokenize,
  processTerm: forms,
  searchOptions: {
    tokenize: (term) => [term],
    processTerm: (term) => term, // what is asked has been taken apart already
    boost: { heading: 3, title: 1.5, strong: 2, apart: 0.3 },
    boostDocument: (id) => weight(SECTIONS[id]),
  },
});
index.addAll(SECTIONS.map((section, id) => ({ id, ...section })));

function weight({ page, heading }) {
  if (page === "reference/bibliography") return 0.1;
  return page === "reference/api" || heading === "Exercises" ? 0.5 : 1;
}

// Where a word stands, with the score of the best way to read it: as it is, as the beginning of a longer word, by another
// word of its meaning and, if the book does not have it at all, with a letter or two mistyped.
function find(word) {
  const best = new Map();
  const add = (term, share, options) => {
    for (const { id, score, terms } of index.search(term, options)) {
      const known = best.get(id) ?? { score: 0, terms: [] };
      best.set(id, { score: Math.max(known.score, share * score), terms: [...known.terms, ...terms] });
    }
  };
  add(word, 1, { prefix: word.length > 2 });
  const others = meanings.filter((line) => line.includes(word)).flat();
  for (const other of new Set(others)) if (other !== word) add(other, 0.5);
  if (best.size === 0) add(word, 0.7, { prefix: true, fuzzy: word.length > 3 && 0.25 });
  return best;
}

// All sections that have one of the words, each with its score, how many words it has, and the words to mark.
function search(question) {
  const tokens = tokenize(question);
  const asked = tokens.flatMap((token) => {
    const [whole, ...parts] = forms(token);
    return whole && (parts.length === 0 || index.search(whole).length > 0) ? [whole] : parts;
  });
  const words = [...new Set(asked.length > 0 ? asked : tokens.map((token) => token.toLowerCase()))];
  const found = new Map();
  for (const word of words) {
    for (const [id, { score, terms }] of find(word)) {
      const section = found.get(id) ?? { ...SECTIONS[id], score: 0, has: 0, terms: new Set() };
      section.score += score;
      section.has += 1;
      for (const term of terms) section.terms.add(term);
      found.set(id, section);
    }
  }
  for (const section of found.values()) section.score *= (section.has / words.length) ** 2;
  return { words, found: [...found.values()].sort((one, other) => other.score - one.score) };
}

// The page.
const field = document.querySelector(".bd-search-container input[name=q]");
const said = document.querySelector("#found-status");
const list = document.querySelector("#found");
const hints = document.querySelector("#search-hints");
const SHOWN = 20;

// The sentences that hold most of the words, about as many as three lines take.
function excerpt({ text, terms }) {
  const had = (part) =>
    new Set(
      tokenize(part)
        .flatMap(forms)
        .filter((form) => terms.has(form)),
    ).size;
  let best = { has: -1, part: "" };
  for (const block of text.split("\n")) {
    const sentences = block.split(/(?<=[.?!:;]) (?=[^a-z])/);
    for (let first = 0; first < sentences.length; first++) {
      let part = sentences[first];
      for (const next of sentences.slice(first + 1)) {
        if (part.length + next.length > 220) break;
        part += ` ${next}`;
      }
      const has = had(part);
      if (has > best.has) best = { has, part };
    }
  }
  if (best.part.length <= 300) return best.part;
  const words = best.part.split(" ");
  const place = Math.max(0, words.findIndex((word) => had(word) > 0) - 12);
  return `${place > 0 ? "… " : ""}${words.slice(place, place + 40).join(" ")}${place + 40 < words.length ? " …" : ""}`;
}

// An element with text in it, in which the words found are marked.
function element(name, className, text, terms) {
  const made = Object.assign(document.createElement(name), { className });
  for (const part of text.split(/([\p{L}\p{N}_]+)/u)) {
    const marked = terms && forms(part).some((form) => terms.has(form));
    made.append(marked ? Object.assign(document.createElement("mark"), { textContent: part }) : part);
  }
  return made;
}

function say(question, words, found) {
  if (words.length === 0) return "";
  if (found.length === 0) return `The book has none of these words: ${question}`;
  const sections = (count) => (count === 1 ? "1 section" : `${count} sections`);
  const shown = found.length > SHOWN ? `the best ${SHOWN} of ${sections(found.length)}` : sections(found.length);
  if (words.length === 1) return `Here: ${shown}.`;
  const whole = found.filter((section) => section.has === words.length).length;
  const all = whole === 0 ? "No section has" : whole === 1 ? "1 section has" : `${whole} sections have`;
  return `${all} all of these words. Here: ${shown} with some of them.`;
}

function show(question) {
  const { words, found } = search(question);
  list.replaceChildren(
    ...found.slice(0, SHOWN).map((section) => {
      const { page, anchor, title, heading, terms } = section;
      const link = element("a", "", heading, terms);
      link.href = `${page}.html${anchor && `#${anchor}`}`;
      const item = document.createElement("li");
      item.append(link, element("p", "where", title || "The whole page"), element("p", "", excerpt(section), terms));
      return item;
    }),
  );
  said.textContent = say(question, words, found);
  hints.hidden = found.length > 0;
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
show(field.value);
// On a phone the keyboard would hide what was found.
if (field.value === "" || matchMedia("(hover: hover)").matches) field.select();
field.addEventListener("input", () => {
  show(field.value);
  history.replaceState(null, "", field.value ? `?q=${encodeURIComponent(field.value)}` : location.pathname);
});
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelector("a")?.focus();
});
// The arrows lead from the field through what was found, and back.
addEventListener("keydown", (event) => {
  const stops = [field, ...list.querySelectorAll("a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!step || !next || !stops.includes(document.activeElement)) return;
  event.preventDefault();
  next.focus();
});

// Sphinx's own scores, but for the bibliography: it holds many words and answers no question.
var Scorer = {
  score: ([page, , , , score]) => (page === "reference/bibliography" ? score / 10 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

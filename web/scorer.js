// Sphinx's own scores, but for two things. The bibliography holds many words and answers no question. And Sphinx
// takes the score of the best of the words asked, so that many pages draw: the title decides, by the words it shares.
const asked = (new URLSearchParams(location.search).get("q") || "").toLowerCase().match(/\w{3,}/g) || [];
var Scorer = {
  score: ([page, title, , , score]) =>
    page === "reference/bibliography"
      ? score / 10
      : score + asked.filter((word) => title.toLowerCase().includes(word)).length,
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

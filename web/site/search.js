// Excerpts without the toolbar, and with each formula once: its letters, not its MathML too.
const toText = Search.htmlToText;
Search.htmlToText = (html, anchor) =>
  toText(
    html
      .replace(/<span class="katex-mathml">.*?<\/math><\/span>/gs, "")
      .replace(/<div class="bd-header-article.*?(?=<div id="searchbox")/gs, ""),
    anchor,
  );

const field = document.querySelector("form.bd-search input");
field.focus();
field.select();

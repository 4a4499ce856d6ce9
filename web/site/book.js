// On paper: light, and unfolded.
const root = document.documentElement;
let onScreen;
addEventListener("beforeprint", () => {
  onScreen = root.dataset.theme;
  root.dataset.theme = "light";
  for (const fold of document.querySelectorAll("details:not(.menu)")) fold.open = true;
});
addEventListener("afterprint", () => {
  root.dataset.theme = onScreen;
});

// A menu closes when the reader turns elsewhere, a drawer when the reader has chosen.
function closeMenus(target) {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = menu.contains(target);
}
addEventListener("click", ({ target }) => {
  closeMenus(target);
  if (target.closest("a")) target.closest("dialog")?.close();
  if (target.closest("button.print")) print();
});
addEventListener("focusin", ({ target }) => closeMenus(target));
addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    const field = [...document.querySelectorAll("input[name=q]")].find((input) =>
      input.checkVisibility({ visibilityProperty: true }),
    );
    if (field) field.focus();
    else document.querySelector(".search-link").click();
  }
});

// Formulas and code are stops for the Tab key where they scroll, and nowhere else. In a fold that shows once it is open.
function stops() {
  for (const box of document.querySelectorAll("div.math, .bd-article pre")) {
    box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
  }
}
stops();
addEventListener("resize", stops);
addEventListener("toggle", stops, true);

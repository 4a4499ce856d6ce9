// What is folded is printed unfolded. Menus close when the reader turns elsewhere.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not(.menu)")) fold.open = true;
});
addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = menu.contains(target);
});
addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

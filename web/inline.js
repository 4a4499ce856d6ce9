// The one script inside the pages; their content security policy holds its hash, so nothing in it may vary.
{
  const root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  // Before the first paint, or a dark page would flash white.
  root.dataset.mode = localStorage.getItem("mode") || "auto";
  root.dataset.theme = root.dataset.mode === "auto" ? night : root.dataset.mode;

  // A template holds the scripts until the page is painted: run before, they would cost a third of the time until then.
  const run = (waiting) =>
    new Promise((done, failed) => {
      const script = waiting.cloneNode();
      script.async = false; // one after the other, as they stand
      script.onload = done;
      script.onerror = () => failed(new Error(`did not load: ${script.src}`));
      document.head.append(script);
    });
  const runAll = () => {
    const scripts = document.querySelector("template#scripts")?.content.children ?? [];
    // Tests wait for either: nothing more is added to the page by itself.
    Promise.all([...scripts].map(run)).then(
      () => (root.dataset.ready = ""),
      (error) => {
        root.dataset.failed = "";
        throw error;
      },
    );
  };
  addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(runAll)));
}

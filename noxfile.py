"""Every chore of the project; ``python -m nox --list`` names them."""

import os

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "docs", "tests"]

# Importing Keras from source text costs 14 s a page, from bytecode 5 s.
COMPILED = {"UV_COMPILE_BYTECODE": "1", "PYTHONDONTWRITEBYTECODE": None}
STRICT = ["-W", "--keep-going", "-n", "-j", "auto"]


def install(session: nox.Session, group: str) -> None:
    """Install a group's locked dependencies and the package."""
    session.install("--require-hashes", "-r", f"requirements/{group}.txt", env=COMPILED)
    if group != "lint":
        session.install("--no-deps", "--no-build-isolation", "-e", ".")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the book into docs/_build/html."""
    install(session, "docs")
    session.run("python", "docs/_ext/rnn_book/node.py")
    session.run("sphinx-build", *STRICT, "docs", "docs/_build/html", *session.posargs)


@nox.session
def epub(session: nox.Session) -> None:
    """Build the book as an e-book, docs/_build/epub/rnn-guide.epub."""
    install(session, "docs")
    session.run("python", "docs/_ext/rnn_book/node.py")
    # Doctrees of its own, because they would go into the e-book; the cells' cache is shared with the docs.
    session.run("sphinx-build", *STRICT, "-b", "epub", "-d", "docs/_build/epub-doctrees", "docs", "docs/_build/epub")


@nox.session
def docs_live(session: nox.Session) -> None:
    """Serve the book and build it again at each change."""
    install(session, "docs")
    session.run("python", "docs/_ext/rnn_book/node.py")
    watch = ["--watch", "rnn_guide", "--watch", "examples", "--ignore", "*/docs/_build/*"]
    session.run("sphinx-autobuild", "-j", "auto", *watch, "docs", "docs/_build/html", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test: the package, the book, the examples, the README."""
    install(session, "test")
    # uv knows where PyTorch's CPU build is kept. It does not read pip's settings, so a folder of wheels is passed on.
    links = os.environ.get("PIP_FIND_LINKS")
    session.install("torch==2.13.0", env={"UV_FIND_LINKS": links} if links else {"UV_TORCH_BACKEND": "cpu"})
    session.run("python", "docs/_ext/rnn_book/node.py")
    session.run("pytest", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Open every page in a browser, as a reader does; a part of `tests`."""
    install(session, "test")
    session.run("python", "docs/_ext/rnn_book/node.py")
    session.run("pytest", "tests/site", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Ask every address that the book cites; needs a network, so no other session calls it."""
    install(session, "docs")
    session.run("sphinx-build", "-b", "linkcheck", "-D", "nb_execution_mode=off", "docs", "docs/_build/linkcheck")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Print what the book costs to build, to load and to ask on the command line, beside bare baselines."""
    install(session, "test")
    session.run("python", "docs/_ext/rnn_book/node.py")
    session.run("python", "benchmarks/start.py")
    session.run("python", "benchmarks/build.py", *session.posargs)
    session.run("python", "benchmarks/site.py", env={"PYTHONPATH": "tests/support"})


@nox.session
def lock(session: nox.Session) -> None:
    """Pin the newest dependencies that fit together into requirements/."""
    session.install("uv")
    for group in ("docs", "test", "lint"):
        extra = [] if group == "lint" else ["pyproject.toml", "--extra", "book"]
        options = [
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-annotate",
        ]
        output = f"requirements/{group}.txt"
        session.run("uv", "pip", "compile", "--upgrade", *extra, "--group", group, *options, "-o", output, silent=True)

"""What every test shares: quiet frameworks, reproducible examples, the built book."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from book import DOCS, build
from browser import launch, serve

# What lies there is no test; one of its files would keep pytest itself from the network, or clash with Debian's own.
collect_ignore = ["support"]

settings.register_profile("book", deadline=None, derandomize=True, max_examples=200, print_blob=True)
settings.register_profile("full", settings.get_profile("book"), max_examples=2000)
settings.load_profile("book")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that is the same for all processes of one run."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def book(shared: Path) -> Path:
    """The whole book, built cold, by the process that needs it first."""
    output, built = shared / "first" / "html", shared / "first" / "built"
    with FileLock(shared / "book.lock"):
        if not built.exists():
            run = build(DOCS, output)
            assert run.returncode == 0, run.stdout + run.stderr
            built.touch()
    return output


@pytest.fixture(scope="session")
def own(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this process, for builds that take the book's outputs from a cache and run no cell."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(book.parent / ".jupyter_cache", folder / ".jupyter_cache")
    return folder


@pytest.fixture(scope="session")
def site(own: Path) -> Iterator[tuple[Path, str]]:
    """The whole book, built for an address on this machine and served there; the folder and the address."""
    folder = own / "site"
    with serve(folder) as address:
        run = build(DOCS, folder, SITE_URL=address)
        assert run.returncode == 0, run.stdout + run.stderr
        yield folder, address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()

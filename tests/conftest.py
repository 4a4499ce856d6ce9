"""What every test shares: quiet frameworks, reproducible examples, the built book."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from book import DOCS, build
from browser import launch, serve

# What lies there is no test; one of its files would keep pytest itself from the network, or clash with Debian's own.
collect_ignore = ["support"]

settings.register_profile("book", deadline=None, derandomize=True, max_examples=200, print_blob=True)
settings.load_profile("book")


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole book, built cold."""
    output = tmp_path_factory.mktemp("first") / "html"
    run = build(DOCS, output)
    assert run.returncode == 0, run.stdout + run.stderr
    return output


@pytest.fixture(scope="session")
def site(book: Path) -> Iterator[tuple[Path, str]]:
    """The whole book, built for an address on this machine and served there; the folder and the address."""
    folder = book.parent / "site"
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

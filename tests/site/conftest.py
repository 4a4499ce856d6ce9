"""What the tests of the site share: the built book, served, and a reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser import new_context, serve


@pytest.fixture(scope="session")
def address(book: Path) -> Iterator[str]:
    with serve(book) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, "desktop", "light")
    yield context.new_page()
    context.close()

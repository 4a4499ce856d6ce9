"""What every test shares: quiet frameworks, reproducible examples, the built book."""

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import pytest
from hypothesis import settings

from book import DOCS, build

settings.register_profile("book", deadline=None, derandomize=True, max_examples=200, print_blob=True)
settings.load_profile("book")


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole book, built cold."""
    output = tmp_path_factory.mktemp("first") / "html"
    run = build(DOCS, output)
    assert run.returncode == 0, run.stdout + run.stderr
    return output

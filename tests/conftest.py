"""What every test shares: quiet frameworks and reproducible examples."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

from hypothesis import settings

settings.register_profile("book", deadline=None, derandomize=True, max_examples=200, print_blob=True)
settings.load_profile("book")

"""Wrong versions of functions, to show that a test would notice them."""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def mutant(function: Callable[..., Any], right: str, wrong: str) -> Callable[..., Any]:
    """Return the function with one piece of its source replaced."""
    source = textwrap.dedent(inspect.getsource(function))
    assert right in source, f"{right!r} is not in {function.__name__}: the mutant would be the original"
    namespace = dict(inspect.unwrap(function).__globals__)
    exec(source.replace(right, wrong), namespace)
    mutated: Callable[..., Any] = namespace[function.__name__]
    return mutated

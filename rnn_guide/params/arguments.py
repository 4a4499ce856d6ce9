"""What a function may be given, and what is said of anything else.

The package's other modules ask here too: this one imports none of them.
"""


def _integer(name: str, value: int, least: int = 1) -> int:
    """Return an integer of any kind as an int, or say which argument is none or too small."""
    expected = "a positive int" if least == 1 else f"an int of at least {least}"
    complaint = f"{name} must be {expected}, got {' '.join(repr(value).split())}"
    a_count = hasattr(value, "_formula")  # it has an index, for range() and hex(), and is no size
    if isinstance(value, bool) or a_count or not hasattr(value, "__index__"):
        raise TypeError(complaint)
    try:
        integer = value.__index__()
    except TypeError:  # NumPy's arrays have the method, and it works for some of them
        raise TypeError(complaint) from None
    if integer < least:
        raise ValueError(complaint)
    return integer


def as_flag(name: str, value: bool) -> bool:
    """Return a bool, or say which argument is none."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return value


def is_torch(value: str) -> bool:
    """Return whether the layout is PyTorch's."""
    if value not in ("keras", "torch"):
        raise ValueError(f"layout must be 'keras' or 'torch', got {value!r}")
    return value == "torch"

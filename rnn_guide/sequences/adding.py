"""The adding problem, in its modern form."""

import numpy as np
from numpy.typing import NDArray

from ..params import _integer


def adding_problem(sequences: int, steps: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return sequences of random numbers of which two are marked, and the sum of the two.

    Feature 0 holds the numbers, between 0 and 1. Feature 1 is 1 at two time
    steps, one in the first half and one in the second, and 0 elsewhere. Who
    answers 1 each time has a mean squared error of 1/6.

    Args:
        sequences: how many.
        steps: time steps of each, at least 2.
        seed: of everything random.

    Returns:
        The sequences, shape (sequences, steps, 2), and the sums, shape
        (sequences, 1), both float32.

    Raises:
        TypeError: if an argument is not an integer.
        ValueError: if ``sequences`` is below 1, ``steps`` below 2 or ``seed`` below 0.

    Source: Hochreiter and Schmidhuber (1997), section 5.4; in this form Le et al. (2015), section 4.1.

    >>> x, y = adding_problem(1, 4)
    >>> print(x[0].round(2), y[0].round(2))
    [[0.85 1.  ]
     [0.64 0.  ]
     [0.51 1.  ]
     [0.27 0.  ]] [1.36]
    """
    sequences, steps = _integer("sequences", sequences), _integer("steps", steps, least=2)
    seed = _integer("seed", seed, least=0)
    rng = np.random.default_rng(seed)
    numbers = rng.random((sequences, steps), dtype="float32")
    marks = np.zeros_like(numbers)
    half = steps // 2
    for low, high in ((0, half), (half, steps)):
        marks[np.arange(sequences), rng.integers(low, high, sequences)] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1, keepdims=True)

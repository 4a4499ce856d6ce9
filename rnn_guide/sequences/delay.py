"""The delay equation of Mackey and Glass, a chaotic series from one line."""

import numpy as np
from numpy.typing import NDArray

from ..params import _integer


def mackey_glass(values: int, noise: float = 0.05, seed: int = 0) -> NDArray[np.float32]:
    """Return a series from the delay equation of Mackey and Glass, measured with noise.

    The change of x in a unit of time is 0.2 y / (1 + y**10) - 0.1 x, where y is x
    17 units ago. It is followed in steps of 0.1, from 1.2 on. A value is taken
    each 6 units, the first after 3,000.

    Args:
        values: how many.
        noise: standard deviation of what is added to each value, as a share of the series' own.
        seed: of the noise. The series without noise is always the same.

    Returns:
        The values, shape (values,), float32.

    Raises:
        TypeError: if ``values`` or ``seed`` is not an integer.
        ValueError: if ``values`` is below 1, ``seed`` below 0 or ``noise`` below 0 or not finite.

    Source: Mackey and Glass (1977), equation 4b, with the delay of 17 at which it is chaotic.

    >>> print(mackey_glass(4, noise=0).round(3))
    [0.888 0.965 0.941 1.127]
    """
    values, seed = _integer("values", values), _integer("seed", seed, least=0)
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be at least 0 and finite, got {noise}")
    x = [1.2] * 171  # 17 units in steps of 0.1, and the start
    for _ in range(30_000 + 60 * (values - 1)):
        late = x[-171]
        square = late * late  # products, for a power is not the same to the last bit on every machine
        fourth = square * square
        x.append(x[-1] + 0.1 * (0.2 * late / (1 + fourth * fourth * square) - 0.1 * x[-1]))
    series = np.array(x[30_170::60])
    added = np.random.default_rng(seed).standard_normal(values)
    return (series + noise * series.std() * added).astype(np.float32)  # type: ignore[no-any-return]

"""A conceptual model of a river's catchment, such as hydrologists use: snow, soil and two reservoirs; NumPy.

What a recurrent network has to find out is written down here: stores that fill
and empty from day to day. Eight numbers say how fast.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BOUNDS", "run"]

#: The eight parameters in their order, each with the lowest and the highest value that a search may try.
BOUNDS = {
    "rain above (°C)": (-2.0, 3.0),
    "melt (mm per day and °C)": (0.5, 8.0),
    "soil holds (mm)": (50.0, 500.0),
    "runoff's power of wetness": (0.5, 6.0),
    "evaporation (mm per day and °C)": (0.02, 0.4),
    "seepage (mm per day)": (0.1, 4.0),
    "fast reservoir's daily outflow": (0.05, 0.8),
    "slow reservoir's daily outflow": (0.002, 0.1),
}


def run(
    parameters: ArrayLike, temperature: NDArray[Any], precipitation: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Follow the water of a catchment day by day.

    Below a temperature precipitation is snow, and above it snow melts. What
    reaches the ground runs off, the more the wetter the soil, or stays in the
    soil, from where it evaporates. What runs off fills a fast reservoir, which
    seeps into a slow one. The river is fed from both.

    Args:
        parameters: in the order of ``BOUNDS``, shape (8,), or (8, sets) to follow many sets side by side.
        temperature: mean of each day in °C, shape (days,).
        precipitation: of each day in mm, shape (days,).

    Returns:
        Discharge, snow that lies and water in the soil, all in mm over the
        catchment, each of shape (days,) or (days, sets).

    Source: after HBV, see Seibert and Bergström (2022), https://doi.org/10.5194/hess-26-1371-2022.

    >>> middle = [(low + high) / 2 for low, high in BOUNDS.values()]
    >>> _, snow, _ = run(middle, np.array([-5.0, -5.0, 1.5]), np.array([10.0, 5.0, 0.0]))
    >>> print(snow)
    [10.   15.   10.75]
    """
    above, melting, holds, power, evaporation, seepage, fast_out, slow_out = np.asarray(parameters, dtype="float64")
    snow, fast = np.zeros_like(holds), np.zeros_like(holds)
    soil, slow = 0.8 * holds, np.full_like(holds, 30.0)  # a guess; after the first year little is left of it
    days = []
    for warmth, water in zip(temperature, precipitation, strict=True):
        rain = np.where(warmth < above, 0.0, water)
        snow = snow + water - rain
        melt = np.minimum(snow, melting * np.maximum(warmth - above, 0))
        snow = snow - melt
        runoff = (rain + melt) * np.minimum(soil / holds, 1) ** power
        soil = soil + rain + melt - runoff
        spilt = np.maximum(soil - holds, 0)
        soil = soil - spilt
        thirst = evaporation * np.maximum(warmth + 5, 0) * np.minimum(soil / (0.7 * holds), 1)
        soil = soil - np.minimum(thirst, soil)
        fast = fast + runoff + spilt
        seeped = np.minimum(seepage, fast)
        fast, slow = fast - seeped, slow + seeped
        days.append((fast_out * fast + slow_out * slow, snow, soil))
        fast, slow = (1 - fast_out) * fast, (1 - slow_out) * slow
    discharge, snows, soils = np.moveaxis(np.array(days), 1, 0)
    return discharge, snows, soils

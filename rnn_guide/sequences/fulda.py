"""The weather over a river and its discharge, from the package ``spotpy``."""

import csv
import importlib.util
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEATHER = "highest temperature (°C)", "lowest temperature (°C)", "precipitation (mm)"
_FILE = "examples/cmf_data/fulda_climate.csv"


def fulda_river() -> tuple[NDArray[np.datetime64], NDArray[np.float64], NDArray[np.float64]]:
    """Return ten years of weather over the upper Fulda, a river in Germany, and its discharge.

    The days are those of 1979 to 1988, without a gap. The catchment above the
    gauge at Grebenau has 2,976 square kilometres. The package ``spotpy`` ships
    the data; only its file is read, the package itself is not imported.

    Returns:
        The days, shape (3653,) and dtype datetime64[D], the weather of each,
        shape (3653, 3), and its mean discharge in cubic metres a second, shape
        (3653,). The columns of the weather are ``WEATHER``: highest and lowest
        temperature, and precipitation, which is rain and snow together.

    Raises:
        ModuleNotFoundError: if ``spotpy`` is not installed.
        FileNotFoundError: if this version of ``spotpy`` lacks the file.

    Source: Houska et al. (2015), https://doi.org/10.1371/journal.pone.0145180; spotpy's licence is MIT.

    >>> days, weather, discharge = fulda_river()
    >>> print(days[0], weather[0], discharge[0])
    1979-01-01 [-12.9 -20.1   1. ] 143.0
    """
    package = importlib.util.find_spec("spotpy")  # importing it would take a second
    if package is None or package.origin is None:
        raise ModuleNotFoundError('fulda_river needs spotpy: pip install "rnn-guide[data]"', name="spotpy")
    file = Path(package.origin).parent / _FILE
    if not file.is_file():
        raise FileNotFoundError(f"this version of spotpy has no {_FILE}; version 1.6.7 has it")
    with file.open(encoding="utf-8", newline="") as lines:
        _names, _units, *rows = csv.reader(lines)
    days = np.array([datetime.strptime(row[0], "%d.%m.%Y") for row in rows], dtype="datetime64[D]")
    highest, lowest, _mean, precipitation, discharge = np.array([row[1:] for row in rows], dtype="float64").T
    return days, np.stack([highest, lowest, precipitation], axis=-1), discharge

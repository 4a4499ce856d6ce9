"""The model of a catchment loses no water, and many sets of parameters run as each does alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mutants import mutant
from rnn_guide import catchment

LOW, HIGH = np.array(list(catchment.BOUNDS.values())).T
_, _, HOLDS, POWER, EVAPORATION, *_ = range(8)


def weather(seed: int, days: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.normal(4, 8, days), rng.exponential(3, days)


def loses_no_water(run: Callable[..., Any], share: Any, seed: int) -> None:
    """Assert that without evaporation what fell is in the end in the river, the snow or the soil."""
    parameters = LOW + share * (HIGH - LOW)
    parameters[EVAPORATION] = 0
    warmth, water = weather(seed, 200)
    warmth, water = np.append(warmth, np.full(9000, 20.0)), np.append(water, np.zeros(9000))
    discharge, snow, soil = run(parameters, warmth, water)
    assert min(discharge.min(), snow.min(), soil.min()) >= 0
    start = 0.8 * parameters[HOLDS] + 30
    assert discharge.sum() + snow[-1] + soil[-1] == pytest.approx(start + water.sum(), rel=1e-3)


@settings(max_examples=5)
@given(st.floats(0, 1), st.integers(0, 99))
def test_no_water_is_lost(share: float, seed: int) -> None:
    loses_no_water(catchment.run, share, seed)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("snow = snow - melt", "snow = snow"),
        ("snow + water - rain", "snow + water"),
        ("soil = soil - spilt", "soil = soil"),
        ("slow + seeped", "slow"),
        ("(1 - fast_out) * fast", "fast"),
        ("soil + rain + melt - runoff", "soil + rain + melt"),
    ],
)
def test_a_model_that_loses_or_makes_water_is_caught(right: str, wrong: str) -> None:
    spilling = np.full(8, 0.5)
    spilling[[HOLDS, POWER]] = 0, 1  # a shallow soil that lets little run off before it is full
    loses_no_water(catchment.run, spilling, 0)
    with pytest.raises(AssertionError):
        loses_no_water(mutant(catchment.run, right, wrong), spilling, 0)


def test_many_sets_run_as_each_alone() -> None:
    sets = np.random.default_rng(0).uniform(LOW, HIGH, (3, 8))
    together = catchment.run(sets.T, *weather(0, 50))
    for k, alone in enumerate(sets):
        for each, wanted in zip(together, catchment.run(alone, *weather(0, 50)), strict=True):
            assert each.shape == (50, 3)
            np.testing.assert_allclose(each[:, k], wanted)


def test_evaporation_takes_water_from_the_soil() -> None:
    middle = (LOW + HIGH) / 2
    dry = middle.copy()
    dry[EVAPORATION] = 0
    _, snow, soil = catchment.run(middle, *weather(0, 50))
    _, same_snow, more_soil = catchment.run(dry, *weather(0, 50))
    np.testing.assert_array_equal(snow, same_snow)
    assert soil[-1] < more_soil[-1]
    assert soil.min() >= 0

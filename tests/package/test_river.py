"""The study of the river: what its models read knows nothing of the days to come."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import river
from mutants import mutant


def sees_no_later_day(run: river.Run, inputs: Callable[..., Any]) -> None:
    """Assert that what a model reads on the day of its answer stays the same when all later days change."""
    for days in river.trials(run).values():
        today = days.held[10]
        weather, discharge = days.weather.copy(), days.discharge.copy()
        weather[today + 1 :] += 9
        discharge[today + 1 :] += 9
        other = days._replace(weather=weather, discharge=discharge)
        np.testing.assert_array_equal(*[inputs(run, each)[: today + 1] for each in (days, other)])


@pytest.mark.parametrize(
    ("model", "part"),
    [("gru", "test"), ("means", "test"), ("perceptron", "test"), ("gru", "ahead"), ("alone", "ahead")],
)
def test_no_day_sees_a_later_day(model: str, part: str) -> None:
    sees_no_later_day(river.Run(model, 30, part, 0), river.inputs)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("np.maximum(places, 0)", "np.clip(places + 1, 0, len(read) - 1)"),
        ("scaled(read, days.learn)", "scaled(read, slice(None))"),
        ("np.hstack([weather, root])", "np.hstack([weather, np.roll(root, -1, axis=0)])"),
    ],
)
def test_a_planted_leak_is_found(right: str, wrong: str) -> None:
    with pytest.raises(AssertionError):
        sees_no_later_day(river.Run("gru", 30, "ahead", 0), mutant(river.inputs, right, wrong))


def test_to_be_told_the_weather_to_come_is_a_leak() -> None:
    """And the page says so: what it gives is no forecast."""
    with pytest.raises(AssertionError):
        sees_no_later_day(river.Run("told", 30, "ahead", 0), river.inputs)


def test_the_years_held_out_are_not_learnt_from() -> None:
    for part, sizes in {"choose": [(1461, 731), (1462, 730), (1461, 731)], "test": [(2192, 1096)]}.items():
        found = river.trials(river.Run("gru", 30, part, 0)).values()
        assert [(len(days.learn), len(days.held)) for days in found] == sizes
        for days in found:
            assert not set(days.learn) & set(days.held)
            assert days.learn.max() < 2557 <= (days.held.min() if part == "test" else 2557)

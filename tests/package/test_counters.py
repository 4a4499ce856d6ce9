"""What the record says of the other counters, where it can be asked again here."""

from typing import Any

import pytest

import counters
from rnn_guide import params, records

EXACT = {
    "RNN": 10 * int(params.simple_rnn(64, 128, use_bias=False)),
    "LSTM": 10 * int(params.lstm(64, 128, use_bias=False)),
    "GRU": 10 * int(params.gru(64, 128, use_bias=False)),
}


def recorded(counter: str) -> dict[str, Any]:
    return {run["run"]["layer"]: run for run in records.load("counters") if run["run"]["counter"] == counter}


def test_pytorch_counts_as_the_record_says() -> None:
    counter = "torch.utils.flop_counter"
    again = {layer: counters.ask(counters.Run(counter, layer)) for layer in counters.LAYERS}
    assert {layer: run["said"] for layer, run in again.items()} == {
        layer: run["said"] for layer, run in recorded(counter).items()
    }
    assert again["LSTM"]["said"] == 0
    assert again["GRU"]["said"] == 2 * EXACT["GRU"]


def test_no_other_counter_has_all_three() -> None:
    for counter in counters.COUNTERS:
        said = recorded(counter)
        right = {layer for layer, exact in EXACT.items() if said[layer]["multiply_adds"] == exact}
        assert right < set(EXACT), counter
    assert recorded("torchprofile")["LSTM"]["said"] == EXACT["LSTM"] == 983_040


def test_a_counter_that_is_missing_or_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> int:
        raise RuntimeError("no such\nlayer")

    monkeypatch.setitem(counters.COUNTERS, "none", ("no-such-package-here", "MACs", fails))
    assert counters.ask(counters.Run("none", "LSTM")) == {"failed": "not installed"}
    monkeypatch.setitem(counters.COUNTERS, "none", ("torch", "MACs", fails))
    assert counters.ask(counters.Run("none", "LSTM"))["failed"] == "RuntimeError: no such"

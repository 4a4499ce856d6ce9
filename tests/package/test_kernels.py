"""Which code runs a layer on which backend is still what the record, and so the page on speed, says."""

import json
import os
import subprocess
import sys

import pytest

import kernels
from rnn_guide import records


@pytest.mark.parametrize("backend", kernels.BACKENDS)
def test_the_record_is_what_keras_does_now(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, kernels.__file__, backend],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    again = [json.loads(line) for line in done.stdout.splitlines()]
    assert again == [line for line in records.load("kernels") if line["run"]["backend"] == backend]
    assert len({line["code"] for line in again}) > 1, "nothing is told apart"

"""The command line, run as its users run it."""

import os
import subprocess
import sys

import pytest


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rnn_guide", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    ("command", "total"),
    [
        ("gru 64 128", "74,496"),
        ("gru 64 128 --reset-before", "74,112"),
        ("lstm 64 128", "98,816"),
        ("lstm 64 128 --no-bias", "98,304"),
        ("lstm 64 128 --torch --proj-size 32", "54,272"),
        ("lstm 64 128 32", "119,424"),
        ("lstm 64 128 32 --bidirectional", "271,616"),
        ("simple_rnn 64 128 --torch", "24,832"),
        ("conv_lstm 3 8 3 --rank 3", "9,536"),
        ("min_gru 64 128", "16,640"),
        ("embedding 1000 64", "64,000"),
        ("dense 128 10", "1,290"),
    ],
)
def test_prints_the_count(command: str, total: str) -> None:
    result = run(*command.split())
    assert result.returncode == 0
    assert result.stdout.splitlines()[1].endswith(f"= {total}")
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("", "the following arguments are required: LAYER"),
        ("transformer 1 2", "argument LAYER: invalid choice: 'transformer'"),
        ("lstm", "the following arguments are required: input_dim, units"),
        ("lstm 64 0", "units must be a positive int, got 0"),
        ("lstm 64 128 -3", "units must be a positive int, got -3"),
        ("lstm 64 many", "argument units: invalid int value: 'many'"),
        ("lstm 64 1.5", "argument units: invalid int value: '1.5'"),
        ("lstm 64 128 --peepholes", "unrecognized arguments: --peepholes"),
        ("lstm 64 128 --proj-size 3", "proj_size must go with layout='torch', got 3"),
        ("gru 64 128 --torch --reset-before", "reset_after must be True with layout='torch', got False"),
        ("conv_lstm 3 8 3 --rank 4", "rank must be 1, 2 or 3, got 4"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(command: str, complaint: str) -> None:
    result = run(*command.split())
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert complaint in result.stderr


@pytest.mark.parametrize("command", ["--help", "lstm --help", "conv_lstm --help"])
def test_help_teaches(command: str) -> None:
    result = run(*command.split())
    assert result.returncode == 0
    assert (
        "input features" in result.stdout
        or "features at each time step" in result.stdout
        or "channels" in result.stdout
    )


def test_loads_no_library() -> None:
    program = "import sys; from rnn_guide.__main__ import main; main(['lstm', '1', '1']); print(*sorted(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = result.stdout.split()
    assert "argparse" in loaded
    assert not {"numpy", "matplotlib", "keras", "tensorflow"} & set(loaded)


def test_a_terminal_without_the_signs_still_gets_the_numbers() -> None:
    command = [sys.executable, "-m", "rnn_guide", "gru", "64", "128"]
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, env=ascii_only, capture_output=True, text=True, check=True)
    assert "= 74,496" in result.stdout

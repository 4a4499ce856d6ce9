"""The script for several processes: they agree with one, one lost stops all, and a checkpoint goes on."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from book import ROOT
from examples import run

# Small, so that a busy machine is done in seconds: each step in time costs a message between the processes.
SMALL = {"STEPS, UNITS, BATCH = 40, 64, 128": "STEPS, UNITS, BATCH = 4, 8, 16", "sequences=12_800": "sequences=64"}
LINE = re.compile(r"^epoch +(\d+) +(.+)$", re.MULTILINE)


EPOCHS = 12  # of the unbroken training; a killed one gets to its third or fourth


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (ROOT / "examples" / "distributed.py").read_text("utf-8")
    for large, less in SMALL.items():
        assert text.count(large) == 1
        text = text.replace(large, less)
    script = tmp_path_factory.mktemp("small") / "distributed.py"
    script.write_text(text, "utf-8")
    return script


def ask(script: Path, folder: Path, *arguments: str) -> str:
    """Return what the script prints."""
    return subprocess.run(
        [sys.executable, str(script), *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def unbroken(small: Path) -> str:
    return ask(small, small.parent, "--epochs", str(EPOCHS))


def losses(said: str, processes: int) -> dict[int, list[str]]:
    """Return for each epoch the losses of the processes, from the part of so many processes."""
    rows = {int(epoch): row.split() for epoch, row in LINE.findall(said) if len(row.split()) == processes}
    assert rows
    return rows


def test_two_processes_agree_with_one(small: Path, unbroken: str) -> None:
    both, alone = losses(unbroken, 2), losses(unbroken, 1)
    assert list(both) == list(alone) == list(range(1, EPOCHS + 1))
    for epoch, (first, second) in both.items():
        assert first == second
        assert float(first) == pytest.approx(float(alone[epoch][0]), rel=1e-4)
    assert float(both[EPOCHS][0]) < 0.9 * float(both[1][0]), "nothing was learnt"
    (weights,) = re.findall(r"^sums of the weights: (\S+) (\S+) alone (\S+)$", unbroken, re.MULTILINE)
    assert weights[0] == weights[1]
    assert float(weights[0]) == pytest.approx(float(weights[2]), rel=1e-4)
    assert losses(ask(small, small.parent, "--epochs", "1", "--seed", "1"), 2)[1] != both[1]


@pytest.mark.parametrize("lost", [0, 1])
def test_when_a_process_is_lost_all_stop_and_the_checkpoint_goes_on(
    lost: int, small: Path, unbroken: str, tmp_path: Path
) -> None:
    keep = [str(small), "--checkpoint", "kept.keras", "--epochs"]
    with subprocess.Popen(
        [sys.executable, *keep, "100000"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as script:
        assert script.stdout is not None
        while not (line := script.stdout.readline()).startswith("epoch   2"):
            assert line, "it ended by itself"
        children = Path(f"/proc/{script.pid}/task/{script.pid}/children").read_text().split()
        os.kill(int(children[lost]), signal.SIGKILL)
        said, complaint = script.communicate()
    assert script.returncode == 1
    assert re.match(r"process \d ended with exit code -?\d+, so the others were stopped; kept\.keras has", complaint)
    assert len(complaint.splitlines()) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["kept.keras"]
    told = 2 + len(LINE.findall(said))
    rows = losses(ask(Path(keep[0]), tmp_path, *keep[1:], str(told + 3)), 2)
    assert min(rows) in (told + 1, told + 2), "it begins after the last epoch that was kept"
    assert max(rows) == told + 3
    assert rows.items() <= losses(unbroken, 2).items()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--processes 3", "argument --processes: must divide 128, got 3"),
        ("--processes 0", "argument --processes: must divide 128, got 0"),
        ("--epochs 0", "argument --epochs: must be at least 1, got 0"),
        ("--seed -1", "argument --seed: must be from 0 to 2**32 - 1, got -1"),
        ("--process 1", "--coordinator and --process go together"),
        ("--coordinator h:1 --process 2", "argument --process: must be from 0 to 1, got 2"),
        ("--checkpoint a.h5", "argument --checkpoint: must be a .keras file in a folder that is there, got a.h5"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(arguments: str, complaint: str, tmp_path: Path) -> None:
    result = run("distributed", tmp_path, *arguments.split())
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"distributed.py: {complaint}\n"


COMPILE = """
import distributed
distributed.join(None, 1, 0)
import jax
import keras
from jax.sharding import NamedSharding, PartitionSpec

model = distributed.build(0)
mesh = keras.distribution.distribution().device_mesh.backend_mesh
shared = NamedSharding(mesh, PartitionSpec(mesh.axis_names[0]))
x, y = (jax.device_put(array, shared) for array in distributed.load(0))

def loss(weights, others, x, y):
    answers, _ = model.stateless_call(weights, others, x, training=True)
    return ((answers - y) ** 2).mean()

weights, others = ([v.value for v in part] for part in (model.trainable_variables, model.non_trainable_variables))
print(len(jax.devices()), "devices")
print(jax.jit(jax.grad(loss)).lower(weights, others, x, y).compile().as_text())
"""


def compiled(folder: Path, devices: int) -> str:
    """Return the program that XLA makes of the gradient when a batch is shared out among so many devices."""
    environment = os.environ | {"XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
    done = subprocess.run(
        [sys.executable, "-c", COMPILE], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{devices} devices\n")
    return done.stdout


def test_the_gradient_is_added_up_at_every_time_step(small: Path) -> None:
    program = compiled(small.parent, 2)
    loops = set(re.findall(r" while\(.*body=(%[\w.-]+)", program))
    sums = [part.split()[0] for part in program.split("\n\n") if " all-reduce(" in part]
    assert loops & set(sums), "XLA adds it up once in a batch now: say so on the script's page"
    assert " all-reduce(" not in compiled(small.parent, 1)


STRATEGY = """
import sys
import numpy as np
import tensorflow as tf

processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = {strategy}
import keras

with strategy.scope():
    model = keras.Sequential([keras.Input((5, 2)), keras.layers.LSTM(4), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
try:
    model.fit(np.zeros((8, 5, 2)), np.zeros((8, 1)), verbose=0)
    print("trained on", strategy.num_replicas_in_sync)
except ValueError as error:
    print(str(error).splitlines()[0])
"""


def test_of_tensorflow_s_strategies_only_the_one_for_a_single_machine_trains() -> None:
    mirrored = STRATEGY.format(strategy='tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])')
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    ran = subprocess.run([sys.executable, "-c", mirrored], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "trained on 2\n"
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        workers = [f"127.0.0.1:{free.getsockname()[1]}" for free in (first, second)]
    processes = []
    for index in range(2):
        config = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        command = [sys.executable, "-c", STRATEGY.format(strategy="tf.distribute.MultiWorkerMirroredStrategy()")]
        own = environment | {"TF_CONFIG": json.dumps(config)}
        processes.append(
            subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        )
    said = [process.communicate()[0] for process in processes]
    assert all("Attempt to convert a value (PerReplica" in each for each in said), "say so on the page on speed"

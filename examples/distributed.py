"""Train one network on several processes, on one machine or on many, with Keras on JAX.

Each process holds the whole network and learns from its share of every batch. The gradients are added up
among the processes, so that all take the same step. The network learns to add the two marked numbers of a
sequence; put your own data and network into load() and build().

    pip install keras jax
    python distributed.py                                           two processes here, then one alone
    python distributed.py --checkpoint adding.keras                 keep each epoch, and go on from the last
    python distributed.py --coordinator 192.0.2.1:7777 --process 0  on the first of two machines, 192.0.2.1
    python distributed.py --coordinator 192.0.2.1:7777 --process 1  on the second
"""

import argparse
import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"  # the one backend on which Keras 3.15 can do this

import numpy as np

STEPS, UNITS, BATCH = 40, 64, 128  # a batch is shared out among the processes


def load(seed, sequences=12_800):
    """Return sequences, shape (sequences, STEPS, 2), and for each the sum of its two marked numbers."""
    rng = np.random.default_rng(seed)
    x = np.zeros((sequences, STEPS, 2), "float32")
    x[..., 0] = rng.random((sequences, STEPS))
    marked = np.argsort(rng.random((sequences, STEPS)))[:, :2]
    np.put_along_axis(x[..., 1], marked, 1, axis=1)
    return x, (x[..., 0] * x[..., 1]).sum(axis=1, keepdims=True)


def share(array, processes, process):
    """Return what one process sees: its part of each batch, batch after batch."""
    whole = array[: len(array) // BATCH * BATCH]
    parts = whole.reshape(-1, processes, BATCH // processes, *array.shape[1:])
    return parts[:, process].reshape(-1, *array.shape[1:])


def join(coordinator, processes, process):
    """Connect this process with the others; from now on Keras keeps every variable the same on all."""
    import jax
    import keras

    if processes > 1:
        jax.config.update("jax_cpu_collectives_implementation", "gloo")  # for processors; GPUs have their own
        keras.distribution.initialize(coordinator, processes, process)
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))


def build(seed):
    """Return the network, with the same weights on every process."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((STEPS, 2)), layers.LSTM(UNITS), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.003, global_clipnorm=1.0), "mse")
    return model


def learn(processes, process, epochs, checkpoint, seed):
    """Train on this process's share, and print after each epoch the loss over all shares and a sum of the weights."""
    import keras

    x, y = (share(array, processes, process) for array in load(seed))
    there = checkpoint is not None and checkpoint.is_file()
    model = keras.models.load_model(checkpoint) if there else build(seed)
    done = int(model.optimizer.iterations) // (len(x) * processes // BATCH)

    def keep(epoch, logs):
        if checkpoint is not None:  # every process saves, or Keras fails; the file is written whole or not at all
            part = checkpoint.with_name(f".{process}.{checkpoint.name}")
            model.save(part)
            part.replace(checkpoint)
        weights = sum(float(np.abs(array).sum(dtype="float64")) for array in model.get_weights())
        print(f"epoch {epoch + 1} loss {logs['loss']:.6f} weights {weights:.4f}", flush=True)

    after = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    options = {"batch_size": BATCH // processes, "shuffle": False, "verbose": 0, "callbacks": [after]}
    model.fit(x, y, epochs=epochs, initial_epoch=done, **options)


# From here on: the processes of this machine, and the command line.


def work(coordinator, processes, process, epochs, checkpoint, seed):
    """Be one of the processes, and end at once if another one is lost."""
    try:
        join(coordinator, processes, process)
        learn(processes, process, epochs, checkpoint, seed)
    except Exception as error:
        print(f"failed: {str(error).splitlines()[-1][-160:]}", flush=True)
        os._exit(1)  # else JAX waits a minute for the lost one


def launch(processes, epochs, checkpoint, seed):
    """Run the processes on this machine, and yield what each says after an epoch, and when it said it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        coordinator = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, __file__, "--coordinator", coordinator, "--processes", str(processes)]
    command += ["--epochs", str(epochs), "--seed", str(seed)]
    command += ["--checkpoint", str(checkpoint)] if checkpoint else []
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    children = [subprocess.Popen([*command, "--process", str(k)], **quiet) for k in range(processes)]
    try:
        told = ((line.split() for line in child.stdout if line.startswith(("epoch", "failed"))) for child in children)
        for words in zip(*told, strict=False):  # they keep step; the loop ends with the first that ends
            if any(said[0] == "failed" for said in words):
                break
            yield words, time.perf_counter()
        deadline = time.monotonic() + 30
        while any(child.poll() is None for child in children) and time.monotonic() < deadline:
            if any(child.poll() for child in children):
                break
            time.sleep(0.1)
        for k, child in enumerate(children):
            if child.poll():
                kept = f"; {checkpoint} has the last whole epoch, and the same command goes on" if checkpoint else ""
                sys.exit(f"process {k} ended with exit code {child.returncode}, so the others were stopped{kept}")
    finally:
        for child in children:
            child.kill()
            child.wait()
        for k in range(processes if checkpoint else 0):  # what a lost one had not written whole
            checkpoint.with_name(f".{k}.{checkpoint.name}").unlink(missing_ok=True)


def compare(processes, epochs, checkpoint, seed):
    """Train on the processes and then on one alone, and print the loss of each after every epoch."""
    print(f"{processes} processes on this machine, seed {seed}", flush=True)
    seconds, last = {}, {}
    for number, file in ((processes, checkpoint), (1, None)):
        print("one process alone" if number == 1 else "", *(f"process {k}" for k in range(number) if number > 1))
        times = []
        for words, now in launch(number, epochs, file, seed):
            print(f"epoch {words[0][1]:>3}  ", *(said[3] for said in words), sep="  ", flush=True)
            times.append(now)
            last[number] = [float(said[5]) for said in words]
        if len(times) > 1:  # the first epoch compiles
            seconds[number] = (times[-1] - times[0]) / (len(times) - 1)
    if len(last) == 2:
        print("sums of the weights:", *(f"{value:.4f}" for value in last[processes]), f"alone {last[1][0]:.4f}")
    if len(seconds) == 2:
        print(f"an epoch on {processes} processes took {seconds[processes] / seconds[1]:.1f} times as long as on one")


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {message}\n")
    parser.add_argument("--processes", type=int, default=2, help="how many in all, a divisor of 128 (default 2)")
    parser.add_argument("--coordinator", metavar="HOST:PORT", help="where process 0 waits for the others")
    parser.add_argument("--process", type=int, metavar="K", help="be only number K, counted from 0")
    parser.add_argument("--epochs", type=int, default=5, help="passes over the sequences (default 5)")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="a .keras file to keep, and to go on from")
    parser.add_argument("--seed", type=int, default=0, help="of sequences and weights (default 0)")
    options = parser.parse_args()
    if options.processes < 1 or BATCH % options.processes:
        parser.error(f"argument --processes: must divide {BATCH}, got {options.processes}")
    if options.epochs < 1:
        parser.error(f"argument --epochs: must be at least 1, got {options.epochs}")
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be from 0 to 2**32 - 1, got {options.seed}")
    if (options.coordinator is None) != (options.process is None):
        parser.error("--coordinator and --process go together")
    if options.process is not None and not 0 <= options.process < options.processes:
        parser.error(f"argument --process: must be from 0 to {options.processes - 1}, got {options.process}")
    file = options.checkpoint
    if file is not None and (file.suffix != ".keras" or not file.parent.is_dir()):
        parser.error(f"argument --checkpoint: must be a .keras file in a folder that is there, got {file}")
    return options


if __name__ == "__main__":
    options = arguments()
    missing = next((name for name in ("keras", "jax") if importlib.util.find_spec(name) is None), None)
    if missing:
        sys.exit(f"{missing} is missing: pip install keras jax")
    rest = options.epochs, options.checkpoint, options.seed
    try:
        if options.process is None:
            compare(options.processes, *rest)
        else:
            work(options.coordinator, options.processes, options.process, *rest)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)

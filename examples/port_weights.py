"""Move a recurrent model from Keras to ONNX or PyTorch, or its weights back, and check that the outputs agree.

Without files it moves six layers in three directions and prints by how much the outputs differ at most. To ONNX goes
a chain of recurrent layers, Embedding, Dense and Dropout; to PyTorch the state dict of every recurrent layer, each
array as LAYER.NAME. Nothing is written unless the outputs agree.

    python -m pip install ".[torch,onnx]" onnxruntime   in the project's folder
    python port_weights.py
    python port_weights.py model.keras model.onnx
    python port_weights.py model.keras weights.pt
    python port_weights.py weights.pt new.keras --like model.keras
"""

import argparse
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

AGREE = 1e-5  # relative to the largest output, or to 1


def largest_difference(ours, theirs):
    """Return how far outputs are apart; refuse what rounding does not explain."""
    far = float(np.abs(np.asarray(ours) - theirs).max())
    if not far <= AGREE * max(1.0, float(np.abs(theirs).max())):
        raise ValueError(f"the outputs differ by {far:.2g}, which rounding does not explain; nothing is written")
    return far


def compare_torch(layer, module, rng):
    """Run a layer of Keras and a module of PyTorch on the same sequences."""
    import torch

    x = rng.normal(size=(2, 20, module.input_size)).astype("float32")
    y, state = module(torch.tensor(x))
    h = state[0] if isinstance(state, tuple) else state
    theirs = y if layer.return_sequences else torch.cat(list(h), dim=-1)
    ours = layer(x)
    return largest_difference(ours[0] if layer.return_state else ours, theirs.detach().numpy())


def compare_onnx(model, written, rng):
    """Run a model of Keras and one of ONNX on the same sequences."""
    import keras
    import onnxruntime

    steps, first = model.input_shape[1] or 20, model.layers[0]
    if isinstance(first, keras.layers.Embedding):
        x = rng.integers(first.input_dim, size=(2, steps)).astype("int32")
    else:
        x = rng.normal(size=(2, steps, model.input_shape[2])).astype("float32")
    session = onnxruntime.InferenceSession(written.SerializeToString(), providers=["CPUExecutionProvider"])
    return largest_difference(model(x), session.run(["output"], {"input": x})[0])


def to_state(model, rng):
    """Return the state dict of the recurrent layers, and the largest difference of their outputs."""
    from rnn_guide.torch import to_torch

    state, far = {}, 0.0
    for layer in recurrent_layers(model):
        module = to_torch(layer)
        far = max(far, compare_torch(layer, module, rng))
        state |= {f"{layer.name}.{name}": tensor for name, tensor in module.state_dict().items()}
    return state, far


def from_state(state, model, rng):
    """Give the recurrent layers of a model a state dict's weights; return the largest difference of their outputs."""
    from rnn_guide.torch import to_keras, to_torch

    far = 0.0
    for layer in recurrent_layers(model):
        module, start = to_torch(layer), f"{layer.name}."
        found = {name.removeprefix(start): state[name] for name in state if name.startswith(start)}
        if found.keys() != module.state_dict().keys():
            raise ValueError(
                f"{start}{', '.join(module.state_dict())} wanted; the file has {', '.join(map(str, state))}"
            )
        module.load_state_dict(found)
        layer.set_weights(to_keras(module).get_weights())
        far = max(far, compare_torch(layer, module, rng))
    return far


def recurrent_layers(model):
    import keras

    found = [layer for layer in model.layers if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)]
    if not found:
        raise ValueError("the model has no recurrent layer")
    return found


# From here on: the command line.


def demonstrate(seed):
    """Move six layers in three directions."""
    import keras
    from keras import layers

    from rnn_guide.onnx import to_onnx

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    six = {
        "SimpleRNN": [layers.SimpleRNN(32)],
        "LSTM": [layers.LSTM(32)],
        "GRU": [layers.GRU(32)],
        "GRU, reset before": [layers.GRU(32, reset_after=False)],
        "two-way GRU": [layers.Bidirectional(layers.GRU(32))],
        "LSTM on LSTM": [layers.LSTM(32, return_sequences=True), layers.LSTM(32)],
    }
    print(f"{'from Keras':17}{'to PyTorch':>12}{'and back':>10}{'to ONNX':>9}", flush=True)
    for name, stack in six.items():
        model = keras.Sequential([keras.Input((None, 16)), *stack])
        onnx = f"{compare_onnx(model, to_onnx(model), rng):.1e}"
        try:
            state, far = to_state(model, rng)
            moved = {key: tensor + 0.1 for key, tensor in state.items()}  # weights that Keras does not have yet
            cells = [f"{far:.1e}", f"{from_state(moved, model, rng):.1e}"]
        except ValueError:
            cells = ["none there", "none"]
        print(f"{name:17}{cells[0]:>12}{cells[1]:>10}{onnx:>9}", flush=True)


def move(source, target, like, seed):
    """Move one file, or say in one line why not."""
    rng = np.random.default_rng(seed)
    if source.suffix == ".pt":
        import torch

        model = load(like)
        try:
            state = torch.load(source, weights_only=True)
        except Exception as error:  # a damaged file can raise anything
            raise ValueError(f"{source} is no state dict that PyTorch saved") from error
        far = from_state(state, model, rng)
        write(target, model.save)
    elif target.suffix == ".pt":
        import torch

        state, far = to_state(load(source), rng)
        write(target, lambda path: torch.save(state, path))
    else:
        import onnx

        from rnn_guide.onnx import to_onnx

        model = load(source)
        written = to_onnx(model)
        far = compare_onnx(model, written, rng)
        write(target, lambda path: onnx.save(written, path))
    print(f"{target}: the outputs differ by {far:.1e} at most")


def load(path):
    import keras

    if not path.exists():
        raise ValueError(f"there is no file {path}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is no model that Keras 3 saved")
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def write(path, save):
    """Write a file whole or not at all."""
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}")
    unfinished = path.with_name(f".unfinished.{path.name}")
    try:
        save(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {message}\n")
    parser.add_argument("source", nargs="?", type=Path, help="model.keras, or weights.pt with --like")
    parser.add_argument("target", nargs="?", type=Path, help="model.onnx or weights.pt, or new.keras from weights.pt")
    parser.add_argument("--like", type=Path, metavar="MODEL.keras", help="the model that weights.pt belongs to")
    parser.add_argument("--seed", type=int, default=0, help="of the sequences that are compared (default 0)")
    options = parser.parse_args()
    if options.seed < 0:
        parser.error(f"argument --seed: must be at least 0, got {options.seed}")
    if options.source is not None:
        if options.target is None:
            parser.error("the following arguments are required: target")
        pair = (options.source.suffix, options.target.suffix)
        if pair not in {(".keras", ".onnx"), (".keras", ".pt"), (".pt", ".keras")}:
            parser.error(f"expected .keras to .onnx, .keras to .pt or .pt to .keras; got {pair[0]} to {pair[1]}")
        if (pair[0] == ".pt") != (options.like is not None):
            parser.error("argument --like: goes with weights.pt as the source, and only there")
    return parser, options


def main():
    parser, options = arguments()
    try:
        if options.source is None:
            demonstrate(options.seed)
        else:
            move(options.source, options.target, options.like, options.seed)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # a damaged file can raise anything
        parser.error(" ".join(str(error).split())[:300])


if __name__ == "__main__":
    try:
        main()
    except ModuleNotFoundError as error:
        sys.exit(
            f'{error.name} is missing: run python -m pip install ".[torch,onnx]" onnxruntime in the project\'s folder'
        )
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)

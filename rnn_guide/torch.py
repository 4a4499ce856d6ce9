"""A recurrent layer of Keras as one of PyTorch, and back. This module alone imports PyTorch."""

from collections.abc import Sequence
from typing import Any

try:
    import torch
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise ModuleNotFoundError("rnn_guide.torch needs PyTorch: pip install torch", name="torch") from None

import keras

from .keras.recurrent import Recurrent, is_recurrent, read
from .weights import convert

MODULES = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
KINDS = {module: kind for kind, module in MODULES.items()}
LAYERS = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def to_torch(layer: keras.Layer | Sequence[keras.Layer]) -> torch.nn.RNNBase:
    """Return the module of PyTorch that computes what a recurrent layer of Keras does.

    The module reads ``(batch, time steps, features)``, as Keras does. It returns
    ``(output, state)`` with the output of every step, whatever ``return_sequences``
    says; the state is ``h`` or the pair ``(h, c)``, each of shape ``(layers ·
    directions, batch, units)``. Masks have no place in it: pass sequences of different
    lengths through ``torch.nn.utils.rnn.pack_padded_sequence``. Neither has dropout
    within a layer of Keras, which acts in training only.

    Args:
        layer: a SimpleRNN, LSTM or GRU, an RNN of one of their cells, a
            Bidirectional of these that concatenates; or a stack of such layers, as a list or
            a Sequential model, perhaps with Dropout between them.

    Returns:
        A ``torch.nn.RNN``, ``LSTM`` or ``GRU`` in evaluation mode, in the layer's dtype.

    Raises:
        TypeError: if a layer is none of these.
        ValueError: if a layer has no weights yet or computes what PyTorch has no
            module for: other activations, ``reset_after=False``, ``go_backwards=True``,
            other merge modes, a stack of unequal layers.

    Source: PyTorch's documentation of ``torch.nn.RNN``, ``LSTM`` and ``GRU``.

    >>> layer = keras.layers.GRU(3, return_sequences=True)
    >>> x = keras.random.normal((2, 5, 4), seed=0)
    >>> ours = layer(x)
    >>> theirs, h = to_torch(layer)(torch.tensor(x.numpy()))
    >>> bool(abs(ours.numpy() - theirs.detach().numpy()).max() < 1e-6)
    True
    """
    stack, dropout = _stack(layer)
    first = stack[0]
    for level, each in enumerate(stack):
        _refuse(each, is_top=level == len(stack) - 1)
        if (each.kind, each.units, each.activation, each.options) != (
            first.kind, first.units, first.activation, first.options
        ):  # fmt: skip
            raise ValueError(f"layer must be a stack of equal layers, {each.name!r} is another than {first.name!r}")
    arrays = [array for each in stack for array in each.arrays]
    state = convert(arrays, first.kind, "keras", "torch", **first.options)
    options = {"nonlinearity": first.activation} if first.kind == "simple_rnn" else {}
    module = MODULES[first.kind](
        first.features,
        first.units,
        num_layers=len(stack),
        bias=first.use_bias,
        batch_first=True,
        dropout=dropout,
        bidirectional=first.bidirectional,
        **options,
    )
    module.to(torch.from_numpy(first.arrays[0]).dtype)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return module.eval()


def to_keras(module: torch.nn.RNNBase) -> keras.Layer:
    """Return the layer of Keras that computes what a recurrent module of PyTorch does.

    The layer reads ``(batch, time steps, features)``, whatever ``batch_first`` says,
    and gives out every step.

    Args:
        module: a ``torch.nn.RNN``, ``LSTM`` or ``GRU``.

    Returns:
        A built SimpleRNN, LSTM or GRU, or a Bidirectional of it; of several layers a
        Sequential model, with Dropout between them if the module has it.

    Raises:
        TypeError: if it is another module.
        ValueError: if it has a projection, which no layer of Keras has.

    >>> layer = to_keras(torch.nn.LSTM(4, 3, bidirectional=True))
    >>> layer.name.split("_")[0], [tuple(weight.shape) for weight in layer.weights][:3]
    ('bidirectional', [(4, 12), (3, 12), (12,)])
    """
    kind = KINDS.get(type(module))
    if kind is None:
        raise TypeError(f"module must be a torch.nn.RNN, LSTM or GRU, got {type(module).__name__}")
    if module.proj_size:
        raise ValueError(f"module must be without a projection, which Keras has not; got proj_size={module.proj_size}")
    options = {"bidirectional": module.bidirectional, "use_bias": module.bias}
    state = {name: tensor.cpu() for name, tensor in module.state_dict().items()}
    arrays = convert(state, kind, "torch", "keras", **options)
    each = len(arrays) // module.num_layers
    layers: list[keras.Layer] = []
    for level in range(module.num_layers):
        layer = _layer(kind, module, str(arrays[0].dtype))
        layer.build((None, None, arrays[level * each].shape[0]))
        layer.set_weights(arrays[level * each : (level + 1) * each])
        layers += [keras.layers.Dropout(module.dropout)] if level and module.dropout else []
        layers.append(layer)
    if len(layers) == 1:
        return layers[0]
    return keras.Sequential([keras.Input((None, module.input_size), dtype=str(arrays[0].dtype)), *layers])


def _layer(kind: str, module: torch.nn.RNNBase, dtype: str) -> keras.Layer:
    options = {"activation": module.nonlinearity} if kind == "simple_rnn" else {}
    layer = LAYERS[kind](module.hidden_size, use_bias=module.bias, return_sequences=True, dtype=dtype, **options)
    return keras.layers.Bidirectional(layer, dtype=dtype) if module.bidirectional else layer


def _stack(layer: Any) -> tuple[list[Recurrent], float]:
    """Return the recurrent layers from the lowest up, and the rate of the dropout between them."""
    layers = list(layer.layers) if isinstance(layer, keras.Sequential) else layer
    layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    if not layers:
        raise ValueError("layer must be a recurrent layer or a stack of them, got none")
    between = layers[1::2]
    rates = {each.rate for each in between if isinstance(each, keras.layers.Dropout)}
    if len(layers) > 1 and len(rates) == 1 and len(layers) % 2 and not any(map(is_recurrent, between)):
        return [read(each) for each in layers[::2]], rates.pop()
    return [read(each) for each in layers], 0.0


def _refuse(layer: Recurrent, *, is_top: bool) -> None:
    """Say what of a layer PyTorch has no module for."""
    allowed = ("tanh", "relu") if layer.kind == "simple_rnn" else ("tanh",)
    faults = {
        f"activation={layer.activation}": layer.activation not in allowed,
        f"recurrent_activation={layer.recurrent_activation}": layer.recurrent_activation not in (None, "sigmoid"),
        "reset_after=False": not layer.reset_after,
        "go_backwards=True": layer.go_backwards,
        f"merge_mode={layer.merge_mode}": layer.merge_mode not in (None, "concat"),
        "return_sequences=False below another layer": not is_top and not layer.return_sequences,
    }
    if found := [fault for fault, is_there in faults.items() if is_there]:
        raise ValueError(f"layer must be one that PyTorch has, {layer.name!r} has {', '.join(found)}")

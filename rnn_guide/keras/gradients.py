"""The derivative of a model's loss by the states of a recurrent layer inside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..cells import Array


def gradient_by_lag(
    model: keras.Model, x: Any, y: Any, loss: Callable[[Any, Any], Any], layer: keras.layers.RNN | None = None
) -> Array:
    """Return how large the derivative of a model's loss by a layer's state is, k steps before the layer's last.

    As :func:`rnn_guide.bptt.gradient_by_lag`, for a layer of a Keras model. It
    is the total derivative by all that the cell hands on: of an LSTM by h and
    c, each with the other held fixed. Dropout is off. The model stays as it
    is: what a call changes in it, such as the state of a stateful layer, is put
    back.

    Args:
        model: any model that holds the layer; built.
        x: what the model takes.
        y: what the loss compares with.
        loss: a function of ``y`` and the model's output, such as
            ``keras.losses.mean_squared_error``, that gives a number for each sequence.
        layer: the recurrent layer. It may be left out where ``model.layers``
            has only one; of a Bidirectional give ``forward_layer`` or ``backward_layer``.

    Returns:
        One number a time step, the last step that the layer takes first, in
        float64. Entry k is the Euclidean norm at lag k, averaged over the
        sequences. TensorFlow computes in the dtype of the model, so with
        float32 norms below 1e-45 become 0.

    Raises:
        TypeError: if ``layer`` is no recurrent layer of Keras.
        ValueError: if Keras does not run on TensorFlow, if ``layer`` is left
            out and the model has not exactly one, if the model is not built,
            or if it does not call the layer exactly once.

    Source: the chain rule, by TensorFlow's tape.

    >>> keras.utils.set_random_seed(0)
    >>> model = keras.Sequential([keras.Input((None, 2)), keras.layers.LSTM(8), keras.layers.Dense(1)])
    >>> x, y = np.ones((5, 30, 2)), np.zeros((5, 1))
    >>> norms = gradient_by_lag(model, x, y, keras.losses.mean_squared_error)
    >>> norms.shape, float(norms[29] / norms[0]) < 0.01
    ((30,), True)
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(f"KERAS_BACKEND must be 'tensorflow', got {keras.backend.backend()!r}")
    layer = _recurrent_layer(model, layer)
    if not model.built:
        raise ValueError(f"model must be built, call it once on what it takes; got {model!r}")
    calls: list[list[list[tf.Tensor]]] = []
    with _left_as_it_is(model, layer), tf.GradientTape() as tape:
        layer.inner_loop = _loop(layer, calls)
        total = tf.reduce_sum(loss(tf.convert_to_tensor(y), model(x, training=False)))
    if len(calls) != 1:
        raise ValueError(f"layer must be called once by the model, {layer.name!r} is called {len(calls)} times")
    d_states = tape.gradient(total, calls[0], unconnected_gradients="zero")
    squares = [[np.sum(_flat(part) ** 2, axis=-1) for part in state] for state in d_states]
    norms: Array = np.sqrt(np.array(squares).sum(axis=1)).mean(axis=-1)[::-1]
    return norms


@contextmanager
def _left_as_it_is(model: keras.Model, layer: keras.layers.RNN) -> Iterator[None]:
    """Put back the layer's loop and every variable of the model: states carried on, seeds, counters."""
    values = [(variable, variable.numpy()) for variable in _variables(model)]
    own = {name: loop for name, loop in vars(layer).items() if name == "inner_loop"}
    try:
        yield
    finally:
        vars(layer).pop("inner_loop", None)
        vars(layer).update(own)
        for variable, value in values:
            if not np.array_equal(variable.numpy(), value):
                variable.assign(value)


def _variables(model: keras.Model) -> list[Any]:
    """Return all that the model's layers hold: Keras does not count a recurrent layer's states among its variables."""
    held = [each for layer in model._flatten_layers() for each in vars(layer).values()]
    every = [*model.variables, *keras.tree.flatten([each for each in held if isinstance(each, (list, tuple))]), *held]
    return list({id(each): each for each in every if isinstance(each, (keras.Variable, tf.Variable))}.values())


def _flat(tensor: tf.Tensor) -> Array:
    array: Array = tensor.numpy().astype("float64")
    return array.reshape(len(array), -1)


def _recurrent_layer(model: keras.Model, layer: keras.layers.RNN | None) -> keras.layers.RNN:
    if layer is None:
        recurrent = [each for each in model.layers if isinstance(each, keras.layers.RNN)]
        if len(recurrent) != 1:
            raise ValueError(f"layer must be given unless the model has one recurrent layer, it has {len(recurrent)}")
        return recurrent[0]
    if not isinstance(layer, keras.layers.RNN):
        raise TypeError(f"layer must be a recurrent layer of Keras, got {layer!r}")
    return layer


def _loop(layer: keras.layers.RNN, calls: list[list[list[tf.Tensor]]]) -> Callable[..., Any]:
    """Return a loop over time that notes the state after each step.

    Keras's own loop hands out the last state only. This one takes its place in
    the layer, so everything before and after it is the model's.
    """

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> tuple[Any, Any, Any]:  # noqa: ARG001
        states, seen = initial_state, []
        outputs: list[Any] = []
        steps = list(range(sequences.shape[1]))[:: -1 if layer.go_backwards else 1]
        kept = None if mask is None else tf.cast(keras.tree.flatten(mask)[0], bool)
        for t in steps:
            output, new = layer.cell(sequences[:, t], states)
            new = new if keras.tree.is_nested(new) else [new]
            place = next((k for k, state in enumerate(keras.tree.flatten(new)) if state is output), None)
            if kept is not None:  # a masked step leaves the states as they are
                new = keras.tree.map_structure(partial(_where, kept[:, t]), new, states)
            states = keras.tree.map_structure(tf.identity, new)
            seen.append(keras.tree.flatten(states))
            if place is not None:
                output = seen[-1][place]
            if kept is not None:  # and repeats the last output, 0 where there is none yet
                begun = tf.reduce_any(tf.gather(kept, steps[: len(seen)], axis=1), axis=1)
                output = _where(kept[:, t] if place is None else begun, output, _last(outputs, output))
            outputs.append(output)
        calls.append(seen)
        if kept is not None and layer.zero_output_for_mask:
            outputs = [_where(kept[:, t], output, 0.0) for t, output in zip(steps, outputs, strict=True)]
        return outputs[-1], tf.stack(outputs, axis=1), states

    return inner_loop


def _last(outputs: list[Any], like: Any) -> Any:
    return outputs[-1] if outputs else tf.zeros_like(like)


def _where(keep: Any, new: Any, old: Any) -> Any:
    return tf.where(tf.reshape(keep, (-1,) + (1,) * (len(new.shape) - 1)), new, old)

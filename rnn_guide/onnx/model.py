"""From a model of Keras to a model of ONNX."""

from typing import Any

import keras
import numpy as np
import onnx
from keras import layers
from onnx import TensorProto

from ..keras.recurrent import function_name, is_recurrent, read
from . import activations, recurrent
from .graph import Graph

# What does something in training only.
IDLE = (
    layers.Dropout, layers.SpatialDropout1D, layers.GaussianNoise, layers.GaussianDropout, layers.InputLayer,
    layers.ActivityRegularization, layers.Identity,
)  # fmt: skip


def to_onnx(model: keras.Layer, *, states: bool = False) -> onnx.ModelProto:
    """Return a model of ONNX that computes what a model of Keras does.

    Each recurrent layer becomes ONNX's own operator, ``RNN``, ``LSTM`` or ``GRU``.
    Batch and time are open unless the model fixes them. Masks are kept, wherever the
    masked steps lie: the graph moves the steps that count to the front, tells the
    operator their number and moves the outputs back.

    Args:
        model: a recurrent layer, or a Sequential or functional model that is a
            chain of recurrent layers, Embedding, Dense, TimeDistributed(Dense),
            Masking, Activation and what acts in training only, such as Dropout;
            built, float32.
        states: whether the states of the recurrent layers before the first step
            become inputs, such as ``lstm_h_initial`` of shape (batch, n), and
            those after the last step outputs, such as ``lstm_h_final``. So a stream can
            be read in pieces. Without it every sequence starts from zeros, of a
            stateful layer, too.

    Returns:
        A model that ONNX's checker has passed; ``onnx.save(model, path)`` writes
        it. Its input is ``input``, int32 for an Embedding and float32 otherwise, its
        output ``output``.

    Raises:
        TypeError: if ``model`` is no layer, or holds one that is none of these.
        ValueError: if it is no chain, has no weights yet, or holds what ONNX's
            operators cannot: an activation they lack, another dtype, two outputs.

    Source: ONNX's specification of ``RNN``, ``LSTM`` and ``GRU``.

    >>> model = keras.Sequential([keras.Input((None, 4)), keras.layers.GRU(3, name="gru")])
    >>> [node.op_type for node in to_onnx(model).graph.node]
    ['Transpose', 'GRU', 'Squeeze', 'Identity']
    """
    if not isinstance(model, keras.Layer):
        raise TypeError(f"model must be a model or a layer of Keras, got {type(model).__name__}")
    if not isinstance(states, bool):
        raise TypeError(f"states must be True or False, got {states!r}")
    chain, shape, output_shape = _chain(model)
    graph = Graph()
    first, _ = chain[0]
    kind = TensorProto.INT32 if isinstance(first, layers.Embedding) else TensorProto.FLOAT
    tensor, mask = graph.add_input("input", kind, _named(shape)), None
    for layer, is_masked in chain:
        tensor, mask = _add(graph, layer, tensor, mask if is_masked else None, states=states)
    graph.add_output(tensor, "output", TensorProto.FLOAT, _named(output_shape))
    written = graph.model(model.name)
    onnx.checker.check_model(written, full_check=True)
    return written


def _named(shape: tuple[int | None, ...]) -> tuple[int | str, ...]:
    """Return a shape with names for the lengths that are open."""
    return tuple(
        name if length is None else length for length, name in zip(shape, ("batch", "steps", "features"), strict=False)
    )


def _chain(model: Any) -> tuple[list[tuple[Any, bool]], tuple[int | None, ...], tuple[int | None, ...]]:
    """Return the layers from the input on, each with whether it gets a mask, and the shapes of input and output."""
    if is_recurrent(model):
        shape = (None, None, read(model).features)
        output = model.compute_output_shape(shape)
        return [(model, False)], shape, tuple(output if output[0] is None else output[0])
    if isinstance(model, keras.Sequential) and not model.built:
        raise ValueError(f"model must be built, {model.name!r} has no weights yet: call model.build(input_shape)")
    if not isinstance(model, keras.Model) or not hasattr(model, "inputs"):
        raise TypeError(
            "model must be a recurrent layer, or a Sequential or functional model; "
            f"{model.name!r} is a {type(model).__name__} of your own"
        )
    complaint = f"model must be a chain of layers with one input and one output, {model.name!r} is none"
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(f"{complaint}: it has {len(model.inputs)} inputs and {len(model.outputs)} outputs")
    chain: list[tuple[Any, bool]] = []
    tensor = model.outputs[0]
    while tensor is not model.inputs[0]:
        layer, node, output = tensor._keras_history  # the layer's call that gave this tensor
        tensor, *others = layer._inbound_nodes[node].input_tensors
        mask = getattr(tensor, "_keras_mask", None)
        if output != 0 or any(other is not mask for other in others):
            raise ValueError(f"{complaint} at {layer.name!r}")
        chain.insert(0, (layer, mask is not None))
    return chain, tuple(model.inputs[0].shape), tuple(model.outputs[0].shape)


def _add(graph: Graph, layer: Any, x: str, mask: str | None, *, states: bool) -> tuple[str, str | None]:
    """Add a layer's nodes; return its output, and the mask that goes on with it."""
    if isinstance(layer, IDLE):
        return x, mask
    if isinstance(layer, keras.Layer) and layer.compute_dtype != "float32":
        raise ValueError(f"layer must compute in float32, {layer.name!r} computes in {layer.compute_dtype}")
    if is_recurrent(layer):
        return recurrent.add(graph, read(layer), x, mask, states=states), mask
    kind = type(layer)
    if kind is layers.TimeDistributed and type(layer.layer) is layers.Dense:
        return _dense(graph, layer.layer, x), mask
    if kind is layers.Dense:
        return _dense(graph, layer, x), mask
    if kind is layers.Activation:
        return activations.apply(graph, function_name(layer.activation), x), mask
    if kind is layers.Embedding:
        table = graph.constant(layer.embeddings.numpy(), f"{layer.name}_embeddings")
        read_ids = graph.node("Not", graph.node("Equal", x, graph.constant(np.int32(0)))) if layer.mask_zero else None
        return graph.node("Gather", table, x, axis=0), read_ids
    if kind is layers.Masking:
        return _masking(graph, layer, x)
    raise TypeError(
        "model must consist of recurrent layers, Embedding, Dense, TimeDistributed(Dense), Masking, Activation and "
        f"Dropout; {layer.name!r} is a {kind.__name__}"
    )


def _dense(graph: Graph, layer: Any, x: str) -> str:
    y = graph.node("MatMul", x, graph.constant(layer.kernel.numpy(), f"{layer.name}_kernel"))
    if layer.use_bias:
        y = graph.node("Add", y, graph.constant(layer.bias.numpy(), f"{layer.name}_bias"))
    return activations.apply(graph, function_name(layer.activation), y)


def _masking(graph: Graph, layer: Any, x: str) -> tuple[str, str]:
    """Add a Masking layer: a step counts if any of its features has another value; one that does not is set to zero."""
    same = graph.node("Equal", x, graph.constant(np.float32(layer.mask_value)))
    other = graph.node("Cast", graph.node("Not", same), to=TensorProto.FLOAT)
    counts = graph.node("ReduceMax", other, axes=[2], keepdims=1)
    mask = graph.node("Cast", graph.node("Squeeze", counts, graph.integers(2)), to=TensorProto.BOOL)
    return graph.node("Mul", x, counts), mask

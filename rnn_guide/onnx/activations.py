"""Keras's activations by ONNX's names.

Source: ONNX's specification of each operator; ``activations`` of its RNN, LSTM and GRU.
"""

from collections.abc import Mapping

from .graph import Graph

# Keras's default constants, in ONNX's names. Inside a recurrent operator they are its activation_alpha and _beta.
ALPHA_BETA: Mapping[str, tuple[str, float | None, float | None]] = {
    "tanh": ("Tanh", None, None),
    "sigmoid": ("Sigmoid", None, None),
    "relu": ("Relu", None, None),
    "softsign": ("Softsign", None, None),
    "softplus": ("Softplus", None, None),
    "elu": ("Elu", 1.0, None),
    "leaky_relu": ("LeakyRelu", 0.2, None),
    "hard_sigmoid": ("HardSigmoid", 1 / 6, 0.5),
    "linear": ("Affine", 1.0, 0.0),
}


def recurrent(names: list[str]) -> dict[str, list[str] | list[float]]:
    """Return the attributes of a recurrent operator for its functions, in the operator's order.

    >>> recurrent(["hard_sigmoid", "tanh"])
    {'activations': ['HardSigmoid', 'Tanh'], 'activation_alpha': [0.16666666666666666], 'activation_beta': [0.5]}
    """
    functions = [ALPHA_BETA[name] for name in names]
    attributes: dict[str, list[str] | list[float]] = {"activations": [operator for operator, _, _ in functions]}
    for attribute, values in (
        ("activation_alpha", [alpha for _, alpha, _ in functions if alpha is not None]),
        ("activation_beta", [beta for _, _, beta in functions if beta is not None]),
    ):
        if values:
            attributes[attribute] = values
    return attributes


def apply(graph: Graph, name: str, tensor: str) -> str:
    """Add an activation of a Dense or an Activation layer.

    Raises:
        ValueError: if ONNX has no operator for it here.
    """
    if name == "linear":
        return tensor
    if name in ("softmax", "log_softmax"):
        return graph.node({"softmax": "Softmax", "log_softmax": "LogSoftmax"}[name], tensor, axis=-1)
    if name not in ALPHA_BETA:
        known = ", ".join([*ALPHA_BETA, "softmax", "log_softmax"])
        raise ValueError(f"activation must be one of {known}; got {name}")
    operator, alpha, beta = ALPHA_BETA[name]
    constants = {"alpha": alpha, "beta": beta}
    return graph.node(operator, tensor, **{key: value for key, value in constants.items() if value is not None})

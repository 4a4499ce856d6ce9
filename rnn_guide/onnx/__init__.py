"""Recurrent models of Keras as models of ONNX, with its own ``RNN``, ``LSTM`` and ``GRU`` operators."""

try:
    from .model import to_onnx
except ModuleNotFoundError as error:
    if error.name != "onnx":
        raise
    raise ModuleNotFoundError("rnn_guide.onnx needs the package onnx: pip install onnx", name="onnx") from None

__all__ = ["to_onnx"]

"""How many parameters a layer has, as the formula that says why.

Each function writes its formula once, in Python. The number, the sum with the
sizes filled in and the LaTeX are readings of that one expression.

>>> count = lstm(64, 128)
>>> print(count)
4·((64+128)·128+128) = 98,816
>>> int(count) == 4 * int(simple_rnn(64, 128))
True

A model is a sum of layers:

>>> print(int(embedding(1000, 64) + lstm(64, 128) + dense(128, 10)))
164106

The letters are the book's: m input features, n units. The package imports
nothing, so it also runs where NumPy does not.
"""

from .arguments import _integer as _integer
from .attention import additive_attention, attention, attention_work, multi_head_attention
from .combine import bidirectional, find_units, stacked
from .convolutional import conv, conv_lstm, depthwise_conv, separable_conv
from .count import Count, Weight
from .feedforward import dense, einsum_dense, embedding, prelu
from .formula import Formula
from .normalization import batch_norm, layer_norm, normalization, rms_norm
from .recurrent import gru, lstm, simple_rnn
from .variants import coupled_gate_lstm, mgu, min_gru, min_lstm, peephole_lstm
from .work import Work

__all__ = [
    "Count",
    "Formula",
    "Weight",
    "Work",
    "additive_attention",
    "attention",
    "attention_work",
    "batch_norm",
    "bidirectional",
    "conv",
    "conv_lstm",
    "coupled_gate_lstm",
    "dense",
    "depthwise_conv",
    "einsum_dense",
    "embedding",
    "find_units",
    "gru",
    "layer_norm",
    "lstm",
    "mgu",
    "min_gru",
    "min_lstm",
    "multi_head_attention",
    "normalization",
    "peephole_lstm",
    "prelu",
    "rms_norm",
    "separable_conv",
    "simple_rnn",
    "stacked",
]

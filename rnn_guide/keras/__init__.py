"""What needs Keras: where a model's parameters are, and the gradient at each time step of a recurrent layer in it.

For the gradient Keras must run on TensorFlow.
"""

try:
    from .gradients import gradient_by_lag
    from .walk import explain
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] not in {"keras", "tensorflow"}:
        raise
    needed = 'rnn_guide.keras needs Keras and TensorFlow: pip install "rnn-guide[book]"'
    raise ModuleNotFoundError(needed, name=error.name) from None
from .blocks import Block, Statistics
from .explanation import Explanation, Part, Row, Use

__all__ = ["Block", "Explanation", "Part", "Row", "Statistics", "Use", "explain", "gradient_by_lag"]

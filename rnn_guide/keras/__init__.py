"""What needs Keras: the gradient at each time step of a recurrent layer in any model.

Keras must run on TensorFlow.
"""

try:
    from .gradients import gradient_by_lag
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] not in {"keras", "tensorflow"}:
        raise
    needed = 'rnn_guide.keras needs Keras and TensorFlow: pip install "rnn-guide[book]"'
    raise ModuleNotFoundError(needed, name=error.name) from None

__all__ = ["gradient_by_lag"]

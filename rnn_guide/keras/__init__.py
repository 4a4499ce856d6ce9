"""What needs Keras: the gradient at each time step of a recurrent layer in any model.

Keras must run on TensorFlow.
"""

from .gradients import gradient_by_lag

__all__ = ["gradient_by_lag"]

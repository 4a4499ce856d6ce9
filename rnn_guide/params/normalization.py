"""Layers that normalize: a factor and a shift for each feature."""

from .arguments import as_flag
from .count import Count, Weight
from .formula import Formula, as_size
from .work import Work


def batch_norm(features: int, *, center: bool = True, scale: bool = True, renorm: bool = False) -> Count:
    """Count a ``BatchNormalization``: of its vectors, the moving ones are not trained.

    Args:
        features: d, length of the normalized axis.
        center: whether ``beta`` is added.
        scale: whether ``gamma`` multiplies.
        renorm: whether the layer keeps the vectors of batch renormalization.

    Raises:
        TypeError: if the size is not an integer or an option not a bool.
        ValueError: if the size is below 1.

    Source: Ioffe and Szegedy (2015).

    >>> print(batch_norm(64))
    4·64 = 256
    """
    names = ["gamma"] if as_flag("scale", scale) else []
    names += ["beta"] if as_flag("center", center) else []
    names += ["moving_mean", "moving_variance"]
    names += ["moving_stddev", "renorm_mean", "renorm_stddev"] if as_flag("renorm", renorm) else []
    return _vectors(names, (as_size("features", "d", features),))


def layer_norm(features: "int | tuple[int, ...]", *, center: bool = True, scale: bool = True) -> Count:
    """Count a ``LayerNormalization`` or a ``GroupNormalization``.

    Args:
        features: d, length of the normalized axis, or of each of the axes; for
            a ``GroupNormalization`` the number of channels.
        center: whether ``beta`` is added.
        scale: whether ``gamma`` multiplies.

    Raises:
        TypeError: if a size is not an integer or an option not a bool.
        ValueError: if a size is below 1, or neither ``beta`` nor ``gamma`` is there.

    Source: Ba, Kiros and Hinton (2016); Wu and He (2018).

    >>> print(layer_norm(64))
    2·64 = 128
    """
    names = ["gamma"] if as_flag("scale", scale) else []
    names += ["beta"] if as_flag("center", center) else []
    if not names:
        raise ValueError("center or scale must be True, got False for both: the layer has no parameters")
    return _vectors(names, _axes(features))


def rms_norm(features: "int | tuple[int, ...]") -> Count:
    """Count an ``RMSNormalization``: one factor for each feature.

    Args:
        features: d, length of the normalized axis, or of each of the axes.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Zhang and Sennrich (2019).

    >>> print(rms_norm(64))
    64 = 64
    """
    return _vectors(["scale"], _axes(features))


def normalization(features: "int | tuple[int, ...]") -> Count:
    """Count a ``Normalization`` that is adapted to data: mean, variance, and how many it has seen.

    Args:
        features: d, length of the normalized axis, or of each of the axes.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Keras.

    >>> print(normalization(64))
    2·64+1 = 129
    """
    vectors = _vectors(["mean", "variance"], _axes(features))
    return vectors + Count(Formula(1), (Weight("count", ()),), Work(Formula(0)))


def _axes(features: "int | tuple[int, ...]") -> "tuple[Formula, ...]":
    if not isinstance(features, (tuple, list)):
        return (as_size("features", "d", features),)
    return tuple(as_size("features", f"d_{axis}", length) for axis, length in enumerate(features, start=1))


def _vectors(names: "list[str]", axes: "tuple[Formula, ...]") -> Count:
    weights = tuple(Weight(name, axes) for name in names)
    product = weights[0]._product
    return Count(len(names) * product if len(names) > 1 else product, weights, Work(Formula(0), normalized=product))

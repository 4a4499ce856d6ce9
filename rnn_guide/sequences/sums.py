"""Additions: digit by digit, and written out as people write them."""

import numpy as np
from numpy.typing import NDArray

from ..params import _integer


def digit_sums(
    sequences: int, digits: int, nines: int = 0, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return pairs of digits, the least significant first, and the digit of the sum at each step.

    The digits are drawn at random. A pair whose digits sum to 9 hands the carry
    on as it came. With ``nines`` each sequence has at least so many such pairs in
    a row, at a random place after the first pair. The last pair is 0 and 0, so
    that the last carry has a step to come out at.

    Args:
        sequences: how many additions.
        digits: of each of the two numbers.
        nines: pairs in a row that sum to 9, at least.
        seed: of everything random.

    Returns:
        The pairs, float32 of shape (sequences, digits + 1, 20), with a 1 at each
        of the two digits, the second one's place 10 further on; and the digits of
        the sums, int64 of shape (sequences, digits + 1).

    Raises:
        TypeError: if an argument is not an integer.
        ValueError: if ``sequences`` or ``digits`` is below 1, ``nines`` or ``seed``
            below 0, or ``nines`` not below ``digits``.

    >>> x, y = digit_sums(1, 4, nines=3)
    >>> x.shape, x[0].argmax(axis=-1).tolist(), y.tolist()
    ((1, 5, 20), [8, 6, 5, 2, 0], [[1, 0, 0, 0, 1]])
    """
    sequences, digits = _integer("sequences", sequences), _integer("digits", digits)
    nines, seed = _integer("nines", nines, least=0), _integer("seed", seed, least=0)
    if nines >= digits:
        raise ValueError(f"nines must be below digits, which is {digits}, got {nines}")
    rng = np.random.default_rng(seed)
    pairs = np.zeros((2, sequences, digits + 1), dtype=np.int64)
    pairs[..., :digits] = rng.integers(0, 10, (2, sequences, digits))
    start = rng.integers(1, digits - nines + 1, (sequences, 1)) if nines else np.ones((sequences, 1))
    here = (np.arange(digits + 1) >= start) & (np.arange(digits + 1) < start + nines)
    pairs[1, here] = 9 - pairs[0, here]
    answers, carry = np.empty_like(pairs[0]), np.zeros(sequences, dtype=np.int64)
    for step, total in enumerate(pairs.sum(axis=0).T):
        carry, answers[:, step] = np.divmod(total + carry, 10)
    both = np.eye(10, dtype=np.float32)[pairs]
    return np.concatenate([both[0], both[1]], axis=-1), answers


def written_sums(questions: int, digits: int, least: int = 1, seed: int = 0) -> list[tuple[str, str]]:
    """Return different additions as text, such as ``("57+168", "225")``, and their answers.

    Of each number first the length is drawn, then the digits, so that short
    numbers are not rare. No two questions ask for the same two numbers, in
    whichever order.

    Args:
        questions: how many.
        digits: of a number, at most.
        least: digits of a number, at least.
        seed: of everything random.

    Returns:
        Questions with their answers, in random order.

    Raises:
        TypeError: if an argument is not an integer.
        ValueError: if an argument is below 1 (``seed``: below 0), ``least`` is above
            ``digits``, or ``questions`` above half of all the additions there are.

    >>> written_sums(2, 3)
    [('560+34', '594'), ('0+0', '0')]
    """
    questions, digits = _integer("questions", questions), _integer("digits", digits)
    least, seed = _integer("least", least), _integer("seed", seed, least=0)
    if least > digits:
        raise ValueError(f"least must be at most digits, which is {digits}, got {least}")
    numbers = 10**digits - (10 ** (least - 1) if least > 1 else 0)
    most = numbers * (numbers + 1) // 4  # the last ones would take long to be drawn
    if questions > most:
        raise ValueError(f"questions must be at most {most}, half of all there are, got {questions}")
    rng = np.random.default_rng(seed)
    drawn: dict[tuple[int, int], tuple[str, str]] = {}
    while len(drawn) < questions:
        lengths = rng.integers(least, digits + 1, 2).tolist()
        a, b = (int(rng.integers(10 ** (length - 1) if length > 1 else 0, 10**length)) for length in lengths)
        drawn.setdefault((min(a, b), max(a, b)), (f"{a}+{b}", str(a + b)))
    # In the order of drawing the short ones, soon used up, would all come first.
    pairs = list(drawn.values())
    return [pairs[k] for k in rng.permutation(len(pairs))]

"""What the pictures are made of: boxes, operators, wires and letters.

Lengths are SVG units, the origin is the lower left corner. Colours are roles
of the palette, formulas plain text with Unicode subscripts.
"""

from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from .style import GATES, colour
from .typeset import FORMULA

Point = tuple[float, float]

SIZE = 18  # of letters: 12 px where 500 units shrink to a phone's column of 343 px
LINE = 2.0
CORNER = 10.0
ARROW = 11.0
NUMBER = 17  # of the numbers on the wires


class Node(NamedTuple):
    """A box or a circle that wires lead to."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> Point:
        """The middle of its left side."""
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> Point:
        """The middle of its right side."""
        return self.x + self.width / 2, self.y

    @property
    def top(self) -> Point:
        """The middle of its upper side."""
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> Point:
        """The middle of its lower side."""
        return self.x, self.y - self.height / 2


class Drawing:
    """A blank sheet.

    Args:
        width: of the sheet, in SVG units.
        height: of the sheet.
        numbers: whether wires have a number beside them and gates a gauge
            in them, for a script to set: their ids end in ``value-`` and
            ``gauge-`` with a name.

    >>> sheet = Drawing(200, 60)
    >>> tanh = sheet.box(150, 30, 60, 36, "tanh", "c")
    >>> sheet.wire((10, 30), tanh.left)
    >>> sheet.figure.get_size_inches() * 72
    array([200.,  60.])
    """

    def __init__(self, width: float, height: float, numbers: bool = False) -> None:
        self._numbers = numbers
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, frameon=False)
        self.figure.set_layout_engine("none")  # whatever layout the reader's style asks for
        self._axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        self._axes.axis("off")

    def _add(self, patch: Patch, layer: float) -> None:
        patch.set(zorder=layer, clip_on=False)
        self._axes.add_artist(patch)

    def formula(self, x: float, y: float, text: str, role: str = "ink", weight: str = "normal") -> None:
        """Write a formula with its centre at a point; single letters are variables."""
        self._axes.text(
            x, y, text, color=colour(role), size=SIZE, weight=weight, ha="center", va="center", gid=FORMULA, zorder=5
        )

    def words(
        self,
        x: float,
        y: float,
        text: str,
        role: str = "ink",
        size: float = 16,
        align: str = "center",
        mono: bool = False,
    ) -> None:
        """Write plain text, vertically centred at a point."""
        family = "monospace" if mono else "sans-serif"
        self._axes.text(x, y, text, color=colour(role), size=size, family=family, ha=align, va="center", zorder=5)

    def panel(self, left: float, bottom: float, right: float, top: float) -> None:
        """Lay the plate that everything inside one cell stands on."""
        style = "round,pad=0,rounding_size=20"
        plate = FancyBboxPatch((left, bottom), right - left, top - bottom, style, fc=colour("muted"), ec="none")
        self._add(plate, 0)

    def box(self, x: float, y: float, width: float, height: float, text: str, role: str = "paper") -> Node:
        """Draw a box with a formula in it; in a gate's colour its text is bold."""
        is_gate = role in GATES
        node = Node(x, y, width, height)
        style, edge = "round,pad=0,rounding_size=8", "none" if is_gate else colour("ink")
        corner = (node.left[0], node.bottom[1])
        self._add(FancyBboxPatch(corner, width, height, style, fc=colour(role), ec=edge, lw=1.4), 3)
        self.formula(x, y, text, *(("on-gate", "bold") if is_gate else ()))
        if is_gate and self._numbers:
            self._gauge(node, role)
        return node

    def _gauge(self, gate: Node, name: str) -> None:
        """Draw a bar that is full where a gate is open; a candidate's begins in the middle."""
        left, bottom, length, ink = gate.left[0] + 8, gate.bottom[1] + 3, gate.width - 16, colour("on-gate")
        self._add(Rectangle((left, bottom), length, 3.5, fc=ink, ec="none", alpha=0.35), 4)
        start, share = (gate.x, length / 2) if name == "c" else (left, length)
        self._add(Rectangle((start, bottom), share, 3.5, fc=ink, ec="none", gid=f"gauge-{name}"), 4)

    def value(self, x: float, y: float, name: str, align: str = "center") -> None:
        """Leave room for a number at a point, vertically centred; a gate's has its colour."""
        if self._numbers:
            ink, gid = colour(name if name in GATES else "ink"), f"value-{name}"
            self._axes.text(x, y, "−0.00", color=ink, size=NUMBER, ha=align, va="center", gid=gid, zorder=5)

    def operator(self, x: float, y: float, sign: str) -> Node:
        """Draw a circle with a sign in it, ``"×"`` or ``"+"``; both act element by element."""
        radius, arm = 13.0, 6.5
        self._add(Circle((x, y), radius, fc=colour("paper"), ec=colour("ink"), lw=1.6), 3)
        # Strokes rather than letters: a font's sign is never quite in the middle.
        a = arm if sign == "+" else arm * 0.75
        ends = [(-a, 0), (a, 0), (0, -a), (0, a)] if sign == "+" else [(-a, -a), (a, a), (-a, a), (a, -a)]
        codes = [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO]
        self._add(
            PathPatch(Path([(x + dx, y + dy) for dx, dy in ends], codes), fc="none", ec=colour("ink"), lw=LINE), 4
        )
        return Node(x, y, 2 * radius, 2 * radius)

    def dot(self, x: float, y: float) -> None:
        """Mark where a wire branches."""
        self._add(Circle((x, y), 3.8, fc=colour("ink"), ec="none"), 2)

    def wire(self, *points: Point, arrow: bool = True, role: str = "ink", value: str = "", side: float = 1) -> None:
        """Draw a wire through points, its corners rounded.

        Args:
            *points: two or more; corners are right angles.
            arrow: whether it ends in an arrowhead.
            role: of its colour.
            value: the name of the number beside its first part, above it or
                to its right.
            side: -1 for the left.
        """
        if value:
            (x, y), then = points[0], points[1]
            middle = (x + then[0]) / 2, (y + then[1]) / 2
            if x == then[0]:
                self.value(x + 6 * side, middle[1], value, "left" if side > 0 else "right")
            else:
                self.value(middle[0], y + 14, value)
        *_, before, end = points
        if arrow:
            dx, dy = _direction(before, end)
            back = (end[0] - ARROW * dx, end[1] - ARROW * dy)
            wings = [(back[0] - side * dy, back[1] + side * dx) for side in (-ARROW / 2.4, ARROW / 2.4)]
            self._add(Polygon([end, *wings], fc=colour(role), ec="none"), 2)
            # The stroke ends inside the head: a blunt end would show beside the tip.
            points = (*points[:-1], (end[0] - ARROW / 2 * dx, end[1] - ARROW / 2 * dy))
        self._add(PathPatch(_rounded_path(points, CORNER), fc="none", ec=colour(role), lw=LINE), 1)

    def gap(self, x: float, y: float) -> None:
        """Interrupt the wire at a point of a panel; the one drawn next passes over it."""
        side = 6 * LINE
        self._add(Rectangle((x - side / 2, y - side / 2), side, side, fc=colour("muted"), ec="none"), 1)

    def stroke(self, *points: Point, radius: float = 0) -> None:
        """Draw a thin quiet line: a remark about the parts, through which nothing flows."""
        self._add(PathPatch(_rounded_path(points, radius), fc="none", ec=colour("quiet"), lw=1.2), 1)

    def block(self, left: float, bottom: float, width: float, height: float, role: str, name: str) -> None:
        """Draw a rectangle of weights; a line of paper parts a gate's from its neighbours."""
        edge = colour("quiet" if role == "muted" else "paper")
        self._add(Rectangle((left, bottom), width, height, fc=colour(role), ec=edge, lw=1.5, label=name), 3)

    def frame(self, left: float, bottom: float, width: float, height: float) -> None:
        """Draw a heavy outline around blocks."""
        corners = [(left, bottom), (left + width, bottom), (left + width, bottom + height), (left, bottom + height)]
        self._add(PathPatch(Path([*corners, corners[0]], closed=True), fc="none", ec=colour("ink"), lw=2.6), 4)

    def shade(self, left: float, bottom: float, width: float, height: float, role: str, share: float) -> None:
        """Draw a rectangle whose opacity is a number between 0 and 1."""
        self._add(Rectangle((left, bottom), width, height, fc=colour(role), ec="none", alpha=share), 1)


def _direction(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(abs(dx), abs(dy))  # wires run along the axes
    return dx / length, dy / length


def _rounded_path(points: tuple[Point, ...], radius: float) -> Path:
    vertices, codes = [points[0]], [Path.MOVETO]
    for start, corner, end in zip(points, points[1:], points[2:], strict=False):
        entry, leave = _direction(corner, start), _direction(corner, end)
        vertices += [
            (corner[0] + radius * entry[0], corner[1] + radius * entry[1]),
            corner,
            (corner[0] + radius * leave[0], corner[1] + radius * leave[1]),
        ]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])

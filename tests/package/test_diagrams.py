"""The pictures: what every reader gets to see, in both themes and at any size."""

import functools
import gzip
import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import matplotlib.style
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as MplPath
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import rnn_guide.cells
from book import ROOT
from mutants import mutant
from rnn_guide import bptt, diagrams, params
from rnn_guide.diagrams import cells, weights
from rnn_guide.diagrams.drawing import Drawing
from rnn_guide.diagrams.memory import _figure as memory_figure
from rnn_guide.diagrams.shapes import _figure as batch_figure
from rnn_guide.diagrams.style import GATES, PALETTE, Colour
from rnn_guide.diagrams.unrolled import _figure as unrolled_figure
from rnn_guide.diagrams.unrolled import _gradient_figure as gradient_figure

memory = sys.modules["rnn_guide.diagrams.memory"]  # its name in the package is the function's
PHONE = 343  # width of a phone's column of text, in pixels
COUNTS = {
    "lstm": params.lstm(64, 128),
    "lstm_wide": params.lstm(1, 512),
    "lstm_tall": params.lstm(512, 1),
    "lstm_torch": params.lstm(64, 128, layout="torch"),
    "gru": params.gru(64, 128),
    "gru_torch": params.gru(2, 3, layout="torch"),
    "simple_rnn": params.simple_rnn(3, 5),
    "dense": params.dense(1, 1),
    "model": params.embedding(1000, 64) + params.bidirectional(params.lstm(64, 128)) + params.dense(256, 10),
}


def weights_figure(count: params.Count) -> Figure:
    return weights._figure(weights._tiles(count.weights))


FIGURES: dict[str, Callable[[], Figure]] = {
    "simple_rnn_cell": cells._simple_rnn_figure,
    "lstm_cell": cells._lstm_figure,
    "gru_after": functools.partial(cells._gru_figure, True),
    "gru_before": functools.partial(cells._gru_figure, False),
    "lstm_numbers": functools.partial(cells._lstm_figure, numbers=True),
    "gru_after_numbers": functools.partial(cells._gru_figure, True, numbers=True),
    "gru_before_numbers": functools.partial(cells._gru_figure, False, numbers=True),
    **{f"unrolled_{n}": functools.partial(unrolled_figure, n) for n in range(2, 7)},
    "memory": memory_figure,
    "gru_candidates": cells._candidates_figure,
    "gradient_path": gradient_figure,
    "batch": batch_figure,
    **{f"blocks_{name}": functools.partial(weights_figure, count) for name, count in COUNTS.items()},
}


def draw_gallery() -> list[diagrams.Picture]:
    return [
        diagrams.simple_rnn_cell(),
        diagrams.lstm_cell(),
        diagrams.gru_cell(),
        diagrams.gru_cell(reset_after=False),
        diagrams.unrolled(),
        diagrams.unrolled(2),
        diagrams.gru_candidates(),
        diagrams.gradient_path(),
        diagrams.batch(),
        *cells.with_numbers().values(),
        *(diagrams.weight_blocks(count) for count in COUNTS.values()),
        *(diagrams.weight_blocks(params.lstm(m, 4), title="Weights of an LSTM") for m in (2, 3)),
        line_plot(),
    ]


gallery = functools.cache(draw_gallery)


def line_plot() -> diagrams.Picture:
    with matplotlib.rc_context(diagrams.rc()):
        fig = Figure()
        axes = fig.subplots()
        for k in range(6):
            axes.plot([0, 1], [k, 1], label=f"layer {k}", marker="o")
        axes.set(xlabel="hₜ", ylabel=r"$h_{t-1}$", title="six lines")
        axes.legend()
        return diagrams.picture(fig, "Six lines", "Six lines that meet at one point.")


def ids(picture: diagrams.Picture) -> list[str]:
    return [element.attrib["id"] for element in ElementTree.fromstring(str(picture)).iter() if "id" in element.attrib]


# The SVG.


def test_pictures_are_the_same_every_time_and_in_a_fresh_interpreter() -> None:
    assert list(map(str, gallery())) == list(map(str, draw_gallery()))
    script = (
        "import hashlib, test_diagrams;"
        "print(hashlib.sha256(''.join(map(str, test_diagrams.gallery())).encode()).hexdigest())"
    )
    paths = os.pathsep.join(map(str, [Path(__file__).parent, ROOT / "tests" / "support", ROOT]))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1"}
    fresh = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert fresh.stdout.strip() == hashlib.sha256("".join(map(str, gallery())).encode()).hexdigest()


def test_pictures_have_a_name_and_a_description_and_grow_no_larger_than_drawn() -> None:
    for picture in gallery():
        root = ElementTree.fromstring(str(picture))
        title, description = root[0], root[1]
        assert (title.tag.split("}")[1], description.tag.split("}")[1]) == ("title", "desc")
        assert title.text == picture.title
        assert len(description.text or "") > 30
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert root.get("role") == "img"
        assert not {"width", "height"} & set(root.attrib)
        assert f"max-width: {float(root.attrib['viewBox'].split()[2]):g}px" in root.attrib["style"]
        assert picture._repr_html_() == str(picture)


def test_ids_are_unique_across_all_pictures_and_references_lead_to_them() -> None:
    every = [name for picture in gallery() for name in ids(picture)]
    assert len(every) == len(set(every))
    for picture in gallery():
        references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', str(picture))
        assert {a or b for a, b in references} <= set(ids(picture))
    assert all(reference in str(line_plot()) for reference in ("url(#", 'href="#'))


def test_every_colour_is_a_variable_that_the_style_sheet_defines() -> None:
    variable = re.compile(r"var\((--rnn-[a-z-]+), (#[0-9a-f]{6})\)")
    light, dark = diagrams.css().split('html[data-theme="dark"]')
    for picture in gallery():
        for name, fallback in variable.findall(str(picture)):
            assert f"{name}: {fallback};" in light
            assert f"{name}: #" in dark
        for element in ElementTree.fromstring(str(picture)).iter():
            assert not {"fill", "stroke", "color"} & set(element.attrib)
            assert not re.search(r"#[0-9a-f]{3}|rgb", variable.sub("", element.get("style", "")))


def test_matplotlibs_black_and_white_follow_the_theme_too() -> None:
    fig = Figure()
    fig.subplots().plot([1, 2], color="black")
    svg = str(diagrams.picture(fig, "Plain", "A figure drawn without the palette."))
    assert "stroke: var(--rnn-ink" in svg
    assert "#000000" not in svg


def test_no_picture_styles_the_page_around_it() -> None:
    assert not any("<style" in str(picture) for picture in gallery())


def test_fonts_are_the_readers_own() -> None:
    for picture in gallery():
        families = set(re.findall(r"font-family: ([^;\"]+)", str(picture)))
        assert families <= {"system-ui, sans-serif", "ui-monospace, monospace"}
        assert "<text" in str(picture)


def test_pictures_are_light() -> None:
    assert all(len(gzip.compress(str(picture).encode())) <= 6 * 1024 for picture in gallery())


def test_subscripts_return_to_the_line() -> None:
    sheet = Drawing(100, 40)
    sheet.formula(50, 20, "tanh(hₜ₋₁U)")
    root = ElementTree.fromstring(str(diagrams.picture(sheet.figure, "A formula", "d")))
    (text,) = (element for element in root.iter() if element.tag.endswith("}text"))
    assert "".join(text.itertext()) == "tanh(ht−1U)"
    level = 0.0
    levels = []
    for span in text:
        size = 0.7 if span.get("font-size") else 1.0
        level += float(span.get("dy", "0em")[:-2]) * size
        levels.append((span.text, round(level, 6), span.get("font-style")))
    assert levels == [
        ("h", 0.0, "italic"),
        ("t", 0.21, "italic"),
        ("−1", 0.21, None),
        ("U", 0.0, "italic"),
        (")", 0.0, None),
    ]


def test_words_outside_formulas_are_not_slanted() -> None:
    fig = Figure()
    fig.text(0.5, 0.5, "a step of x")
    assert "<tspan" not in str(diagrams.picture(fig, "Words", "d"))


def test_markup_in_titles_is_text() -> None:
    picture = diagrams.picture(Figure(), 'm < n & "n"', "less: <")
    root = ElementTree.fromstring(str(picture))
    assert (root[0].text, root[1].text) == ('m < n & "n"', "less: <")


def test_a_title_without_latin_letters_still_makes_an_id() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*[\w-]*", name) for name in ids(diagrams.picture(Figure(), "σ", "d")))


def test_saving_replaces_a_file_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "picture.svg"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="disk full"):
            diagrams.lstm_cell().save(target)
    assert (target.read_text(), list(tmp_path.iterdir())) == ("old", [target])
    diagrams.lstm_cell().save(str(target))
    assert target.read_text(encoding="utf-8").rstrip("\n") == str(diagrams.lstm_cell())
    assert list(tmp_path.iterdir()) == [target]


def test_drawing_leaves_the_readers_matplotlib_alone() -> None:
    script = (
        "import sys, matplotlib; from rnn_guide import diagrams; diagrams.lstm_cell();"
        "assert matplotlib.get_backend(auto_select=False) is None and 'matplotlib.pyplot' not in sys.modules;"
        "assert matplotlib.rcParams['svg.fonttype'] == 'path'"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


def test_a_notebook_shows_a_pyplot_figure_once() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    fig, _ = pyplot.subplots()
    diagrams.picture(fig, "Shown once", "d")
    assert not pyplot.fignum_exists(fig.number)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: diagrams.picture(Figure(), " ", "d"), ValueError, r"title must be .*, got ' '"),
        (lambda: diagrams.picture(Figure(), "t", ""), ValueError, r"description must be .*, got ''"),
        (lambda: diagrams.picture(Figure(), "t", None), TypeError, "description must be a str, got None"),  # type: ignore[arg-type]
        (lambda: diagrams.picture("fig", "t", "d"), TypeError, "fig must be a matplotlib Figure, got 'fig'"),  # type: ignore[arg-type]
        (lambda: diagrams.colour("x"), ValueError, "role must be one of ink, .*, got 'x'"),
        (lambda: diagrams.gru_cell("after"), TypeError, "reset_after must be True or False, got 'after'"),  # type: ignore[arg-type]
        (lambda: diagrams.unrolled(1), ValueError, "steps must be an int from 2 to 6, got 1"),
        (lambda: diagrams.unrolled(7), ValueError, "steps must be an int from 2 to 6, got 7"),
        (lambda: diagrams.unrolled(True), TypeError, "steps must be an int from 2 to 6, got True"),
        (lambda: diagrams.weight_blocks(98816), TypeError, "count must be a Count, .*, got 98816"),  # type: ignore[arg-type]
        (lambda: diagrams.weight_blocks(params.conv_lstm(3, 8, 3)), ValueError, r"got kernel \(3, 3, 3, 32\)"),
        (lambda: diagrams.weight_blocks(params.dense(1, 1), title=""), ValueError, "title must be .*, got ''"),
    ],
)
def test_errors_name_the_argument_and_the_value(
    call: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


# The palette.


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.asarray(np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, deficiency: list[list[float]]) -> np.ndarray:
    """A colour in Oklab (Ottosson 2020), as someone with a colour deficiency sees it."""
    cones = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
    lab = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    cone_responses = np.array(cones) @ np.clip(np.array(deficiency) @ linear(colour), 0, 1)
    return np.asarray(np.array(lab) @ np.cbrt(cone_responses))


# Machado, Oliveira and Fernandes (2009), severity 1.
DEFICIENCIES = {
    "none": np.eye(3).tolist(),
    "protanopia": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deuteranopia": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
}


@pytest.mark.parametrize("theme", Colour._fields)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_gates_can_be_told_apart(theme: str, deficiency: str) -> None:
    for one, other in itertools.combinations(GATES, 2):
        colours = [seen(getattr(PALETTE[gate], theme), DEFICIENCIES[deficiency]) for gate in (one, other)]
        assert np.linalg.norm(colours[0] - colours[1]) > 0.045, (one, other)


@pytest.mark.parametrize("theme", Colour._fields)
def test_gates_and_quiet_lines_stand_out_from_what_they_lie_on(theme: str) -> None:
    for role, ground in itertools.product((*GATES, "quiet", "ink"), ("paper", "muted")):
        least = 4.5 if ground == "paper" else 3
        assert contrast(getattr(PALETTE[role], theme), getattr(PALETTE[ground], theme)) >= least, (role, ground)


def test_a_colour_has_one_meaning() -> None:
    assert len({value.light for value in PALETTE.values()}) == len(PALETTE)
    assert {diagrams.colour(letter) for letter in "hgn"} == {diagrams.colour("c")}


# What is drawn where.


class Layout:
    """The boxes that Matplotlib's renderer gives a figure's artists, in SVG units."""

    def __init__(self, fig: Figure) -> None:
        renderer = FigureCanvasAgg(fig).get_renderer()  # type: ignore[no-untyped-call]
        self.sheet = fig.bbox
        texts = [text for text in fig.findobj(Text) if text.get_text()]
        with matplotlib.rc_context({"text.hinting": "none"}):  # widths in whole pixels are a screen's, not SVG's
            self.texts = [(text, text.get_window_extent(renderer)) for text in texts]
        (axes,) = fig.axes
        self.patches: list[Patch] = list(axes.patches)
        grounds: list[Patch] = [patch for patch in self.patches if isinstance(patch, (FancyBboxPatch, Rectangle))]
        self.grounds = [(patch, patch.get_window_extent(renderer)) for patch in grounds]

    def ground(self, box: Bbox) -> tuple[Patch, Bbox] | None:
        """The smallest patch that the middle of a text lies on."""
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        under = [(patch, extent) for patch, extent in self.grounds if extent.contains(*middle)]
        return min(under, key=lambda pair: pair[1].width * pair[1].height, default=None)

    def faults(self) -> Iterator[str]:
        for (one, a), (other, b) in itertools.combinations(self.texts, 2):
            if Bbox.intersection(a, b):
                yield f"{one.get_text()} overlaps {other.get_text()}"
        for text, box in self.texts:
            ground = self.ground(box)
            room = ground[1] if ground else self.sheet
            if box.x0 < room.x0 or box.x1 > room.x1 or box.y0 < room.y0 or box.y1 > room.y1:
                yield f"{text.get_text()} leaves its box"
            for patch, extent in self.grounds:
                if (ground is None or patch is not ground[0]) and patch.get_zorder() > 2 and box.overlaps(extent):
                    yield f"{text.get_text()} touches a box"
            for patch in self.patches:
                path = patch.get_transform().transform_path(patch.get_path())
                if isinstance(patch, (PathPatch, Polygon)) and path.intersects_bbox(box, filled=False):
                    yield f"{text.get_text()} is crossed by a line"


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_overlaps_and_no_line_crosses_a_text(name: str) -> None:
    assert not list(Layout(FIGURES[name]()).faults())


def test_overlaps_would_be_found() -> None:
    sheet = Drawing(200, 100)
    sheet.formula(50, 50, "one")
    sheet.formula(60, 55, "two")
    sheet.formula(198, 50, "edge")
    sheet.box(150, 80, 30, 20, "too long")
    sheet.wire((20, 10), (20, 90))
    sheet.formula(20, 40, "wire")
    assert {fault.split(" ", 1)[1] for fault in Layout(sheet.figure).faults()} >= {
        "overlaps two",
        "leaves its box",
        "long leaves its box",
        "is crossed by a line",
    }


@pytest.mark.parametrize("name", ["simple_rnn_cell", "lstm_cell", "gru_after", "gru_before", "gru_candidates"])
def test_a_box_keeps_its_distance_from_the_edge_of_its_panel(name: str) -> None:
    grounds = Layout(FIGURES[name]()).grounds
    panels = [box for patch, box in grounds if isinstance(patch, FancyBboxPatch) and patch.get_zorder() == 0]
    for patch, box in grounds:
        if isinstance(patch, FancyBboxPatch) and patch.get_zorder() == 3:
            (panel,) = (panel for panel in panels if panel.contains(*box.min))
            assert min(box.x0 - panel.x0, panel.x1 - box.x1, box.y0 - panel.y0, panel.y1 - box.y1) >= 12


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("theme", Colour._fields)
def test_text_has_contrast_with_what_it_stands_on(name: str, theme: str) -> None:
    shown = {value.light: getattr(value, theme) for value in PALETTE.values()}
    layout = Layout(FIGURES[name]())
    for text, box in layout.texts:
        ground = layout.ground(box)
        paper = to_hex(ground[0].get_facecolor()) if ground else PALETTE["paper"].light
        assert contrast(shown[to_hex(text.get_color())], shown[paper]) >= 4.5, text.get_text()


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in ("unrolled_5", "unrolled_6", "blocks_model")])
def test_text_is_legible_on_a_phone(name: str) -> None:
    layout = Layout(FIGURES[name]())
    scale = min(1, PHONE / layout.sheet.width)
    assert all(float(text.get_fontsize()) * scale >= 11 for text, _ in layout.texts)


def test_the_two_grus_differ_in_where_the_reset_gate_acts_and_nowhere_else() -> None:
    places = [
        {text.get_text(): round((box.x0 + box.x1) / 2) for text, box in Layout(cells._gru_figure(after)).texts}
        for after in (True, False)
    ]
    after, before = places
    moved, biases = {"hₜ₋₁Uₕ + b′ₕ", "(r ⊙ hₜ₋₁)Uₕ"}, {MAPS_AFTER, MAPS_BEFORE}
    assert set(after) ^ set(before) == moved | biases
    assert after["hₜ₋₁Uₕ + b′ₕ"] < after["r = σ"]
    assert before["r = σ"] < before["(r ⊙ hₜ₋₁)Uₕ"]
    same = set(after) & set(before) - {"r = σ"}
    assert all(after[text] == before[text] for text in same)


@pytest.mark.parametrize(
    "name",
    ["lstm_cell", "gru_after", "gru_before", "blocks_lstm", "blocks_gru", "blocks_lstm_torch", "blocks_gru_torch"],
)
def test_a_gate_has_its_letter_and_its_letters_colour(name: str) -> None:
    layout = Layout(FIGURES[name]())
    gates = {patch for patch, _ in layout.grounds if to_hex(patch.get_facecolor()) in map(diagrams.colour, GATES)}
    named = set()
    for text, box in layout.texts:
        ground = layout.ground(box)
        if ground and ground[0] in gates:
            (letter,) = re.findall(r"(?<![a-z])[a-z](?![a-z])", text.get_text())
            assert to_hex(ground[0].get_facecolor()) == diagrams.colour(letter)
            named.add(ground[0])
    assert len(gates) >= 3
    assert named == gates


def points(path: MplPath) -> np.ndarray:
    return np.asarray(path.vertices)


class Flow:
    """The formula that a cell's wires spell out, read off the drawing."""

    def __init__(self, fig: Figure) -> None:
        self.layout = Layout(fig)
        (axes,) = fig.axes
        self.nodes = [pair for pair in self.layout.grounds if pair[0].get_zorder() == 3]
        self.nodes += [
            (p, p.get_window_extent()) for p in axes.patches if isinstance(p, Circle) and p.get_zorder() == 3
        ]
        self.signs = [p.get_path() for p in axes.patches if isinstance(p, PathPatch) and p.get_zorder() == 4]
        self.wires = [p.get_path() for p in axes.patches if isinstance(p, PathPatch) and p.get_zorder() == 1]

    def node(self, point: np.ndarray, reach: float) -> tuple[Patch, Bbox] | None:
        return next((node for node in self.nodes if node[1].padded(reach).contains(*point)), None)

    def label(self, point: np.ndarray) -> str:
        def distance(box: Bbox) -> float:
            return float(np.hypot((box.x0 + box.x1) / 2 - point[0], (box.y0 + box.y1) / 2 - point[1]))

        return min((distance(box), text.get_text()) for text, box in self.layout.texts)[1]

    def wire_into(self, label: str) -> MplPath:
        edge = self.layout.sheet.width - 20
        (wire,) = (w for w in self.wires if points(w)[-1][0] > edge and self.label(points(w)[-1]) == label)
        return wire

    def carried(self, wire: MplPath) -> str:
        """What a wire carries: a node's result, an input, or what the wire it branches off carries."""
        start = points(wire)[0]
        if node := self.node(start, 0.5):
            return self.result(*node)
        if min(start) < 20 or start[1] > self.layout.sheet.height - 30:
            return self.label(start)
        near = Bbox([start - 0.5, start + 0.5])
        (trunk,) = (w for w in self.wires if w is not wire and w.intersects_bbox(near, filled=False))
        return self.carried(trunk)

    def result(self, patch: Patch, extent: Bbox) -> str:
        entering = [w for w in self.wires if (end := self.node(points(w)[-1], 7)) and end[0] is patch]
        values = sorted(self.carried(wire) for wire in entering)
        if isinstance(patch, Circle):
            (sign,) = (path for path in self.signs if extent.contains(*points(path).mean(axis=0)))
            is_sum = bool(np.isclose(points(sign)[0][1], points(sign)[1][1]))
            return f"({(' + ' if is_sum else ' ⊙ ').join(values)})"
        lines = [text.get_text() for text, box in self.layout.texts if extent.contains(*box.min)]
        return f"{', '.join(lines)}⟨{', '.join(values)}⟩"


@pytest.mark.parametrize(
    "name", ["simple_rnn_cell", "lstm_cell", "gru_after", "gru_before", "unrolled_4", "gradient_path"]
)
def test_wires_run_along_the_axes(name: str) -> None:
    for wire in Flow(FIGURES[name]()).wires:
        straight = np.diff(points(wire), axis=0)[np.asarray(wire.codes)[1:] == MplPath.LINETO]
        assert np.allclose(straight.min(axis=1) * straight.max(axis=1), 0)


AFFINE = "xₜW + hₜ₋₁U + b⟨hₜ₋₁, xₜ⟩"
CELL_STATE = f"((cₜ₋₁ ⊙ σ(f)⟨{AFFINE}⟩) + (tanh(c̃)⟨{AFFINE}⟩ ⊙ σ(i)⟨{AFFINE}⟩))"
MAPS_AFTER, MAPS_BEFORE = "xₜW + b + hₜ₋₁U + b′", "xₜW + b + hₜ₋₁U"


def gru_state(maps: str, candidate: str) -> str:
    """The new state of a GRU; ``candidate`` has ``{r}`` for the reset gate."""
    maps = f"{maps}, columns of z and r⟨hₜ₋₁, xₜ⟩"
    recurrent = candidate.format(r=f"r = σ⟨{maps}⟩")
    return f"((1 − z⟨z = σ⟨{maps}⟩⟩ ⊙ h̃ = tanh⟨({recurrent} + xₜWₕ + bₕ⟨xₜ⟩)⟩) + (hₜ₋₁ ⊙ z = σ⟨{maps}⟩))"


@pytest.mark.parametrize(
    ("name", "label", "formula"),
    [
        ("simple_rnn_cell", "hₜ", f"tanh⟨{AFFINE}⟩"),
        ("lstm_cell", "cₜ", CELL_STATE),
        ("lstm_cell", "hₜ", f"(tanh⟨{CELL_STATE}⟩ ⊙ σ(o)⟨{AFFINE}⟩)"),
        ("gru_after", "hₜ", gru_state(MAPS_AFTER, "(hₜ₋₁Uₕ + b′ₕ⟨hₜ₋₁⟩ ⊙ {r})")),
        ("gru_before", "hₜ", gru_state(MAPS_BEFORE, "(r ⊙ hₜ₋₁)Uₕ⟨(hₜ₋₁ ⊙ {r})⟩")),
    ],
)
def test_the_wires_spell_out_the_equation(name: str, label: str, formula: str) -> None:
    flow = Flow(FIGURES[name]())
    assert flow.carried(flow.wire_into(label)) == formula


def test_the_way_back_is_the_equations_of_the_page() -> None:
    flow = Flow(gradient_figure())
    columns = [extent for _, extent in flow.nodes if extent.height > 100]
    d_a = ""  # of the step after, which comes first
    for step, column in reversed(list(enumerate(columns, 1))):
        t, before = "₀₁₂₃"[step], "₀₁₂₃"[step - 1]
        direct = f"∂L/∂h{t}"
        d_h = f"(Uᵀ⟨{d_a}⟩ + {direct})" if d_a else direct
        d_a = f"⊙ (1 − h{t}²)⟨{d_h}⟩"
        (into,) = (wire for wire in flow.wires if column.padded(7).contains(*points(wire)[-1]))
        assert flow.carried(into) == d_a
        written = [text.get_text() for text, box in flow.layout.texts if column.contains(*box.min)]
        assert written == [f"x{t}ᵀ da{t}", f"h{before}ᵀ da{t}", f"da{t}"]


sizes = st.one_of(st.integers(1, 40), st.integers(1, 5000), st.just(1_000_000))
layers = st.one_of(
    st.builds(params.dense, sizes, sizes),
    st.builds(params.embedding, sizes, sizes),
    *(
        st.builds(layer, sizes, sizes, layout=st.sampled_from(["keras", "torch"]), use_bias=st.booleans())
        for layer in (params.simple_rnn, params.lstm, params.gru)
    ),
    st.builds(params.peephole_lstm, sizes, sizes),
)


@settings(max_examples=60, deadline=None)
@given(layers)
def test_weights_of_any_size_are_legible(count: params.Count) -> None:
    assert not list(Layout(weights_figure(count)).faults())


@settings(max_examples=15, deadline=None)
@given(layers, layers)
def test_weights_of_models_are_legible(one: params.Count, other: params.Count) -> None:
    assert not list(Layout(weights_figure(params.bidirectional(one) + other)).faults())


@settings(max_examples=60, deadline=None)
@given(layers)
def test_weights_are_to_scale_or_say_that_they_are_not(count: params.Count) -> None:
    fig = weights_figure(count)
    layout = Layout(fig)
    scales = {}
    for weight in count.weights:
        extents = [box for patch, box in layout.grounds if patch.get_label() == weight.name]
        assert len(extents) == (len(weight.gates) or 1)
        assert np.allclose([box.width * box.height for box in extents], extents[0].width * extents[0].height)
        whole = Bbox.union(extents)
        is_column = "_ih_" in weight.name or "_hh_" in weight.name
        rows, columns = weight.shape if len(weight.shape) == 2 else (1, *weight.shape)[:: -1 if is_column else 1]
        scales[weight.name] = whole.height / rows, whole.width / columns
    scale = min(map(min, scales.values()))
    enlarged = [pair for pair in scales.values() if not np.allclose(pair, scale, rtol=1e-6)]
    notes = [text for text, _ in layout.texts if "not to scale" in text.get_text()]
    assert len(notes) == len(enlarged)
    for pair, note in zip(enlarged, notes, strict=True):
        sides = [side for side, s in zip(("height", "width"), pair, strict=True) if not np.isclose(s, scale)]
        assert note.get_text() == f"{' and '.join(sides)} not to scale"


@pytest.mark.parametrize("name", ["lstm", "gru", "lstm_torch", "gru_torch"])
def test_blocks_are_in_the_frameworks_order(name: str) -> None:
    for weight in COUNTS[name].weights:
        layout = Layout(weights_figure(params.Count(params.Formula(weight.size), (weight,))))
        letters = sorted(
            (round(-box.y0 if "torch" in name else box.x0), text.get_text())
            for text, box in layout.texts
            if text.get_text() in weight.gates
        )
        assert tuple(letter for _, letter in letters) == weight.gates


def test_the_squares_of_the_memory_are_as_opaque_as_keras_remembers() -> None:
    import keras

    shares = [patch.get_alpha() for patch in memory_figure().axes[0].patches if patch.get_alpha() is not None]
    for row, bias in enumerate((0.0, 2.0, 3.0, 5.0)):
        layer = keras.layers.LSTM(1, return_state=True)
        layer.build((None, None, 1))
        layer.set_weights([np.zeros((1, 4)), np.zeros((1, 4)), np.array([-50.0, bias, 0.0, 0.0])])
        for step in (1, 2, 23):
            *_, state = layer(np.zeros((1, step, 1)), initial_state=[np.zeros((1, 1)), np.ones((1, 1))])
            assert shares[24 * row + step] == pytest.approx(state.numpy().item(), rel=1e-5)


@pytest.mark.parametrize("style", ["book", "dark_background", "ggplot", "fivethirtyeight", "Solarize_Light2"])
def test_the_readers_style_does_not_reach_the_diagrams(style: str) -> None:
    plain = [str(diagrams.lstm_cell()), str(diagrams.memory()), str(diagrams.weight_blocks(COUNTS["gru"]))]
    settings = diagrams.rc() if style == "book" else matplotlib.style.library[style]
    with matplotlib.rc_context(settings):
        styled = [str(diagrams.lstm_cell()), str(diagrams.memory()), str(diagrams.weight_blocks(COUNTS["gru"]))]
    assert styled == plain


# What a description asserts.


def told(picture: diagrams.Picture) -> str:
    return str(ElementTree.fromstring(str(picture))[1].text)


def half_is_gone(description: str) -> None:
    """Assert that an LSTM's cell state has passed one half at the step that the description names, and not before."""
    claims = re.findall(r"at a bias of (\d+) half is gone after ([\d.]+) steps", description)
    assert [float(bias) for bias, _ in claims] == [0, 2, 3, 5]
    for bias, claimed in claims:
        weights = [np.zeros((1, 4)), np.zeros((1, 4)), np.array([-50.0, float(bias), 0.0, 0.0])]
        state, left = (np.zeros((1, 1)), np.ones((1, 1))), [1.0]
        while left[-1] > 0.5:
            state = rnn_guide.cells.lstm_step(np.zeros((1, 1)), state, weights)
            left.append(state[1].item())
        share = (left[-2] - 0.5) / (left[-2] - left[-1])  # between the last two steps; nearly a line there
        assert len(left) - 2 + share == pytest.approx(float(claimed), abs=0.1)


def test_half_of_the_memory_is_gone_where_the_description_says() -> None:
    half_is_gone(told(diagrams.memory()))


def test_the_lines_of_the_memory_stand_where_half_is_gone() -> None:
    lines = [path.get_path().vertices for path in memory_figure().axes[0].patches if isinstance(path, PathPatch)]
    squares = [patch for patch in memory_figure().axes[0].patches if patch.get_alpha() is not None]
    marked = sorted(line[:, 0].mean() for line in map(np.asarray, lines) if np.ptp(line[:, 0]) < 1e-9)
    claims = re.findall(r"after ([\d.]+) steps", told(diagrams.memory()))
    places = [square.get_extents() for square in squares[:24]]
    zero, pitch = places[0].x0 + places[0].width / 2, places[1].x0 - places[0].x0
    steps = [(x - zero) / pitch for x in marked]
    assert steps == pytest.approx([float(claim) for claim in claims if float(claim) < 23], abs=0.06)


def test_a_wrong_half_life_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_half_life", mutant(memory._half_life, "math.log(0.5)", "math.log(0.4)"))
    with pytest.raises(AssertionError):
        half_is_gone(told(diagrams.memory()))


def test_the_memory_has_the_squares_that_its_description_counts() -> None:
    shares = [patch for patch in memory_figure().axes[0].patches if patch.get_alpha() is not None]
    assert f"A row of {len(shares) // 4} squares for each bias" in told(diagrams.memory())


def drawn_texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("steps", range(2, 7))
def test_as_many_copies_as_the_description_says(steps: int) -> None:
    description = told(diagrams.unrolled(steps))
    texts = drawn_texts(unrolled_figure(steps))
    assert description.startswith(f"{texts.count('W, U, b')} copies of one cell in a row.")
    subscripts = "₀₁₂₃₄₅₆"
    assert [text for text in texts if text.startswith("h")] == [
        name for step in range(steps) for name in (f"h{subscripts[step]}", f"h{subscripts[step + 1]}")
    ]
    assert texts.count("same") == steps - 1


def test_the_batch_is_what_its_description_says() -> None:
    description, texts = told(diagrams.batch()), drawn_texts(batch_figure())
    names = re.findall(r"names (\w+), (\w+) and (\w+);", description)[0]
    labels = [patch.get_label() for patch in batch_figure().axes[0].patches]
    rows = {label.split(", ")[0] for label in labels if re.fullmatch(r"\d, \d", str(label))}
    columns = {label.split(", ")[1] for label in labels if re.fullmatch(r"\d, \d", str(label))}
    numbers = ["", "one", "two", "three", "four", "five", "six"]
    assert f"{numbers[len(rows)]} rows, the sequences" in description
    assert f"{numbers[len(columns)]} columns are the time steps" in description
    assert len(rows) == len(names)
    assert len(columns) == max(map(len, names))
    assert {f"B = {len(names)} sequences", f"T = {max(map(len, names))} time steps"} <= set(texts)
    # The framed letter is the third of Lyon, and the 1 stands beside it.
    assert ("The third column" in description, names[0][2]) == (True, "o")
    bits = [text for text in texts if text in "01"]
    letters = [text for text in texts if len(text) == 1 and text in "opqrs"][-5:]
    assert letters[bits.index("1")] == "o"
    assert bits.count("1") == 1
    assert "m = 26 features" in texts


@given(layers)
@settings(max_examples=60, deadline=None)
def test_the_blocks_are_told_as_the_layer_has_them(count: params.Count) -> None:
    description = told(diagrams.weight_blocks(count))
    for weight in count.weights:
        blocks = f"blocks {', '.join(weight.gates)}" if weight.gates else "one block"
        assert f"{weight.name} {weight.shape}, {blocks}" in description
    notes = [text for text in drawn_texts(weights_figure(count)) if "not to scale" in text]
    assert re.findall(r": ([^;.]*not to scale)", description) == notes


def test_the_candidates_are_told_in_the_order_of_the_code() -> None:
    """Reset before: r, then U. Reset after: U and a bias, then r. Either order gives the GRU's candidate with z = 0."""
    description = told(diagrams.gru_candidates())
    before, after = re.findall(r"reset before: (.*?)\. Right, reset after: (.*?)\. In both", description)[0]
    assert before.index("reset gate r") < before.index("recurrent weights U")
    assert after.index("multiplied by U") < after.index("a bias") < after.index("multiplied by r")
    rng = np.random.default_rng(0)
    x, h = rng.standard_normal((2, 2)), rng.standard_normal((2, 3))
    W, U, b = rng.standard_normal((2, 9)), rng.standard_normal((3, 9)), np.zeros((2, 9))
    W[:, :3], U[:, :3], b[0, :3], b[1, 6:] = 0, 0, -200, 1  # z is 0, and the state's own product has a bias
    r = rnn_guide.cells.sigmoid(x @ W[:, 3:6] + h @ U[:, 3:6])
    first = np.tanh(x @ W[:, 6:] + (r * h) @ U[:, 6:])
    then = np.tanh(x @ W[:, 6:] + r * (h @ U[:, 6:] + b[1, 6:]))
    np.testing.assert_allclose(rnn_guide.cells.gru_step(x, h, [W, U, b[0]], reset_after=False), first)
    np.testing.assert_allclose(rnn_guide.cells.gru_step(x, h, [W, U, b]), then)


def test_the_gradients_path_is_that_of_the_backward_step() -> None:
    """What the description says in words, done in numbers, with a loss at every step."""
    description = told(diagrams.gradient_path())
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((1, 3, 2)), [rng.standard_normal(shape) for shape in ((2, 4), (4, 4), (4,))]
    outputs, _ = rnn_guide.cells.run(rnn_guide.cells.simple_rnn_step, x, weights)
    d_outputs = rng.standard_normal(outputs.shape)
    gradients = bptt.backpropagate(rnn_guide.cells.simple_rnn_step, x, weights, d_outputs)
    assert "Three columns, one for each time step" in description
    d_h, parts = np.zeros(4), np.zeros(4)
    for step in (2, 1, 0):
        assert "the direct derivative of the loss by that state is added" in description
        d_h = d_h + d_outputs[:, step]
        np.testing.assert_allclose(gradients.states[:, step], d_h)
        assert "multiplies it entry by entry by one minus the square of the state" in description
        d_a = d_h * (1 - outputs[:, step] ** 2)
        assert "da is added to db" in description
        assert "goes left through a box U transposed" in description
        parts, d_h = parts + d_a[0], d_a @ weights[1].T
    np.testing.assert_allclose(gradients.initial_state, d_h)
    np.testing.assert_allclose(gradients.weights[2], parts)  # the parts of all steps are added

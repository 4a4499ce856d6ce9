"""Bring the fonts, cut down to the letters that the site shows.

The text is set in Source Serif 4, as npm's `@fontsource-variable` packs it.
Its licence keeps the name for the whole font, so what is cut down has none.
"""

import hashlib
import io
import logging
import re
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from .. import node

SCRIPTS = [node.HERE / folder for folder in ("site", "explorables", "drawing", "numeric")]
SERIF = node.MODULES / "@fontsource-variable" / "source-serif-4"
# Each file, and the weights that the style sheet asks for. Letters such as ń have a file of their own.
FACES: dict[str, float | tuple[float, float]] = {
    "latin-wght-normal": (400, 700),
    "latin-wght-italic": 400,
    "latin-ext-wght-normal": (400, 700),
    "latin-ext-wght-italic": 400,
}
ICON = re.compile(r"\\([0-9a-f]{4})|([\ue000-\uf8ff])")  # escaped, or as it is
logging.getLogger("fontTools").setLevel(logging.ERROR)  # else it lists every table
NOTICES = [0, 13, 14]  # of the name table: copyright, licence, its address


def copy_fonts(app: Sphinx) -> None:
    """Copy the text's fonts and their licence."""
    if app.builder.name != "html":
        return
    if not SERIF.is_dir():
        raise ExtensionError("the fonts are not installed: build the book with `python3 run.py docs`")
    target = Path(app.outdir) / "_static" / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        shutil.copy(SERIF / "files" / f"source-serif-4-{face}.woff2", target / f"{face}.woff2")
    shutil.copy(SERIF / "LICENSE", target / "LICENSE.txt")


def cut_down(path: Path, characters: str) -> None:
    """Keep of a font the glyphs of some characters, and of the text's fonts the weights in use."""
    options = subset.Options(recalc_timestamp=False, layout_features=["*"], name_IDs=NOTICES)
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    if path.stem in FACES and "fvar" in font:
        whole = io.BytesIO()
        font.flavor = None
        font.save(whole)
        font = TTFont(whole, recalcTimestamp=False)
        instancer.instantiateVariableFont(font, {"wght": FACES[path.stem]}, inplace=True)
    font.flavor = "woff2"
    smaller = io.BytesIO()
    font.save(smaller)
    path.write_bytes(smaller.getvalue())


def shown(site: Path) -> set[str]:
    """Return the letters of a site's pages and of our scripts, which may show some that no page holds yet."""
    files = [*site.rglob("*.html"), *(file for folder in SCRIPTS for file in folder.glob("*.js"))]
    return {letter for file in files for letter in file.read_text("utf-8")}


def cut_down_fonts(app: Sphinx, exception: Exception | None) -> None:
    """Cut every font of the finished site down; its style sheets name the icons, its pages hold the letters."""
    if exception or app.builder.name != "html":
        return
    kept = Path(app.doctreedir, "fonts")  # what was cut before: it takes seconds, and letters seldom change
    kept.mkdir(parents=True, exist_ok=True)
    site = Path(app.outdir)
    static = site / "_static"
    styles = (static / "site.css").read_text("utf-8")
    icons = {chr(int(code, 16)) if code else letter for code, letter in ICON.findall(styles)}
    letters = shown(site)
    for font in sorted(static.rglob("*.woff2")):
        characters = "".join(sorted(icons if font.name.startswith("fa-") else letters))
        before = kept / (hashlib.sha256(font.read_bytes() + characters.encode()).hexdigest() + ".woff2")
        if not before.is_file():
            cut_down(font, characters)
            shutil.copy(font, before)
        shutil.copy(before, font)

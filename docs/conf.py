import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

import rnn_guide  # noqa: E402

# Kernels inherit these: TensorFlow's start-up lines are no part of a page.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["KERAS_BACKEND"] = "tensorflow"

project = "rnn-guide"
author = "The rnn-guide authors"
copyright = "2026, the rnn-guide authors. Text and figures: CC BY 4.0. Code: MIT"
release = rnn_guide.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.bibtex",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_exercise",
    "rnn_book",
]
exclude_patterns = ["_build"]
nitpick_ignore_regex = [("py:.*", r"(numpy|np|NDArray|matplotlib|collections|Figure|Array|Weights)\b.*")]

# Pages
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
numfig = True
copybutton_selector = ", ".join(
    f"div.{kind} pre" for kind in ("cell_input", "highlight-python", "highlight-console", "doctest")
)
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
exercise_style = "solution_follow_exercise"

# Cells
nb_execution_mode = "cache"
nb_execution_timeout = 180
# A failing cell is a warning with its traceback, and nox builds with -W. Raised, the traceback would be lost between
# the parallel readers.
nb_execution_raise_on_error = False
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "remove-warn"
nb_render_markdown_format = "myst"  # the default has no tables

# Reference
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Source", "returns_style")]
documented_modules = [
    f"rnn_guide.{name}"
    for name in ("params", "cells", "bptt", "weights", "sequences", "records", "keras", "torch", "onnx", "diagrams")
]
autodoc_mock_imports = ["torch", "onnx"]  # no page runs them, so a build need not have them

# Site: the host says where the book and its repository are; without a host there is no such link.
html_theme = "sphinx_book_theme"
html_title = "rnn-guide"
html_baseurl = os.environ.get("SITE_URL") or os.environ.get("READTHEDOCS_CANONICAL_URL", "")
server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
repository_url = f"{server}/{repository}" if server and repository else ""
repository_url = repository_url or os.environ.get("READTHEDOCS_GIT_CLONE_URL", "").removesuffix(".git")
notebooks_repository = repository if server == "https://github.com" else ""
package_source = f"git+{repository_url}" if repository_url.startswith("https://") else ""
if html_baseurl:
    html_baseurl = html_baseurl.rstrip("/") + "/"
    package_source = f"{html_baseurl}wheels/rnn_guide-{release}-py3-none-any.whl"
if package_source:
    install = f'run `python -m pip install "rnn-guide[book] @ {package_source}"`'
    first_cell = "Its first cell installs the book's package."
else:
    install = 'run `python -m pip install ".[book]"` in the project\'s folder, in an environment of your own'
    first_cell = "Install the book's package before you run it: this copy of the book has no address to fetch it from."
project_link = f"The project is at <{repository_url}>." if repository_url.startswith("https://") else ""
myst_substitutions = {"install": install, "first_cell": first_cell, "project_link": project_link}
templates_path = ["_templates"]
html_static_path = ["_static", "../web/site"]
html_js_files = ["book.js"]
html_sidebars = {"**": ["brand.html", "sbt-sidebar-nav.html"]}
html_context = {"default_mode": "light"}  # of a reader without JavaScript
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "navbar_start": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "show_toc_level": 2,
    "max_navbar_depth": 1,  # the gallery lists the scripts; the theme's toggle for pages below a page has no name
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
if repository_url.startswith("https://"):
    html_theme_options["repository_url"] = repository_url

# E-book: the same pages; nothing in it asks for a network.
epub_title = "Recurrent neural networks, explained by running them"
epub_description = "SimpleRNN, LSTM and GRU, with every number computed on the page that states it."
epub_contributor = author
epub_identifier = "urn:uuid:ce0f21ff-7c90-4a05-b93a-bc5669e6e382"
epub_uid = "book"
epub_css_files = ["ebook.css"]
epub_show_urls = "no"
epub_exclude_files = ["404.xhtml", ".buildinfo.bak"]
epub_tocscope = "includehidden"
version = release

"""The book's one Sphinx extension: what is done to its pages, in the order in which it is done.

Every listener is connected here and nowhere else. Of one event, Sphinx calls
the listeners in the order in which they were connected, save where a priority
says otherwise; the usual one is 500, and later ones have a reason beside them.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx_exercise.nodes import solution_node

from . import accessible, checks, epub, explorables, formulas
from .cells import kernels, lines, outputs, stamp, style
from .copies import notebook
from .site import fonts, identity, metadata, scripts, search, styles, versions

# What is replaced below has to be there first, in whatever order conf.py lists the extensions.
BEFORE = ("myst_nb", "sphinx_design", "sphinx_exercise")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything."""
    for extension in BEFORE:
        app.setup_extension(extension)
    register(app)
    before_reading(app)
    while_reading(app)
    while_writing(app)
    after_writing(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def register(app: Sphinx) -> None:
    """Add settings, a role, a builder, and our writers of formulas and folds."""
    app.add_config_value("documented_modules", [], "env", list)
    app.add_config_value("notebooks_repository", "", "html", str)
    app.add_config_value("package_source", "", "html", str)
    # Another version of a library makes every page outdated.
    app.add_config_value("page_stamp_versions", stamp.versions(), "env", str)
    app.add_config_value("explorables_stamp", explorables.stamp(), "html", str)
    app.add_role("runtime", checks.Runtime())
    app.add_directive("explorable", explorables.Explorable)
    app.add_node(explorables.explorable, html=(explorables.visit, explorables.depart))
    app.add_builder(epub.Epub, override=True)
    app.add_html_math_renderer(
        "katex",
        inline_renderers=(formulas.visit_inline, None),
        block_renderers=(formulas.visit_display, None),
    )
    folds = (accessible.visit_solution, accessible.depart_solution)
    app.add_node(solution_node, override=True, html=folds)
    app.add_node(HideCodeCellNode, override=True, html=(accessible.visit_hidden_input, depart_HideCellInput))
    app.add_node(nodes.citation, override=True, html=(accessible.visit_citation, accessible.depart_citation))


def before_reading(app: Sphinx) -> None:
    """Make ready what pages and kernels find while they are read."""
    app.connect("config-inited", styles.start_afresh)
    app.connect("config-inited", notebook.exclude)
    app.connect("config-inited", stamp.create_cache)
    app.connect("config-inited", kernels.use_files)
    app.connect("builder-inited", style.write_style)
    app.connect("builder-inited", epub.add_margin)
    app.connect("builder-inited", notebook.build_wheel)
    app.connect("builder-inited", formulas.copy_assets)
    app.connect("builder-inited", explorables.write_scripts)
    app.connect("builder-inited", identity.write_files)
    app.connect("builder-inited", fonts.copy_fonts)
    app.connect("builder-inited", search.switch_off)


def while_reading(app: Sphinx) -> None:
    """Follow a page from its source to its doctree."""
    app.connect("source-read", stamp.stamp)
    app.connect("doctree-read", outputs.keep_outputs)
    app.connect("env-updated", explorables.write_data)
    app.connect("env-check-consistency", checks.check_public_names)


def while_writing(app: Sphinx) -> None:
    """Follow a page from its resolved doctree to its file."""
    app.connect("doctree-resolved", formulas.render_page)
    app.connect("doctree-resolved", accessible.drop_ids)
    app.connect("doctree-resolved", epub.unfold)
    app.connect("doctree-resolved", checks.check_alternative_texts)
    app.connect("html-collect-pages", search.pages)
    app.connect("html-page-context", lines.split_lines)
    app.connect("html-page-context", metadata.add_description)
    app.connect("html-page-context", identity.add_logo)
    app.connect("html-page-context", scripts.add_inline)
    app.connect("html-page-context", explorables.load)
    app.connect("html-page-context", notebook.write)
    app.connect("html-page-context", epub.keep_own_styles, priority=900)  # once all extensions have added theirs


def after_writing(app: Sphinx) -> None:
    """Finish the site, once all of its pages are written."""
    app.connect("build-finished", styles.lighten, priority=900)  # the theme writes a style sheet at 500
    app.connect("build-finished", fonts.cut_down_fonts, priority=900)  # the icons in use stand in the sheet just made
    app.connect("build-finished", search.write, priority=900)  # no class that styles.py would see in a script
    app.connect("build-finished", versions.add_versions, priority=900)
    app.connect("build-finished", metadata.finish, priority=900)  # makes the addresses of one page absolute

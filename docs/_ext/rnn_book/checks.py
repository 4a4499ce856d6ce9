"""Fail the build on what a reader would miss: an alternative text, a documented name."""

import ast
import importlib.util
import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)


class Runtime(SphinxRole):
    """The time a page's cells take, as `benchmarks/build.py` last measured it.

    It is read from a record, so that two builds give the same page.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the time in words."""
        record = Path(self.env.srcdir) / "runtimes.json"
        self.env.note_dependency(record)
        seconds = json.loads(record.read_text("utf-8")).get(self.env.docname)
        if seconds is None:
            message = f"no time for {self.env.docname} in runtimes.json: run `python3 run.py benchmarks -- --record`"
            # A subtype of its own, because the benchmark that measures the time must get past it.
            logger.warning(message, location=self.get_location(), type="page_checks", subtype="runtime")
        return [nodes.Text(f"about {seconds} s on two cores")], []


def check_alternative_texts(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Warn of every image without an alternative text, those that cells put out included."""
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            advice = "end the cell of a plot with diagrams.picture(figure, title, description)"
            message = "image without alternative text: %s; %s"
            logger.warning(message, image.get("uri"), advice, location=image, type="page_checks")


def public_names(module_name: str) -> list[str]:
    """Return a module's ``__all__`` without importing it: one of them would bring TensorFlow into every build."""
    spec = importlib.util.find_spec(module_name)
    assert spec
    assert spec.origin
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    values = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return [str(name) for value in values for name in ast.literal_eval(value)]


def check_public_names(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every public name that the reference does not document."""
    documented = set(env.domains.python_domain.objects)
    for module_name in app.config.documented_modules:
        for name in public_names(module_name):
            if f"{module_name}.{name}" not in documented:
                logger.warning("%s.%s is public and not in the reference", module_name, name, type="page_checks")

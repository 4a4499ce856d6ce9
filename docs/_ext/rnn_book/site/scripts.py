"""Let pages run no script but the site's own: their policy names the one that stands inside of them by its hash.

A worker starts from a text that one of these scripts holds, so its address is a blob.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

INLINE = Path(__file__).parents[4] / "web" / "inline.js"


@cache
def inline() -> tuple[str, str]:
    """Return the script inside the pages, and the policy that lets it and the site's files run."""
    script = INLINE.read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return script, f"script-src 'self' 'sha256-{digest}'; worker-src blob:; object-src 'none'; base-uri 'none'"


def add_inline(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Give the templates both."""
    context["inline_script"], context["policy"] = inline()

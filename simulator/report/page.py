"""One HTML file that needs nothing else: no server, no network, no font."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ToolError
from .drawing import DARK
from .parts import Section

__all__ = ["Page", "html"]

FOLDER = Path(__file__).with_name("page")
PLOTLY = Path(__file__).parents[2] / "node_modules" / "plotly.js-cartesian-dist-min" / "plotly-cartesian.min.js"
LESS_THAN = "\\u003c"
"""How "<" is written inside a script, so that no text can end it or begin a comment."""
JOINER = "\u2060"
"""Between a minus and its dollars, so that no line ends there."""


@dataclass(frozen=True, slots=True)
class Page:
    """A title, sentences below it, and sections; `verdict` (word, class) is shown beside the title."""

    title: str
    intro: Sequence[str]
    sections: Sequence[Section]
    verdict: tuple[str, str] | None = None


def html(page: Page) -> str:
    """The page as text; whatever comes out of files is escaped, and the same page gives the same bytes.

    Raises
    ------
    ToolError : plotly.js is not installed
    """
    # imported here: a command that writes no report need not wait for it
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup

    def embedded(value: Any) -> Markup:
        return Markup(json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", LESS_THAN))

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"embedded": embedded, "tied": lambda text: text.replace("−$", f"−{JOINER}$")}
    style, script = (FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    whole = {"page": page, "dark": DARK, "style": Markup(style), "script": Markup(script), "plotly": Markup(_plotly())}
    return environment.get_template("page.html").render(**whole)


def _plotly() -> str:
    try:
        text = PLOTLY.read_text(encoding="utf-8")
    except OSError as error:
        raise ToolError(str(PLOTLY), f"cannot be read ({error.strerror})", "Run make setup") from error
    return text.replace("</script", "<\\/script")

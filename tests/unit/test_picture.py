from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import matplotlib

from simulator.picture import Line, Panel, svg

LINES = [
    Line("bonus = $1 or $2", [1.0, 1.2, 1.1], [0.9, 1.1, 1.0], [1.1, 1.3, 1.2]),
    Line("bonus = 8%", [1.0, None, 1.5], [None, None, None], [None, None, None]),
]


def drawn(lines: list[Line] = LINES) -> str:
    panels = [Panel("amplification", "{x:g}", lines), Panel("bad debt", "${x:,.0f}", lines)]
    return svg(panels, [1.0, 2.0, 4.0], ["$100", "$200", "$400"], "outside.depth", "tiny")


def test_the_same_lines_give_the_same_bytes() -> None:
    first = drawn()
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 20}):  # a user's own settings
        assert drawn() == first
    assert "<dc:date>" not in first


def test_text_is_text_and_dollars_are_dollars() -> None:
    root = ElementTree.fromstring(drawn())
    said = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"amplification", "bad debt", "outside.depth", "tiny", "$100", "bonus = $1 or $2"} <= said


def test_a_single_line_needs_no_legend() -> None:
    assert "bonus = 8%" not in drawn(LINES[1:])
    assert len(re.findall("PolyCollection", drawn(LINES[:1]))) < len(re.findall("PolyCollection", drawn()))

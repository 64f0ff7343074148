"""Which simulator and contracts these are."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

__all__ = ["code_digest"]

_ROOT = Path(__file__).resolve().parent.parent
_DIGEST = 16


@cache
def code_digest() -> str:
    """Of the simulator and the contracts: what else two runs of one scenario and seed may differ by."""
    digest = hashlib.sha256()
    for folder, pattern in (("simulator", "*.py"), ("contracts", "*.sol")):
        for path in sorted((_ROOT / folder).rglob(pattern)):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_DIGEST]

"""What the orchestration costs on top of the EVM, and how it grows."""

from .overhead import overhead
from .scale import drift, scale
from .start import opening, sending

__all__ = ["drift", "opening", "overhead", "scale", "sending"]

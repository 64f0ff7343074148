"""How long to wait for an endpoint, and how often to ask again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Patience", "Trouble", "wait_asked_for"]

_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """`seconds` for one answer, `tries` in all; before the next one it waits `first_wait` seconds, then twice that, …

    There is no jitter: the same troubles take the same time, and one reader is no stampede.
    """

    seconds: float = 30.0
    tries: int = 6
    first_wait: float = 0.5

    def waits(self) -> Iterator[float]:
        """Seconds to wait after each try that fails; none after the last."""
        for number in range(self.tries):
            yield min(self.first_wait * 2**number, _LONGEST_WAIT) if number < self.tries - 1 else 0.0


class Trouble(Exception):
    """An answer that may be better next time; `wait` are seconds that the endpoint asked for."""

    def __init__(self, what: str, wait: float = 0.0) -> None:
        self.wait = wait
        super().__init__(what)


def wait_asked_for(header: str | None) -> float:
    """Seconds of a ``Retry-After``, as far as we wait for anybody."""
    try:
        return min(max(float(header or 0), 0.0), _LONGEST_WAIT)
    except ValueError:
        return 0.0

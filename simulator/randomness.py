"""One root seed, one named stream a consumer: adding a consumer moves nobody else's draws."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["stream"]


def stream(seed: int, name: str) -> np.random.Generator:
    """Generator of the consumer `name`, for example ``prices`` or ``liquidator/fixed/3``."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(key >> 64, key & (2**64 - 1))))
    )

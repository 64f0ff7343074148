from __future__ import annotations

from hypothesis import settings

# the same examples on every machine, however slow it is
settings.register_profile("unit", deadline=None, derandomize=True)
settings.load_profile("unit")

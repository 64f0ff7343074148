"""An endpoint that fails while a scenario runs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulator import Fork, run
from tests.fork.endpoints import SECRET, StubEndpoint, always, serving
from tests.fork.original import original, small

LAST_WHOLE = 5
"""After it accounts are liquidated whose state nobody has read yet."""


def test_run_ends_early_with_the_rows_of_whole_blocks_and_the_reason(tmp_path: Path) -> None:
    with original(small()) as market:
        whole = run(small(), fork=Fork(market.uri, market.deployment(tmp_path)))
        stub = StubEndpoint(market.uri)

        def fail_later(step: int) -> None:
            if step == LAST_WHOLE:
                stub.trouble = always("403")

        with serving(stub) as url:
            broken = run(small(), fork=Fork(url, market.deployment(tmp_path)), progress=fail_later)
    assert broken.summary["complete"] is False
    assert "refuses us (HTTP 403)" in broken.summary["stopped_by"]
    assert SECRET not in broken.summary["stopped_by"]
    count = len(broken.blocks)
    assert LAST_WHOLE < count < len(whole.blocks)
    pd.testing.assert_frame_equal(broken.blocks, whole.blocks.head(count), check_dtype=False, check_exact=True)
    assert whole.summary["complete"] is True

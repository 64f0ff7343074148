"""A folder as an audit leaves it, filled with invented runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator import FIGURES

EVIL = '</script><script>window.broken = true</script><img src=x onerror="window.broken = true">'
"""What must never become part of the page."""
CAUSES = ("no room in the blocks", "slippage above the bonus", EVIL)


def interval(estimate: float | None, reach: float = 0.1) -> dict[str, float | None]:
    if estimate is None:
        return {"estimate": None, "low": None, "high": None}
    return {"estimate": estimate, "low": estimate * (1 - reach), "high": estimate * (1 + reach)}


def runs(count: int) -> pd.DataFrame:
    """Paired runs: bad debt in a few, the same liquidations in most."""
    rng = np.random.default_rng(1)
    frames = []
    debt = np.where(rng.random(count) < 0.15, rng.lognormal(11, 1.5, count), 0.0)
    shared = {name: rng.gamma(2.0, 1.0, count) for name in FIGURES}
    for arm, factor in (("current", 1.0), ("proposed", 1.3)):
        frame = pd.DataFrame({"arm": arm, "run": range(count), "seed": np.arange(count) + 7})
        frame["stress"] = np.where(np.arange(count) % 3 == 0, "garch", "jumps")
        for name, figure in FIGURES.items():
            scale = {"dollars": 1e6, "share": 0.1, "ratio": 1.0, "bps": 50.0, "blocks": 20.0, "count": 1e5}[figure.kind]
            frame[name] = shared[name] * scale
        frame["bad_debt_usd"] = debt * np.where(rng.random(count) < 0.4, factor, 1.0)
        frame["suppliers_loss_usd"] = 0.0
        frame["late_share"] = np.where(rng.random(count) < 0.2, np.nan, frame["late_share"])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def metrics() -> dict[str, Any]:
    found = {}
    for name, figure in FIGURES.items():
        for part, interval_by in (("mean", "Student's t"), ("p95", "order statistics"), ("p99", "order statistics")):
            found[f"{name}.{part}"] = {
                "label": f"{figure.label}, {part}",
                "kind": figure.kind,
                "interval": interval_by,
                "current": interval(0.5),
                "proposed": {"estimate": 0.7, "low": 0.6, "high": None},
                "difference": interval(0.2, 0.5),
            }
    return found


def static(bonus: float) -> dict[str, Any]:
    return {
        "assets": [{"protocol": "main", "asset": asset, "bonus": bonus, "toxic": False} for asset in ("WETH", "WBTC")],
        "accounts": [{"account": f"a{n}", "debt_usd": 1e6 / (n + 1), "recursive": n % 2 == 0} for n in range(20)],
        "liquidations_a_block": 38,
        "concentration": {"top_20_share": 0.61, "largest_usd": 1_000_000 * bonus},
    }


def audit(count: int) -> dict[str, Any]:
    changes = [
        {"path": "protocols.main.assets.WETH.liquidation_threshold", "from": "82.5%", "to": "85.5%"},
        {"path": "protocols.main.assets.WETH.liquidation_bonus", "from": "5%", "to": "4%"},
    ]
    several = metrics()
    example = {"run": 4, "seed": 11, "stress": "jumps", "account": EVIL, "bad_debt_usd": 9_000.0, "command": "ape run"}
    account = {"protocol": "main", "account": EVIL, "debt_usd": 5e4, "collateral_usd": 6e4}
    return {
        "proposal": {
            "name": "raise_threshold",
            "description": f"Raises the threshold {EVIL}",
            "scenario": "flash_crash",
            "changes": changes,
            "stress": [
                {"name": "garch", "share": "33%", "description": "Student-t GARCH(1,1)"},
                {"name": "jumps", "share": "67%", "description": EVIL},
            ],
        },
        "engine": "anvil",
        "versions": {"undertow": "0.1.0", "python": "3.11"},
        "command": f"ape run audit raise_threshold --runs {count}",
        "seeds": {"first": 7, "runs": count},
        "confidence": 0.95,
        "arms": ["current", "proposed", "alone 1", "alone 2"],
        "immediate": {
            "current": {"accounts": 0, "debt_usd": 0.0, "headroom_usd": 1.2e7},
            "proposed": {"accounts": 1, "debt_usd": 5e4, "headroom_usd": 1.3e7},
            "accounts": [account | {"health_factor_current": 1.02, "health_factor_proposed": 0.99}],
        },
        "static": {"current": static(0.05), "proposed": static(0.04)},
        "metrics": several,
        "alone": [{"change": change, "metrics": several} for change in changes],
        "by_stress": {name: dict(list(several.items())[:4]) for name in ("garch", "jumps")},
        "causes": [
            {
                "arm": arm,
                "cause": cause,
                "accounts": 3 + n,
                "bad_debt_usd": 1e5 * (n + 1),
                "share": 0.2,
                "example": example,
            }
            for arm in ("current", "proposed")
            for n, cause in enumerate(CAUSES)
        ],
        "limits": [
            {
                "limit": "bad_debt_usd.p99 <= 250000",
                "kind": "dollars",
                "value": interval(1e5),
                "verdict": "pass",
                "runs_needed": None,
            },
            {
                "limit": "amplification.p95 <= 1.3",
                "kind": "ratio",
                "value": interval(1.29),
                "verdict": "undecided",
                "runs_needed": 4_200,
                "reason": "too few",
            },
            {
                "limit": "accounts_liquidatable_now == 0",
                "kind": "count",
                "value": interval(1.0, 0),
                "verdict": "fail",
                "runs_needed": None,
            },
        ],
        "verdict": "fail",
        "failures": [{"arm": "proposed", "run": 17, "seed": 24, "fault": EVIL, "replay": "ape run scenario x"}],
    }


def write_audit(folder: Path, count: int = 1_000, worst: Path | None = None) -> Path:
    """An audit of `count` runs; `worst` is the folder of a run that stands for the worst of both arms."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "audit.json").write_text(json.dumps(audit(count)))
    runs(count).to_parquet(folder / "runs.parquet", index=False)
    deficits = pd.DataFrame({"arm": ["current", "proposed"], "run": [4, 4], "seed": 11, "stress": "jumps"})
    deficits["account"], deficits["bad_debt_usd"] = EVIL, [9_000.0, 12_000.0]
    deficits.to_parquet(folder / "deficits.parquet", index=False)
    for arm in ("current", "proposed") if worst else ():
        shutil.copytree(worst, folder / "worst" / arm, ignore=shutil.ignore_patterns("report.html"))
    return folder

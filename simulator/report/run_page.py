"""A run as a page."""

from __future__ import annotations

from .book_charts import book
from .cascade_charts import slippage, waiting, waves
from .keeper_charts import keepers
from .market_charts import gas, prices
from .page import Page
from .parts import Cell, Facts, Part, Section, Sentence, Table
from .run_files import RunFiles
from .wording import counted, dollars, plain, share, written

__all__ = ["run_page", "run_sections"]

MOST_ROWS = 100
LARGEST = ("block", "protocol", "keeper", "collateral", "kind", "debt repaid", "received", "slippage, bps", "profit")
SEEN = (("start", "start"), ("control_low", "lowest of the control path"), ("outside_low", "lowest outside"))
SEEN_BY = (("oracle_low", "lowest of the feed"), ("pool_low", "lowest of a pool"))


def run_page(run: RunFiles) -> Page:
    """The page of a run."""
    scenario, summary = run.scenario, run.summary
    label = f"{scenario.label}, seed {summary.seed}"
    intro = [scenario.description, _ended(run)]
    sections = [Section("What happened", _figures(run)), *run_sections(run), _reproduce(run)]
    return Page(f"Run of {label}", [text for text in intro if text], sections)


def run_sections(run: RunFiles) -> list[Section]:
    """The charts of a run by subject."""
    return [
        Section("Prices", [*prices(run), _price_table(run)]),
        Section("Blocks", [*gas(run)]),
        Section("Cascade", [*waves(run), *waiting(run), *slippage(run), _largest(run), _outcomes(run)]),
        Section("Book", [*book(run)]),
        Section("Keepers", [*keepers(run)]),
    ]


def _ended(run: RunFiles) -> str:
    summary, chain = run.summary, run.scenario.chain
    what = f"{counted(summary.blocks, 'block')} of {int(chain.block_time)} s from {chain.start:%d %B %Y %H:%M} UTC"
    if summary.complete:
        return f"{what}, on {summary.engine}."
    return f"Incomplete: it stopped after {what} ({summary.stopped_by}). What whole blocks measured is shown."


def _figures(run: RunFiles) -> list[Part]:
    summary = run.summary
    done = summary.liquidations
    pairs = [
        ("bad debt", dollars(summary.bad_debt_usd)),
        ("amplification", written(summary.amplification, "ratio")),
        ("liquidations", f"{done.count:,}"),
        ("debt repaid", dollars(done.debt_repaid_usd)),
        ("induced", share(done.induced_share)),
        ("late or never", share(summary.late.share)),
        ("peak base fee", f"{plain(round(summary.gas.peak_base_fee_gwei, 1))} gwei"),
        ("keepers' profit", dollars(summary.keepers.profit_usd)),
        ("borrowers' loss", dollars(summary.losses.borrowers_usd)),
        ("suppliers' loss", dollars(summary.losses.suppliers_usd)),
    ]
    return [Facts(pairs, tiles=True)]


def _price_table(run: RunFiles) -> Table:
    columns = [("asset", ""), *((label, name) for name, label in (*SEEN, *SEEN_BY))]
    rows = [
        [Cell(asset, asset), *(_money(getattr(price, name)) for _, name in columns[1:])]
        for asset, price in run.summary.prices.items()
    ]
    return Table("Prices, $", [label for label, _ in columns], rows)


def _money(value: float | None) -> Cell:
    return Cell("–" if value is None else f"{value:,.2f}", value)


def _largest(run: RunFiles) -> Table:
    landed = run.landed.sort_values(["debt_repaid_usd", "step"], ascending=[False, True], kind="stable")
    rows = [
        [
            Cell(str(row["step"]), int(row["step"])),
            *(Cell(row[name], row[name]) for name in ("protocol", "liquidator", "collateral_asset")),
            Cell(kind := "induced" if row["induced"] else "direct", kind),
            *(Cell(dollars(row[name]), row[name]) for name in ("debt_repaid_usd", "collateral_seized_usd")),
            Cell(written(row["slippage_bps"], "bps"), row["slippage_bps"]),
            Cell(dollars(row["profit_usd"]), row["profit_usd"]),
        ]
        for row in landed.head(MOST_ROWS).to_dict("records")
    ]
    which = f"The {MOST_ROWS} largest of {len(landed):,} liquidations" if len(landed) > MOST_ROWS else "Liquidations"
    return Table(which, LARGEST, rows, "There was none.")


def _outcomes(run: RunFiles) -> Table:
    attempts = run.liquidations
    reverted = attempts[(attempts["error"] != "") & (attempts["outcome"] != "landed")]
    why = reverted["error"].str.split("(").str[0].value_counts().sort_index()
    rows = [
        [Cell(name, name), Cell("", ""), Cell(f"{n:,}", n)] for name, n in run.summary.liquidations.outcomes.items()
    ]
    rows += [
        [Cell("failed with", "failed"), Cell(str(name), str(name)), Cell(f"{n:,}", int(n))] for name, n in why.items()
    ]
    return Table("What became of keepers' attempts", ("outcome", "error", "attempts"), rows, "There was no attempt.")


def _reproduce(run: RunFiles) -> Section:
    network = {"anvil": "foundry"}.get(run.summary.engine.partition(" ")[0], "test")
    again = f"ape run scenario scenario.yaml --seed {run.summary.seed} --network ethereum:local:{network}"
    facts = [("scenario", run.scenario.label), ("seed", str(run.summary.seed))]
    return Section(
        "To run it again",
        [
            Facts([*facts, ("engine", run.summary.engine)]),
            Sentence("With the files of this folder, which hold the scenario in full:"),
            Sentence(again, "code"),
        ],
    )

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from simulator import Result, load, run
from simulator.genesis import genesis
from simulator.simulation import Simulation
from tests.scenarios.books import Books, ether_problems, problems, read_books
from tests.scenarios.world import CRASH, TWO_POOLS, watched


class Audit:
    """One scenario with its books after every block; `books[0]` are those before the first."""

    def __init__(self, path: str) -> None:
        self.books: list[Books] = []
        self.simulation, self.result = watched(load(path), self._note)
        self.genesis = genesis(self.simulation.scenario)
        self.rows = self.result.blocks.to_dict("records")

    def _note(self, simulation: Simulation, step: int) -> None:
        self.books.append(read_books(simulation.market))


@pytest.fixture(scope="module", params=[CRASH, TWO_POOLS], ids=lambda path: path.stem)
def audit(request: pytest.FixtureRequest) -> Audit:
    return Audit(str(request.param))


def test_books_balance_after_every_block(audit: Audit) -> None:
    assert len(audit.books) == audit.simulation.scenario.chain.blocks + 1
    assert {step: found for step, books in enumerate(audit.books) if (found := problems(books))} == {}


def test_the_crash_moves_every_book(audit: Audit) -> None:
    first, last = audit.books[0], audit.books[-1]
    assert last.reserves != first.reserves
    assert last.tokens != first.tokens
    assert last.minted == first.minted
    for name in audit.simulation.market.protocols:
        key = f"{name}/USDC"
        assert last.states[key]["borrow_shares"] < first.states[key]["borrow_shares"]
        assert last.states[key]["deficit"] > first.states[key]["deficit"] == 0
        assert last.supply_shares[key] != first.supply_shares[key]


def test_a_block_burns_and_tips_what_its_row_says(audit: Audit) -> None:
    found = {
        row["step"]: wrong
        for before, after, row in zip(audit.books, audit.books[1:], audit.rows, strict=False)
        if (wrong := ether_problems(before, after, audit.genesis.coinbase, row))
    }
    assert found == {}
    assert sum(row["burnt_wei"] for row in audit.rows) > 0
    assert sum(row["tipped_wei"] for row in audit.rows) > 0


def test_ether_of_all_and_what_was_burnt_is_that_of_genesis(audit: Audit) -> None:
    # set-up pays the pinned base fee and no tip: all of it is burnt
    total, first, last = sum(audit.genesis.balances.values()), audit.books[0].ether, audit.books[-1].ether
    burnt_by_set_up = total - sum(first.values())
    assert burnt_by_set_up > 0
    assert burnt_by_set_up % audit.genesis.base_fee == 0
    assert first[audit.genesis.coinbase] == 0
    assert sum(last.values()) + sum(row["burnt_wei"] for row in audit.rows) + burnt_by_set_up == total
    assert last[audit.genesis.coinbase] == sum(row["tipped_wei"] for row in audit.rows)


def test_a_rows_fees_are_what_it_burnt_and_tipped(audit: Audit) -> None:
    mined = audit.result.transactions.dropna(subset=["index"])
    price = audit.result.blocks.set_index("step")["outside_WETH"]
    for row in audit.rows:
        paid = mined.loc[mined["step"] == row["step"], "fee_usd"].sum()
        assert paid == pytest.approx((row["burnt_wei"] + row["tipped_wei"]) / 1e18 * price[row["step"]], rel=1e-9)


def test_looking_changes_nothing(audit: Audit) -> None:
    unwatched = run(audit.simulation.scenario, engine="anvil")
    for name in ("blocks", "transactions", "liquidations"):
        assert _csv(unwatched, name) == _csv(audit.result, name)


def _csv(result: Result, name: str) -> str:
    return str(getattr(result, name).to_csv(index=False))


def _state(key: str, field: str) -> Callable[[Books], None]:
    def add_one(books: Books) -> None:
        books.states[key][field] += 1

    return add_one


def _first(field: str, key: str) -> Callable[[Books], None]:
    def add_one(books: Books) -> None:
        held = getattr(books, field)[key]
        held[next(iter(held))] += 1

    return add_one


def _number(field: str, key: str) -> Callable[[Books], None]:
    def add_one(books: Books) -> None:
        getattr(books, field)[key] += 1

    return add_one


TAMPERED = {
    "supply": _state("south/WETH", "supply"),
    "debt": _state("north/USDC", "debt"),
    "deficit": _state("south/USDC", "deficit"),
    "total supply shares": _state("north/WBTC", "supply_shares"),
    "total borrow shares": _state("north/WETH", "borrow_shares"),
    "an account's supply shares": _first("supply_shares", "south/USDC"),
    "an account's borrow shares": _first("borrow_shares", "north/WETH"),
    "a pool's balance": _number("held", "north/USDC"),
    "a venue's balance": _number("held", "weth_usdc/base"),
    "a reserve": _number("reserves", "weth_usdc/quote"),
    "a token's supply": _number("minted", "WBTC"),
    "a holder's tokens": _first("tokens", "USDC"),
}


@pytest.fixture(scope="module")
def pair() -> tuple[Books, Books, Simulation, Result]:
    """Books before and after one block."""
    books: list[Books] = []
    simulation, result = watched(
        load(TWO_POOLS, overrides=["chain.blocks=1", "events=[]"]),
        lambda simulation, step: books.append(read_books(simulation.market)),
    )
    return books[0], books[1], simulation, result


@pytest.mark.parametrize("what", TAMPERED)
def test_one_unit_more_is_found(what: str, pair: tuple[Books, Books, Simulation, Result]) -> None:
    books = deepcopy(pair[0])
    assert problems(books) == []
    TAMPERED[what](books)
    assert len(problems(books)) == 1


@pytest.mark.parametrize("whose", ["coinbase", "sender"])
def test_one_wei_more_is_found(whose: str, pair: tuple[Books, Books, Simulation, Result]) -> None:
    before, after, simulation, result = deepcopy(pair[0]), deepcopy(pair[1]), pair[2], pair[3]
    coinbase, row = genesis(simulation.scenario).coinbase, result.blocks.to_dict("records")[0]
    assert ether_problems(before, after, coinbase, row) == []
    after.ether[coinbase if whose == "coinbase" else next(iter(after.ether))] += 1
    assert len(ether_problems(before, after, coinbase, row)) == (2 if whose == "coinbase" else 1)

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.transaction import Account, Receipt
from tests.contracts.funds import FundWorld
from tests.contracts.world import WAD, Reverted, events
from tests.invariants.test_lending_pool import CRASH, SEASON, WALKS, check_always
from tests.invariants.walk import ACTORS, FORTUNE, PARTS, SYMBOLS, Step, Walk

ENDS = ("DeficitCovered", "DeficitSocialised")
OWN = ("fund_covers", "fund_socialises", "fund_sells", "donate")
VERBS = (*OWN, *OWN, "supply", "withdraw", "borrow", "repay", "liquidate", "cover_deficit", "wait", "move_price")
PATIENCE = 30 * 86_400
LAST = [Step("donate", "supplier", symbol, symbol, 300) for symbol in SYMBOLS]
LAST += [Step(verb, "supplier", symbol, "USDC", 500) for verb in ("fund_covers", "wait") for symbol in SYMBOLS]
LAST += [Step(verb, "supplier", symbol, "USDC", PARTS) for verb in OWN[:3] for symbol in SYMBOLS]


class FundWalk(Walk):
    """The walk over the pool's verbs, with those of the fund that is its treasury."""

    world: FundWorld

    def __init__(self, world: FundWorld) -> None:
        super().__init__(world, SEASON, interest=True)
        self.ledger: Counter[tuple[str, str]] = Counter()
        world.fund.send(world.owner, "setManager", world.accounts["passer_by"].address, WAD)
        world.fund.send(world.owner, "setSocialisation", True, PATIENCE)
        world.give("WETH", world.amm, 100 * 10**18)
        world.give("USDC", world.amm, 200_000 * 10**6)
        world.amm.send(world.owner, "mint", world.owner.address)

    def _follow_deficit(self, receipt: Receipt) -> None:
        super()._follow_deficit(receipt)
        for name in ("DeficitRecorded", *ENDS, "Covered", "Socialised"):
            for event in events(receipt, name):
                self.ledger[name, self._symbol(event.arguments["asset"])] += event.arguments["assets"]

    def fund_covers(self, step: Step, actor: Account) -> Receipt:
        return self._looked(step, self.world.fund.send(actor, "cover", self.world.tokens[step.symbol].address))

    def fund_socialises(self, step: Step, actor: Account) -> Receipt:
        receipt = self.world.fund.send(actor, "socialise", self.world.tokens[step.symbol].address)
        if events(receipt, "Socialised"):
            assert self.world.capital(step.symbol) == 0  # (62)
            self.done["socialised"] += 1
        return self._looked(step, receipt)

    def _looked(self, step: Step, receipt: Receipt) -> Receipt:
        noted, noted_at = self.world.fund.read("notice", self.world.tokens[step.symbol].address)
        deficit = self.world.state(step.symbol)[4]
        assert (noted == 0) == (noted_at == 0) == (deficit == 0)  # (63)
        assert noted <= deficit  # (63)
        return receipt

    def fund_sells(self, step: Step, actor: Account) -> Receipt | None:
        pair = ("WETH", "USDC") if step.size % 2 else ("USDC", "WETH")
        amount = self.world.capital(pair[0]) * step.size // PARTS
        venue, tokens = self.world.amm.address, [self.world.tokens[symbol].address for symbol in pair]
        if amount * FORTUNE[pair[1]] < FORTUNE[pair[0]]:
            return None  # would buy less than a unit
        return self.world.fund.send(self.world.accounts["passer_by"], "sell", *tokens, venue, amount, 0)

    def donate(self, step: Step, actor: Account) -> None:
        self.world.donate(step.symbol, 1 + FORTUNE[step.symbol] * step.size // PARTS // 100)


def check_fund(walk: FundWalk) -> None:
    for symbol in SYMBOLS:
        recorded, standing = walk.ledger["DeficitRecorded", symbol], walk.world.state(symbol)[4]
        covered, socialised = (walk.ledger[name, symbol] for name in ENDS)
        assert recorded == covered + socialised + standing  # (60)
        assert walk.ledger["Covered", symbol] <= covered  # donors pay as well
        assert walk.ledger["Socialised", symbol] == socialised
        assert walk.world.balance(symbol, walk.world.fund) == 0  # (61)


def explore(world: FundWorld, path: list[Step]) -> FundWalk:
    walk = FundWalk(world)
    for step in path:
        walk.take(step)
        check_always(walk)
        check_fund(walk)
    return walk


@pytest.fixture(scope="module")
def funded() -> FundWorld:
    return FundWorld()


def test_a_deficit_is_paid_socialised_or_standing_to_the_unit(funded: FundWorld) -> None:
    step = st.builds(
        Step,
        st.sampled_from(VERBS),
        st.sampled_from(ACTORS),
        st.sampled_from(SYMBOLS),
        st.sampled_from(SYMBOLS),
        st.integers(0, PARTS),
    )
    done: Counter[str] = Counter()

    @WALKS
    @given(path=st.lists(step, min_size=10, max_size=20))
    def walks(path: list[Step]) -> None:
        with funded.chain.anchor():
            walk = explore(funded, CRASH + path + CRASH + LAST)
            done.update(walk.done)
            assert sum(walk.ledger["DeficitRecorded", symbol] for symbol in SYMBOLS) > 0

    walks()
    assert min(done[verb] for verb in ("fund_covers", "fund_socialises", "fund_sells", "donate", "liquidate")) > 0


def test_a_crash_that_the_fund_cannot_pay_is_covered_first_and_socialised_after(funded: FundWorld) -> None:
    """A fixed walk that is sure to reach what a random one may miss."""
    donation = Step("donate", "supplier", "USDC", "USDC", 100)
    with funded.chain.anchor():
        walk = explore(funded, [donation, *CRASH, *CRASH, *LAST])
        assert walk.done["socialised"] > 0
        assert walk.ledger["Covered", "USDC"] > 0
        assert walk.ledger["Socialised", "USDC"] > 0
        assert walk.world.deficit() == 0
        assert walk.done["fund_sells"] > 0


def test_before_patience_has_passed_nothing_is_socialised(funded: FundWorld) -> None:
    with funded.chain.anchor():
        walk = explore(funded, [*CRASH, *CRASH, Step("fund_socialises", "attacker", "USDC", "USDC", 0)])
        assert walk.ledger["Socialised", "USDC"] == 0 < walk.world.deficit()
        with pytest.raises(Reverted):
            walk.world.pool.send(walk.world.owner, "socialiseDeficit", walk.world.usdc.address, 1)

"""A random walk over auctions of the lending pool's accounts, with the pool's own verbs between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from simulator.transaction import Account, Receipt
from tests.contracts.auctions import Dutch, English, House, arguments
from tests.contracts.world import MAX, Reverted, World, events
from tests.invariants.walk import ACTORS, FORTUNE, PARTS, SYMBOLS, Step, Walk

BIDDERS = ("liquidator", "passer_by")


class AuctionWalk(Walk):
    """The lending pool's walk, with auctions: `open` are the numbers of those that run."""

    house: House

    def __init__(self, world: World, longest_wait: int) -> None:
        super().__init__(world, longest_wait, interest=True)
        self.open: list[int] = []
        self.happened: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def start(self, step: Step, actor: Account) -> Receipt:
        """The view says to the unit what a start does in the same second, zeros when it is refused (19)."""
        pair = self.house.pair(step.symbol, step.other, actor)
        with self.world.chain.anchor():
            self.world.warp(1)
            expected = self.house.module.read("startable", *pair)
        try:
            receipt = self.house.send("start", *pair)
        except Reverted:
            assert expected == (0, 0), step
            raise
        started = arguments(receipt, "AuctionStarted")
        assert (started["lot"], started["debt"]) == expected
        self.open.append(started["id"])
        return receipt

    def restart(self, step: Step, actor: Account) -> Receipt | None:
        number = self.chosen(step)
        return self.house.send("restart", number) if number else None

    def cancel(self, step: Step, actor: Account) -> Receipt | None:
        number = self.chosen(step)
        if not number:
            return None
        receipt = self.house.send("cancel", number)
        self.open.remove(number)
        return receipt

    def take(self, step: Step) -> None:
        before = self.world.chain.head.number
        super().take(step)
        # A verb without an auction to choose is taken, but nothing happens
        refused = self.done[f"{step.verb} refused"]
        self.happened[step.verb] += self.world.chain.head.number > before and self.refused[step.verb] == refused
        self.refused[step.verb] = refused

    def chosen(self, step: Step) -> int | None:
        return self.open[step.size % len(self.open)] if self.open else None

    def bidder(self, step: Step) -> Account:
        return self.world.accounts[BIDDERS[step.size % 2]]

    def amounts(self, number: int, winner: Account) -> tuple[int, int, int]:
        """Debt and collateral of the borrower, collateral tokens of the winner."""
        auction, pool = self.house.auction(number), self.world.pool
        owed = pool.read("borrowBalance", auction["debtAsset"], auction["borrower"])
        held = pool.read("supplyBalance", auction["collateralAsset"], auction["borrower"])
        return owed, held, self.world.balance(self._symbol(auction["collateralAsset"]), winner)

    def sale(self, number: int, winner: Account, send: Callable[[], Receipt]) -> Receipt:
        """A sale pays out what its event says, no more than there was (14), and no debt is lost (15)."""
        auction = self.house.auction(number)
        with self.world.chain.anchor():
            self.world.warp(1)
            before = self.amounts(number, winner)
        receipt = send()
        sold = arguments(receipt, "Liquidated")
        owed = self.world.pool.read("borrowBalance", auction["debtAsset"], auction["borrower"])
        held = self.world.pool.read("supplyBalance", auction["collateralAsset"], auction["borrower"])
        got = self.world.balance(self._symbol(auction["collateralAsset"]), winner)
        assert sold["collateralAssets"] <= min(auction["lot"], before[1])
        assert sold["debtAssets"] <= min(auction["debt"], before[0])
        written_off = sum(
            event.arguments["assets"]
            for event in events(receipt, "DeficitRecorded")
            if (event.arguments["account"], event.arguments["asset"]) == (auction["borrower"], auction["debtAsset"])
        )
        assert 0 <= owed + sold["debtAssets"] + written_off - before[0] <= 1
        if auction["debtAsset"] != auction["collateralAsset"]:
            assert got - before[2] == sold["collateralAssets"]
            assert 0 <= before[1] - held - sold["collateralAssets"] <= 1
        return receipt

    def check(self) -> None:
        """(16), (17)."""
        auctions = [self.house.auction(number) for number in self.open]
        for symbol in SYMBOLS:
            address = self.world.tokens[symbol].address
            escrow = sum(a.get("bid", 0) for a in auctions if a["debtAsset"] == address)
            assert self.world.balance(symbol, self.house.module) == escrow
            for name in ACTORS:
                someone = self.world.accounts[name].address
                own = [a for a in auctions if a["borrower"] == someone]
                debt = sum(a["debt"] for a in own if a["debtAsset"] == address)
                lots = sum(a.get("fullLot", a["lot"]) for a in own if a["collateralAsset"] == address)
                assert self.house.module.read("underAuction", someone, address, address) == (debt, lots)


class EnglishWalk(AuctionWalk):
    """Bids from one unit to the tab, and for less and less of the lot."""

    def __init__(self, world: World, longest_wait: int) -> None:
        super().__init__(world, longest_wait)
        self.house = English(world)
        for symbol in SYMBOLS:
            self.house.send("setLotSize", world.tokens[symbol].address, FORTUNE[symbol] // 40, sender=world.owner)

    def bid(self, step: Step, actor: Account) -> Receipt | None:
        number = self.chosen(step)
        if not number:
            return None
        auction, bidder = self.house.auction(number), self.bidder(step)
        amount = min(auction["bid"] + 1 + auction["tab"] * step.size // PARTS, auction["tab"])
        lot = auction["lot"] if auction["bid"] < auction["tab"] else auction["lot"] * step.size // PARTS
        self.world.give(self._symbol(auction["debtAsset"]), bidder, auction["tab"])
        return self.house.send("bid", number, lot, amount, sender=bidder)

    def settle(self, step: Step, actor: Account) -> Receipt | None:
        number = self.chosen(step)
        return self.settle_one(number) if number else None

    def settle_one(self, number: int) -> Receipt:
        address = self.house.auction(number)["bidder"]
        winner = next((a for a in self.world.accounts.values() if a.address == address), self.world.owner)
        receipt = self.sale(number, winner, lambda: self.house.send("settle", number))
        self.open.remove(number)
        return receipt


class DutchWalk(AuctionWalk):
    """Purchases of all, of parts, and of as much as there is."""

    def __init__(self, world: World, longest_wait: int) -> None:
        super().__init__(world, longest_wait)
        self.house = Dutch(world)

    def buy(self, step: Step, actor: Account) -> Receipt | None:
        number = self.chosen(step)
        if not number:
            return None
        auction, buyer = self.house.auction(number), self.bidder(step)
        amount = MAX if step.size > PARTS // 2 else 1 + auction["lot"] * step.size // PARTS
        self.world.give(self._symbol(auction["debtAsset"]), buyer, 10**30)
        order = (number, amount, MAX, buyer.address)
        receipt = self.sale(number, buyer, lambda: self.house.send("take", *order, sender=buyer))
        if arguments(receipt, "Taken")["tab"] == 0:
            self.open.remove(number)
        return receipt

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.agents.governance import Governance
from simulator.transaction import Transaction
from tests.unit.stand_ins import PRICES, Pool, book, someone, view
from tests.unit.tiny import scenario


def governance(*events: dict[str, Any]) -> Governance:
    return Governance(scenario({"events": list(events)}), someone("owner"), someone("provider"), {"pair": 1_000})


def act(agent: Governance, step: int) -> list[Transaction]:
    return agent.act(view(step=step), PRICES, np.random.default_rng(0))


def withdrawal(at: int, share: str) -> dict[str, Any]:
    return {"kind": "liquidity_withdrawal", "at": at, "venue": "pair", "share": share}


def change(at: int, **margins: str) -> dict[str, Any]:
    return {"kind": "parameter_change", "at": at, "protocol": "main", "asset": "WETH", **margins}


def test_an_event_is_sent_in_its_block_only() -> None:
    agent = governance(withdrawal(3, "10%"))
    assert [len(act(agent, step)) for step in range(6)] == [0, 0, 0, 1, 0, 0]


def test_withdrawals_are_shares_of_what_is_left() -> None:
    agent = governance(withdrawal(1, "40%"), withdrawal(2, "50%"))
    sent = [one.data.decode() for step in (1, 2) for one in act(agent, step)]
    assert sent == ["remove 400 0xprovider", "remove 300 0xprovider"]


def test_a_change_keeps_what_it_does_not_name() -> None:
    (sent,) = act(governance(change(1, loan_to_value="70%")), 1)
    asset, *margins = sent.data.decode().split()
    assert (sent.to, sent.kind, sent.sender.name, asset) == ("0xmargins", "event", "owner", "WETH")
    assert [float(one) for one in margins] == [0.7, 0.825, 0.05]


def test_a_change_starts_from_what_governance_set_last_not_from_margins_that_moved() -> None:
    agent = governance(change(1, loan_to_value="70%"), change(2, liquidation_bonus="6%"))
    haircut = Pool(book(threshold="0.5", bonus="0.01"))
    sent = [
        one for step in (1, 2) for one in agent.act(view(step=step, pool=haircut), PRICES, np.random.default_rng(0))
    ]
    margins = [[float(one) for one in each.data.decode().split()[1:]] for each in sent]
    assert margins == [[0.7, 0.825, 0.05], [0.7, 0.825, 0.06]]


def test_events_of_one_block_take_one_nonce_each_by_sender() -> None:
    agent = governance(change(1, loan_to_value="70%"), withdrawal(1, "10%"), change(1, liquidation_threshold="80%"))
    assert [(one.sender.name, one.nonce) for one in act(agent, 1)] == [("owner", 0), ("provider", 0), ("owner", 1)]


def test_other_events_send_nothing() -> None:
    agent = governance({"kind": "gas_spike", "at": 1, "blocks": 3})
    assert act(agent, 1) == []

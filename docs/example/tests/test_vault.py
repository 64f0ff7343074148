"""What a crash does to the vault, and what it must never do."""

import pytest


def landed(result, vault):
    """Liquidations of the vault that went through."""
    table = result.liquidations
    return table[(table.outcome == "landed") & (table.account == vault.address)]


def test_opens_within_its_own_rules(world, market, vault, owner):
    _, levered = vault.events("Levered")
    assert levered.arguments["healthFactor"] >= vault.TARGET()
    assert market.health(vault) == pytest.approx(1.54, abs=0.02)
    with world.reverts("TooRisky"):
        vault.lever(world.units("10,000 USDC"), sender=owner)
    with world.reverts("NotOwner"):
        vault.lever(1, sender=world.account("stranger"))


def test_a_healthy_vault_is_left_alone(world, vault):
    with world.reverts("TooHealthy"):
        vault.deleverage(sender=world.account("stranger"))


def test_without_a_keeper_the_crash_liquidates_it(vault, crash):
    result = crash("-40%", over=10, blocks=60)
    assert len(landed(result, vault)) > 0


def test_a_keeper_saves_it(market, vault, keeper, crash):
    def never_liquidatable():
        assert market.health(vault) >= 1

    result = crash("-40%", over=40, blocks=80, check=never_liquidatable)
    assert landed(result, vault).empty
    assert len(vault.events("Deleveraged")) > 1
    assert vault.equity() > 0


@pytest.mark.scenario(
    set={"events": [{"kind": "gas_spike", "at": 0, "blocks": 80, "load_factor": 2.5, "fee_factor": 5.0}]}
)
def test_a_keeper_with_a_fixed_gas_price_comes_too_late(world, market, vault, crash):
    account = world.account("keeper")

    @market.bot
    def old_bot(turn):
        if market.health(vault) < vault.TRIGGER() / 1e18:
            turn.send(vault.deleverage, sender=account, max_fee=60)

    result = crash("-40%", over=40, blocks=80)
    assert len(landed(result, vault)) > 0
    assert vault.events("Deleveraged") == []
    waited = result.transactions[result.transactions.agent == "old_bot"]
    assert set(waited.outcome) == {"expired"}


def test_nobody_can_make_it_sell_at_a_loss(world, market, vault):
    attacker, weth, venue = world.account("attacker"), world.token("WETH"), world.venue()
    market.crash("-20%", over=5, blocks=20)
    assert market.health(vault) * 1e18 < vault.TRIGGER()
    world.give(attacker, "400 WETH")
    weth.approve(venue.router, 2**256 - 1, sender=attacker)
    router = world.at("IRouter", venue.router)
    router.swapExactInput(
        venue.address, weth, world.units("400 WETH"), 0, attacker, world.timestamp + 60, sender=attacker
    )
    with world.reverts("OutputBelowMinimum"):
        vault.deleverage(sender=attacker)


def test_in_a_fall_too_fast_no_keeper_saves_it(vault, keeper, crash):
    result = crash("-40%", over=2, blocks=30)
    assert len(landed(result, vault)) > 0
    tried = result.transactions[result.transactions.agent == "deleverager"]
    assert tried.error.str.startswith("NoHeadroom").any()

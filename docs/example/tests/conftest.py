"""What the tests of the vault share."""

import pytest


@pytest.fixture
def owner(world):
    """Who opened the vault."""
    return world.account("owner")


@pytest.fixture
def vault(world, owner):
    """A vault of 40 WETH that has borrowed nearly as much USDC as its own rules let it."""
    weth, usdc, venue = world.token("WETH"), world.token("USDC"), world.venue()
    vault = world.deploy("LeveragedVault", weth, usdc, world.protocol().pool, venue.router, venue.address, sender=owner)
    world.give(owner, "40 WETH")
    weth.approve(vault, world.units("40 WETH"), sender=owner)
    vault.deposit(world.units("40 WETH"), sender=owner)
    for amount in ("75,000 USDC", "38,000 USDC"):
        vault.lever(world.units(amount), sender=owner)
    return vault


@pytest.fixture
def keeper(world, market, vault):
    """A bot that calls ``deleverage`` whenever it may, and pays what it takes to be in the next block."""
    account = world.account("keeper")

    @market.bot
    def deleverager(turn):
        if market.health(vault) < vault.TRIGGER() / 1e18:
            turn.send(vault.deleverage, sender=account)

    return account

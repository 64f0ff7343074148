from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.oracles import Source, cannot_be_deployed, poke
from tests.contracts.world import WAD, Deployed, World, events, reverts

P = WAD // 100
INTERVAL, LONGEST, SPEED = 60, 120, 10**13  # a thousandth in a hundred seconds
RULES = (60 * P, WAD // 2, 20 * P, SPEED, INTERVAL, LONGEST)


@pytest.fixture
def stated(world: World) -> Deployed:
    return world.deploy("StatedVolatility")


@pytest.fixture
def model(world: World, stated: Deployed) -> Deployed:
    """Half of what volatility is above 60 % a year, a fifth at most."""
    return deployed(world, stated)


def deployed(world: World, stated: Deployed, rules: tuple[int, ...] = RULES) -> Deployed:
    return world.deploy("VolatilityMarginModel", world.owner.address, world.margins.address, stated.address, rules)


def say(model: Deployed, stated: Deployed, volatility: int) -> None:
    stated.send(model.world.owner, "state", model.world.weth.address, volatility)


def asked(model: Deployed, question: str) -> int:
    answer: int = model.read(question, model.world.weth.address)
    return answer


@pytest.mark.parametrize(
    ("volatility", "target"),
    [
        (1, 0),
        (60 * P, 0),
        (60 * P + 2, 1),
        (80 * P, 10 * P),
        (100 * P, 20 * P),
        (100 * P + 2, 20 * P),
        (10**30, 20 * P),
    ],
)
def test_the_target_rises_with_volatility_between_its_bounds(
    world: World, model: Deployed, stated: Deployed, volatility: int, target: int
) -> None:
    say(model, stated, volatility)
    assert asked(model, "target") == target


def test_the_first_poke_starts_the_clock_alone(world: World, model: Deployed, stated: Deployed) -> None:
    say(model, stated, 2 * WAD)
    first = poke(model)
    assert (asked(model, "haircut"), asked(model, "pokedAt")) == (0, first)
    poke(model, first + INTERVAL)
    assert asked(model, "haircut") == INTERVAL * SPEED


@pytest.mark.parametrize(
    ("elapsed", "counted"), [(INTERVAL, INTERVAL), (100, 100), (120, 120), (121, 120), (10**7, 120)]
)
def test_one_poke_after_a_jump_moves_margins_by_speed_times_time_at_most(
    world: World, model: Deployed, stated: Deployed, elapsed: int, counted: int
) -> None:
    say(model, stated, 1)
    first = poke(model)
    say(model, stated, 10 * WAD)
    poke(model, first + elapsed)
    kept = WAD - counted * SPEED
    assert asked(model, "haircut") == counted * SPEED
    margins = model.read("margin", world.weth.address, world.owner.address)
    assert margins == (75 * P * kept // WAD, 80 * P * kept // WAD)


def test_it_comes_to_its_target_and_stays_and_goes_back_at_the_same_pace(
    world: World, model: Deployed, stated: Deployed
) -> None:
    target = 250 * SPEED
    say(model, stated, 60 * P + 2 * target)
    now = poke(model)
    found = []
    for volatility in (60 * P + 2 * target,) * 4 + (1,) * 4:
        say(model, stated, volatility)
        now = poke(model, now + 100)
        found.append(asked(model, "haircut") // SPEED)
    assert found == [100, 200, 250, 250, 150, 50, 0, 0]


def test_margins_change_in_pokes_alone(world: World, model: Deployed, stated: Deployed) -> None:
    say(model, stated, 10 * WAD)
    first = poke(model)
    poke(model, first + 100)
    before = model.read("margin", world.weth.address, world.owner.address)
    say(model, stated, 100 * WAD)
    world.warp(10**6)
    assert model.read("margin", world.weth.address, world.owner.address) == before


def test_margins_round_down_and_other_assets_keep_theirs(world: World, stated: Deployed) -> None:
    model = deployed(world, stated, (0, WAD, WAD - 1, 1, INTERVAL, INTERVAL))
    say(model, stated, WAD)
    first = poke(model)
    poke(model, first + INTERVAL)
    assert model.read("margin", world.weth.address, world.owner.address) == (75 * P - 45, 80 * P - 48)
    world.margins.send(world.owner, "setMargin", world.weth.address, (1, 3, 5 * P))
    assert model.read("margin", world.weth.address, world.owner.address) == (0, 2)
    assert model.read("margin", world.wbtc.address, world.owner.address) == (70 * P, 75 * P)
    assert model.read("liquidationBonus", world.weth.address) == 5 * P


def test_one_poke_makes_no_account_fall_due_whose_health_is_a_step_above_one(
    indebted: World, borrower: Account, stated: Deployed
) -> None:
    model = deployed(indebted, stated)
    indebted.pool.send(indebted.owner, "setMarginModel", model.address)
    indebted.set_price("WETH", 1_760)  # 14,080 of threshold value for 14,000 of debt
    say(model, stated, 10 * WAD)
    now = poke(model)
    for pokes in range(1, 6):
        now = poke(model, now + LONGEST)
        assert indebted.health(borrower) == 14_080 * (WAD - pokes * LONGEST * SPEED) // 14_000
        assert (indebted.health(borrower) < WAD) == (pokes == 5)  # 1.2 thousandths each


def test_a_poke_after_the_interval_passes_and_one_second_earlier_reverts(
    world: World, model: Deployed, stated: Deployed
) -> None:
    say(model, stated, 1)
    first = poke(model)
    with reverts("PokedTooSoon", world.weth.address, first + INTERVAL):
        poke(model, first + INTERVAL - 1)
    poke(model, first + INTERVAL)


def test_a_poke_says_what_it_read_and_did(world: World, model: Deployed, stated: Deployed) -> None:
    say(model, stated, 80 * P)
    first = poke(model)
    world.warp(first + 99 - world.chain.head.timestamp)
    receipt = model.send(world.owner, "poke", world.weth.address)
    expected = {"asset": world.weth.address, "volatility": 80 * P, "target": 10 * P, "haircut": 100 * SPEED}
    assert events(receipt, "Poked")[0].arguments == expected


def test_a_volatility_that_fails_leaves_everything_as_it_was(world: World, model: Deployed, stated: Deployed) -> None:
    say(model, stated, 2 * WAD)
    first = poke(model)
    now = poke(model, first + 100)
    say(model, stated, 0)
    with reverts("NothingStated", world.weth.address):
        poke(model, now + 100)
    assert (asked(model, "haircut"), asked(model, "pokedAt")) == (100 * SPEED, now)


def test_a_lower_maximum_is_approached_at_the_same_pace(world: World, model: Deployed, stated: Deployed) -> None:
    say(model, stated, 2 * WAD)
    now = poke(model)
    for _ in range(3):
        now = poke(model, now + 100)
    receipt = model.send(world.owner, "setRules", (*RULES[:2], 50 * SPEED, *RULES[3:]))
    assert events(receipt, "RulesSet")[0].arguments["maximumHaircut"] == 50 * SPEED == model.read("rules")[2]
    found = [asked(model, "haircut") // SPEED]
    for _ in range(3):
        now = poke(model, now + 100)
        found.append(asked(model, "haircut") // SPEED)
    assert found == [300, 200, 100, 50]


@pytest.mark.parametrize(
    ("rules", "error", "arguments"),
    [
        ((0, 0, WAD, 0, 1, 1), "HaircutTooHigh", (WAD,)),
        ((0, 0, 0, WAD + 1, 1, 1), "SpeedTooHigh", (WAD + 1,)),
        ((0, 0, 0, 0, 0, 1), "IntervalOutOfRange", (0, 1)),
        ((0, 0, 0, 0, 2, 1), "IntervalOutOfRange", (2, 1)),
    ],
)
def test_rules_that_cannot_hold_are_refused(
    world: World,
    model: Deployed,
    stated: Deployed,
    rules: tuple[int, ...],
    error: str,
    arguments: tuple[int, ...],
) -> None:
    with reverts(error, *arguments):
        model.send(world.owner, "setRules", rules)
    with cannot_be_deployed(error, *arguments):
        deployed(world, stated, rules)


def test_only_the_owner_sets_rules(world: World, model: Deployed, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        model.send(attacker, "setRules", RULES)


def test_with_realised_volatility_behind_it_a_crash_tightens_margins(world: World) -> None:
    source = Source(world, 2_000 * WAD)
    realised = world.deploy("RealisedVolatility", source.address, INTERVAL, 3_600)
    model = deployed(world, realised)
    first = poke(realised)
    now = poke(realised, first + INTERVAL)
    first = poke(model)
    source.say(1_400 * WAD)
    now = poke(realised, now + INTERVAL)
    poke(model, now + INTERVAL)
    assert asked(model, "haircut") == (now + INTERVAL - first) * SPEED

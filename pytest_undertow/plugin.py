"""Fixtures for tests of contracts in a crash; nothing of Undertow is imported before one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator import Result, Scenario
    from simulator.stages import Stages
    from simulator.testing import Rehearsal, World

ENGINES = ("pyevm", "anvil")
MARK = "scenario(source, *, protocol, venue, seed, variant, set, engine): the market that a test of contracts runs in"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of ``pytest.ini``."""
    group = parser.getgroup("undertow", "tests of contracts in a crash")
    group.addoption("--undertow-engine", choices=ENGINES, help="EVM of the market: pyevm (default), or anvil")
    parser.addini("undertow_engine", "EVM of the market: pyevm or anvil", default="pyevm")
    parser.addini("undertow_scenario", "scenario of tests that name none: a shipped one's name, or a file", default="")
    parser.addini("undertow_project", "folder of the Ape project whose contracts are deployed", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARK)


@pytest.fixture(scope="session")
def undertow_stages() -> Iterator[Callable[[str], Stages]]:
    """Chains that stand at their worlds, by engine; they last for the session."""
    from simulator.stages import Stages

    opened: dict[str, Stages] = {}
    yield lambda engine: opened.setdefault(engine, Stages(engine))
    for stages in opened.values():
        stages.close()


@pytest.fixture
def undertow_engine(request: pytest.FixtureRequest) -> str:
    """The engine by command line, marker or ini file, in this order."""
    chosen = request.config.getoption("--undertow-engine") or _marked(request).get("engine")
    engine = chosen or request.config.getini("undertow_engine")
    if engine not in ENGINES:
        pytest.fail(f"undertow: engine {engine}: must be one of {', '.join(ENGINES)}", pytrace=False)
    return str(engine)


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """The scenario that the test's marker chooses; override this fixture to choose otherwise."""
    wanted = _marked(request)
    wanted.pop("engine", None)
    source = wanted.pop("source", None) or request.config.getini("undertow_scenario") or None
    if source and Path(str(source)).suffix in (".yaml", ".yml"):
        source = request.config.rootpath / source
    with _told_shortly():
        from simulator.testing import chosen

        return chosen(source, **wanted)


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    scenario: Scenario,
    undertow_engine: str,
    undertow_stages: Callable[[str], Stages],
) -> Iterator[World]:
    """A chain with the scenario's tokens, feeds, venues, protocols and position books on it, before the first block.

    ``world.deploy("MyVault", ...)`` puts a contract of the project there, ``world.account("alice")`` and
    ``world.give(alice, "10 WETH")`` somebody who uses it. All is undone after the test.
    """
    from simulator.simulation import Simulation
    from simulator.testing import Project, World

    folder = request.config.getini("undertow_project")
    root = request.config.rootpath
    project = Project(root / folder) if folder else Project.around(request.path.parent, root)
    with ExitStack() as stack:
        with _told_shortly():
            _refuse_without_contracts()
            simulation = Simulation(scenario)
            stack.enter_context(undertow_stages(undertow_engine).open(simulation))
        yield World(simulation, project)


@pytest.fixture
def market(world: World) -> Rehearsal:
    """The world's market, block by block: ``market.step()``, ``market.run()``, ``market.crash("-40%")``."""
    from simulator.testing import Rehearsal

    return Rehearsal(world)


@pytest.fixture
def crash(market: Rehearsal) -> Callable[..., Result]:
    """``crash("-40%", over=10, blocks=60)``: let a price fall and return what came of it; see `Rehearsal.crash`."""
    return market.crash


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the markers say, the closest to the test first."""
    wanted: dict[str, Any] = {}
    for mark in request.node.iter_markers("scenario"):
        given = dict(mark.kwargs)
        if mark.args:
            given["source"], *more = mark.args
            if more:
                pytest.fail(
                    f"@pytest.mark.scenario{mark.args}: takes one scenario. Give the rest by name", pytrace=False
                )
        if not isinstance(given.get("set", {}), dict):
            told = f"@pytest.mark.scenario(set={given['set']!r}): must be a dict, {{'chain.blocks': 100}} say"
            pytest.fail(told, pytrace=False)
        settings = {**given.get("set", {}), **wanted.get("set", {})}
        wanted = {**given, **wanted, **({"set": settings} if settings else {})}
    return wanted


def _refuse_without_contracts() -> None:
    from simulator.contracts import BUILD
    from simulator.errors import ToolError

    if not BUILD.is_file():
        rule = "is missing: Undertow's own contracts must be compiled"
        raise ToolError(
            str(BUILD), rule, f"Run `make setup` in {BUILD.parent.parent}, and install it with pip's --editable"
        )


@contextmanager
def _told_shortly() -> Iterator[None]:
    """One message instead of the frames in which it arose, for what the user can mend."""
    from simulator.errors import UndertowError

    try:
        yield
    except UndertowError as error:
        pytest.fail(f"undertow: {error}", pytrace=False)
    except TypeError as error:
        if "chosen()" not in str(error):
            raise
        pytest.fail(f"@pytest.mark.scenario: {error}. It takes {MARK.partition(':')[0]}", pytrace=False)

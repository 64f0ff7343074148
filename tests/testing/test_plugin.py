"""The plugin as a user has it: installed, in a pytest of its own, in a folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.contracts import artifact
from simulator.errors import ToolError
from simulator.testing import Project


def pytest_of(folder: Path, *arguments: str) -> str:
    """What a pytest prints that runs in `folder`."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:ape_test", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def compiled(folder: Path, source: str, text: str) -> Path:
    """An Ape project with one contract, a token under another name, compiled from `text`."""
    token = artifact("TestToken")
    contract = {"abi": token.abi, "deploymentBytecode": {"bytecode": "0x" + token.init_code.hex()}, "sourceId": source}
    manifest = {"contractTypes": {"Coin": contract}, "sources": {source: {"content": text}}}
    (folder / ".build").mkdir(parents=True)
    (folder / ".build" / "__local__.json").write_text(json.dumps(manifest))
    (folder / source).parent.mkdir(parents=True, exist_ok=True)
    (folder / source).write_text(text)
    return folder


def test_suite_without_its_fixtures_imports_nothing_of_it(tmp_path: Path) -> None:
    text = "import sys\ndef test_it():\n    assert not {'simulator', 'numpy', 'eth'} & set(sys.modules)\n"
    told = pytest_of(write(tmp_path, test_plain=text), "--strict-markers", "-W", "error")
    assert "1 passed" in told


def test_fixtures_and_marker_are_told(tmp_path: Path) -> None:
    told = pytest_of(tmp_path, "--fixtures")
    for fixture in ("world", "market", "crash", "scenario"):
        assert f"\n{fixture} -- " in told
    assert "@pytest.mark.scenario(source, *, protocol, venue, seed" in pytest_of(tmp_path, "--markers")


FAULTS = """
import pytest
def test_not_compiled(world): world.deploy("Coin")
@pytest.mark.scenario("flash_crush")
def test_scenario(world): ...
@pytest.mark.scenario("flash_crash", "calm")
def test_two_scenarios(world): ...
@pytest.mark.scenario(protokol="aave_v3")
def test_keyword(world): ...
@pytest.mark.scenario(set={"chain.bloks": 1})
def test_setting(world): ...
@pytest.mark.scenario(set={"chain.blocks": object()})
def test_value(world): ...
@pytest.mark.scenario(set=["chain.blocks=3"])
def test_list(world): ...
@pytest.mark.scenario(engine="geth")
def test_engine(world): ...
"""


def test_faults_are_told_in_one_line_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nundertow_engine = anvil\n")
    told = pytest_of(write(tmp_path, test_faults=FAULTS), "-rA", "--tb=short")
    for line in (
        f"{tmp_path}/.build/__local__.json: is missing: the project's contracts must be compiled. "
        f"Run `ape compile` in {tmp_path}",
        "undertow: scenario flash_crush: no such scenario or file. Choose one of ",
        "@pytest.mark.scenario('flash_crash', 'calm'): takes one scenario. Give the rest by name",
        "unexpected keyword argument 'protokol'. It takes scenario(source, *, protocol, venue, seed",
        "undertow: chain.bloks: unknown k",
        "Write values as the scenario file does, '5%' say",
        "@pytest.mark.scenario(set=['chain.blocks=3']): must be a dict, {'chain.blocks': 100} say",
        "undertow: engine geth: must be one of pyevm, anvil",
    ):
        assert line in told, f"{line}\n{told}"
    assert "simulator/" not in told.replace("simulator.errors.ToolError", "")  # none of its frames
    assert "1 failed, 7 errors" in told


def test_without_undertow_s_own_contracts_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    monkeypatch.setattr("simulator.contracts.BUILD", tmp_path / ".build" / "__local__.json")
    with pytest.raises(pytest.fail.Exception, match=f"Run `make setup` in {tmp_path}"):
        request.getfixturevalue("world")


USES = """
import pytest
def test_deploys(world, market):
    alice = world.account("alice")
    coin = world.deploy("Coin", "Coin", "COIN", 0, alice)
    coin.mint(alice, 3, sender=alice)
    market.step()
    assert coin.balanceOf(alice) == 3
    assert (world.scenario.name, world.simulation.chain.name) == ("test_market", "anvil")
@pytest.mark.scenario("calm", seed=5, set={"protocols.main.positions.count": 10})
class TestOther:
    @pytest.mark.scenario(set={"chain.blocks": 20}, engine="pyevm")
    def test_closest_marker_counts(self, scenario, undertow_engine):
        assert (scenario.name, scenario.seed, undertow_engine) == ("calm", 5, ENGINE)
        assert (scenario.chain.blocks, scenario.protocols["main"].positions.count) == (20, 10)
"""


def test_project_round_the_tests_is_deployed_from(tmp_path: Path) -> None:
    project = compiled(tmp_path / "packages" / "coin", "contracts/Coin.sol", "contract Coin {}")
    (project / "tests").mkdir()
    write(project / "tests", test_coin=USES.replace("ENGINE", "'pyevm'"))
    (tmp_path / "pytest.ini").write_text("[pytest]\nundertow_engine = anvil\n")
    assert "2 passed" in pytest_of(tmp_path)


def test_options_choose_engine_scenario_and_project(tmp_path: Path) -> None:
    compiled(tmp_path / "elsewhere", "contracts/Coin.sol", "contract Coin {}")
    write(tmp_path, test_coin=USES.replace("ENGINE", "'anvil'").replace('"test_market"', '"mine"'))
    (tmp_path / "mine.yaml").write_text("extends: calm\nname: mine\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nundertow_scenario = mine.yaml\nundertow_project = elsewhere\n")
    assert "2 passed" in pytest_of(tmp_path, "--undertow-engine", "anvil")


def test_contract_changed_since_it_was_compiled_is_refused(tmp_path: Path) -> None:
    compiled(tmp_path, "contracts/Coin.sol", "contract Coin {}")
    assert Project(tmp_path).artifact("Coin").init_code
    (tmp_path / "contracts" / "Coin.sol").write_text("contract Coin { bool changed; }")
    told = rf"contracts/Coin\.sol: has changed since it was compiled\. Run `ape compile` in {tmp_path}"
    with pytest.raises(ToolError, match=told):
        Project(tmp_path).artifact("Coin")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"contractTypes": []}'])
def test_build_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build" / "__local__.json").write_text(text)
    with pytest.raises(ToolError, match=r"cannot be read\. Run `ape compile` in .*, with --force"):
        Project(tmp_path).artifact("Coin")

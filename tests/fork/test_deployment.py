from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.deployment import load_deployment
from simulator.errors import ScenarioError
from simulator.scenario import load

WETH, USDC, DIRECTORY, PAIR = ("0x" + f"{number:02x}" * 20 for number in (1, 2, 3, 0xAB))


def settings() -> dict[str, Any]:
    return {
        "name": "mainnet",
        "assets": {"WETH": WETH, "USDC": USDC},
        "protocols": {"main": {"kind": "aave_v3", "addresses_provider": DIRECTORY, "first_block": 16_291_127}},
        "venues": {"weth_usdc": "deploy"},
    }


def written(folder: Path, changes: dict[str, Any]) -> Path:
    path = folder / "deployment.yaml"
    path.write_text(yaml.safe_dump(settings() | changes))
    return path


def test_file_is_read_with_addresses_in_lower_case(tmp_path: Path) -> None:
    mixed = "0x" + "aB" * 20
    found = load_deployment(written(tmp_path, {"venues": {"weth_usdc": {"address": mixed}}}))
    assert found.assets == {"WETH": WETH, "USDC": USDC}
    assert found.protocols["main"].first_block == 16_291_127
    assert found.protocols["main"].minimum_debt == 0
    there = found.venues["weth_usdc"]
    assert not isinstance(there, str)
    assert there.address == PAIR


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="must be readable YAML"):
        load_deployment(tmp_path / "none.yaml")


@pytest.mark.parametrize("text", ["a: [", "- 1", "!!python/object/apply:os.getcwd []", ""])
def test_text_that_is_no_plain_mapping_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "deployment.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError):
        load_deployment(path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"asets": {}}, r"asets: unknown key. Check its spelling against docs/fork\.md"),
        ({"assets": {"WETH": "0x12", "USDC": USDC}}, "assets.WETH = '0x12': String should match"),
        ({"assets": {"WETH": int(WETH, 16), "USDC": USDC}}, "must be in quotes, or YAML takes it for a number"),
        ({"assets": {"WETH": WETH, "USDC": WETH}}, "named twice; keep one"),
        ({"assets": {"WETH": "0x" + "0" * 40}}, "zero address is nobody's"),
        ({"protocols": {}}, "protocols: .* at least 1"),
        ({"protocols": {"main": {"kind": "compound"}}}, r"protocols\.main\.kind"),
        ({"protocols": {"main": {"kind": "aave_v3", "addresses_provider": DIRECTORY}}}, r"first_block: Field required"),
        ({"venues": {"weth_usdc": "maybe"}}, r"venues\.weth_usdc"),
        ({"name": "no spaces"}, "name = 'no spaces'"),
    ],
)
def test_file_that_does_not_hold_is_refused_with_its_place(changes: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = written(tmp_path, changes)
    with pytest.raises(ScenarioError, match=told):
        load_deployment(path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"assets": {"WETH": WETH}}, "assets.USDC: has no address in deployment mainnet. Add its token"),
        ({"venues": {}}, r"venues.weth_usdc: is not in .* venues: {weth_usdc: deploy}"),
        (
            {"protocols": {"core": settings()["protocols"]["main"]}},
            r"protocols.main: is not in deployment mainnet \(core\)",
        ),
        (
            {"protocols": {"main": {**settings()["protocols"]["main"], "kind": "aave_v3_6"}}},
            "protocols.main.kind = aave_v3: is aave_v3_6 there. Add --set protocol=aave_v3_6",
        ),
    ],
)
def test_scenario_that_needs_more_is_refused(changes: dict[str, Any], told: str, tmp_path: Path) -> None:
    scenario = load("flash_crash", overrides=["protocol=aave_v3"])
    load_deployment(written(tmp_path, {})).check(scenario)
    with pytest.raises(ScenarioError, match=told):
        load_deployment(written(tmp_path, changes)).check(scenario)

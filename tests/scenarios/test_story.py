"""`ape run story`: the accounts with a deficit, and the story of one, on a terminal."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import run
from tests.scenarios.test_deficits import world

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")


def told(*arguments: str, network: str = "foundry") -> subprocess.CompletedProcess[str]:
    command = [str(APE), "run", "story", *arguments, "--network", f"ethereum:local:{network}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("story") / "stingy.yaml"
    path.write_text(world("fee_policy").to_yaml())
    return str(path)


def test_the_accounts_are_listed_each_with_the_command_for_its_story(file: str) -> None:
    ended = told(file, "--seed", "7")
    assert ended.returncode == 0, ended.stderr
    rows = run(world("fee_policy"), engine="anvil").deficits
    assert f"bad debt ${rows['bad_debt_usd'].sum():,.0f}" in ended.stdout
    assert f"fee_policy │ {len(rows)} " in ended.stdout
    commands = [line for line in ended.stdout.splitlines() if line.startswith("ape run story ")]
    assert [shlex.split(line)[-1] for line in commands] == [name.removeprefix("position/") for name in rows["account"]]
    again = told(*shlex.split(commands[0])[3:-4], *shlex.split(commands[0])[-2:], network="test")
    assert f"{rows['account'][0].removeprefix('position/')} in crash, seed 7" in again.stdout


def test_a_story_fits_a_terminal_and_ends_with_the_cause(file: str) -> None:
    ended = told(file, "--account", "main/1")
    assert ended.returncode == 0, ended.stderr
    *lines, last = ended.stdout.rstrip().splitlines()
    blocks = [line for line in lines if re.match(r" +\d+ \d\d:\d\d:\d\d ", line)]
    assert len(blocks) > 3
    assert any("more that tell the same, to" in line for line in lines)
    assert max(map(len, blocks)) <= 80
    place = next(number for number, line in enumerate(lines) if "left out, fee policy" in line)
    assert re.fullmatch(r" {8}stingy/\d liquidation: sent \d+, max 11\.0 tip 11\.0 gwei", lines[place + 1])
    assert "held by fee_policy for" in lines[-1]
    assert last == "cause fee_policy: keepers bid less for a place than the liquidation would have earned"


def test_a_story_tells_places_and_decoded_errors() -> None:
    crash = str(ROOT / "tests" / "scenarios" / "crash.yaml")
    listed = told(crash)
    names = re.findall(r"--account (\S+)", listed.stdout)
    stories = [told(crash, "--account", name).stdout for name in names[:3]]
    assert any(re.search(r"swift/\d liquidation: place \d+ of \d+, sent \d+, max", one) for one in stories)
    assert any(re.search(r"(reverted|outbid): \w+\(", one) for one in stories)
    assert all("written off" in one for one in stories)


def test_an_unknown_account_ends_before_the_run_with_the_nearest_names(file: str) -> None:
    ended = told(file, "--account", "main/99")
    assert ended.returncode == 2
    assert "no such account among the 25 of crash" in ended.stderr
    assert "main/9" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "building" not in ended.stderr


def test_a_run_without_deficits_says_so(file: str) -> None:
    ended = told(file, "--set", "events=[]", "--set", "chain.blocks=5")
    assert (ended.returncode, "no account left a deficit" in ended.stdout) == (0, True)

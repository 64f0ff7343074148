"""A journal gives back what was finished, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import InputError
from simulator.code import code_digest
from simulator.journal import Asked, Journal, last_asked
from simulator.montecarlo import Outcome

IDENTITY = {"proposal": "small", "seed": 1, "code": "abc"}
ASKED = Asked(40, "runs/audit-small", "ape run audit small --runs 40")
FIRST = Outcome(
    {"bad_debt_usd": 0.1 + 0.2, "late_share": None}, [{"account": "main/1", "cause": "oracle"}], release="x"
)
SECOND = Outcome({"bad_debt_usd": 1e-300}, build_seconds=0.5)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "audit" / "journal.jsonl", IDENTITY)
    made.begin(ASKED)
    made.keep("current/0", FIRST)
    made.keep("alone 1/7", SECOND)
    return made


def path(folder: Path) -> Path:
    return folder / "audit" / "journal.jsonl"


def test_what_was_kept_comes_back_to_the_last_digit(journal: Journal, tmp_path: Path) -> None:
    assert Journal(path(tmp_path), IDENTITY).resume(ASKED) == {"current/0": FIRST, "alone 1/7": SECOND}


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_line_that_was_not_written_whole_is_forgotten_and_written_over(
    journal: Journal, tmp_path: Path, cut: int
) -> None:
    whole = path(tmp_path).read_bytes()
    path(tmp_path).write_bytes(whole[:-cut])
    assert journal.resume(ASKED) == {"current/0": FIRST}
    journal.keep("alone 1/7", SECOND)
    first, again, *rest = whole.splitlines(keepends=True)
    assert path(tmp_path).read_bytes() == b"".join([first, again, rest[0], again, rest[1]])


def test_beginning_forgets_what_was_there(journal: Journal) -> None:
    journal.begin(ASKED)
    assert journal.resume(ASKED) == {}


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (lambda whole: whole.replace(b'"late_share"', b'"late_shame"'), "line 3 of its journal is damaged"),
        (lambda whole: b"", "line 1 of its journal is damaged"),
        (lambda whole: whole.splitlines(keepends=True)[2], "was begun with other proposal"),
    ],
)
def test_a_damaged_journal_is_refused(
    journal: Journal, tmp_path: Path, damage: Callable[[bytes], bytes], rule: str
) -> None:
    path(tmp_path).write_bytes(damage(path(tmp_path).read_bytes()))
    with pytest.raises(InputError, match=rule):
        journal.resume(ASKED)


@pytest.mark.parametrize("name", IDENTITY)
def test_a_journal_of_something_else_is_refused(journal: Journal, tmp_path: Path, name: str) -> None:
    other = Journal(path(tmp_path), {**IDENTITY, name: "other"})
    with pytest.raises(InputError, match=rf"was begun with other {name} \({IDENTITY[name]}, now other\)\. Begin anew"):
        other.resume(ASKED)


def test_no_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no journal of an audit"):
        Journal(path(tmp_path), IDENTITY).resume(ASKED)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        Journal(path(tmp_path), IDENTITY).begin(ASKED)


def test_the_code_has_one_digest() -> None:
    assert code_digest() == code_digest()
    assert len(code_digest()) == 16


def test_a_full_disk_is_told_and_what_was_kept_stays(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("simulator.journal.os.fsync", full)
        with pytest.raises(InputError, match=r"No space left on device\); the runs before are kept\. Make room"):
            journal.keep("current/9", FIRST)
    assert {"current/0", "alone 1/7"} <= set(journal.resume(ASKED))


def test_what_was_asked_for_last_is_known(journal: Journal, tmp_path: Path) -> None:
    assert last_asked(path(tmp_path)) == ASKED
    more = ASKED._replace(runs=100)
    journal.resume(more)
    assert last_asked(path(tmp_path)) == more
    assert last_asked(tmp_path / "nowhere") is None

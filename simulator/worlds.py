"""Worlds on disk: what was deployed and opened once is loaded the next time.

A world is the chain's state after set-up and the answers to the first reads of it. Its name is a hash of all that it
follows from: the engine, the genesis, and every set-up transaction, and with them contracts, parameters and book.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from .chain.engine import Call, CallResult, Chain, Genesis, Head, Reader
from .contracts import decode_error
from .errors import AnchoredError, ChainError, SetUpReverted, WorldWarning
from .set_up import SetUp

__all__ = ["folder", "name_of", "opened"]

_ROOT = Path(__file__).resolve().parent.parent
_FORMAT = 1
"""Raised when an old world is no longer what would be built: another file format, or another way to begin a chain."""
_KEPT = 32
"""Worlds that stay on disk: the last ones used."""
_DIGEST = 32


@dataclass
class _World:
    state: bytes
    answers: dict[Call, CallResult]

    def pack(self) -> bytes:
        answers = [
            (call.to, call.sender, call.data.hex(), result.succeeded, result.data.hex())
            for call, result in self.answers.items()
        ]
        body = json.dumps(answers).encode() + b"\n" + self.state
        return hashlib.sha256(body).digest() + body

    @classmethod
    def unpack(cls, packed: bytes) -> _World:
        """Raises ValueError when it is damaged."""
        digest, body = packed[:_DIGEST], packed[_DIGEST:]
        if hashlib.sha256(body).digest() != digest:
            raise ValueError("checksum")
        answers, _, state = body.partition(b"\n")
        return cls(
            state,
            {
                Call(to, bytes.fromhex(data), sender): CallResult(succeeded, bytes.fromhex(result))
                for to, sender, data, succeeded, result in json.loads(answers)
            },
        )


@dataclass(frozen=True)
class _Standing:
    """Which world a chain was at when its head was `head`, and what the first reads of it answered."""

    name: str
    head: Head
    answers: dict[Call, CallResult]


_standing: WeakKeyDictionary[Chain, _Standing] = WeakKeyDictionary()


def folder() -> Path | None:
    """Where worlds are kept: ``UNDERTOW_WORLDS``, else ``.cache/worlds`` of the project; None when that is empty."""
    named = os.environ.get("UNDERTOW_WORLDS")
    if named is None:
        return _ROOT / ".cache" / "worlds"
    return Path(named) if named else None


@contextmanager
def opened(chain: Chain, genesis: Genesis, set_up: SetUp, start: int) -> Iterator[Reader]:
    """Put the world of `set_up` on a fresh chain, by loading it or by mining it; then keep it.

    A chain that was at this world before, and has been reverted to it, is ready as it is. `start` is the timestamp of
    the scenario's first block.

    Gives the reader for the first reads of the world: what it answers is kept as well.

    Raises
    ------
    SetUpReverted, ChainError : the world could not be built
    """
    where, name = folder(), name_of(chain.release, genesis, set_up)
    path = where / f"{name}.world" if where else None
    known = _known_here(chain, name)
    ready = known is not None
    if known is None and path:
        known = _load(path, chain)
        ready = known is not None
    if known is None:
        known = {}
        try:
            _build(chain, set_up, start)
        except SetUpReverted as error:
            raise SetUpReverted(error.what, error.data, error.reason or decode_error(error.data)) from error

    def read(calls: Sequence[Call]) -> list[CallResult]:
        unknown = [call for call in calls if call not in known]
        known.update(zip(unknown, chain.call_many(unknown) if unknown else [], strict=True))
        return [known[call] for call in calls]

    yield read
    _standing[chain] = _Standing(name, chain.head, known)
    if path and not ready:
        _keep(path, _World(chain.dump(), known))


def _known_here(chain: Chain, name: str) -> dict[Call, CallResult] | None:
    """Answers of the first reads, if the chain stands at that world."""
    standing = _standing.get(chain)
    at_it = standing is not None and (standing.name, standing.head) == (name, chain.head)
    return standing.answers if standing and at_it else None


def name_of(release: str, genesis: Genesis, set_up: SetUp) -> str:
    """A world's name on an engine of that release."""
    start = (genesis.gas_limit, genesis.base_fee, genesis.timestamp, genesis.coinbase, sorted(genesis.balances.items()))
    digest = hashlib.sha256(repr((_FORMAT, release, start)).encode())
    digest.update(repr([(before, len(batch)) for before, batch in set_up.late]).encode())
    late = [one for _, batch in set_up.late for one in batch]
    for one in (*set_up.transactions, *late):
        digest.update(
            f"{one.sender.address} {one.to} {one.gas_limit} {one.max_fee} {len(one.data)} ".encode() + one.data
        )
    return digest.hexdigest()[:40]


def _build(chain: Chain, set_up: SetUp, start: int) -> None:
    receipts = chain.transact(set_up.transactions)
    for before, batch in set_up.late:
        if start - before - 1 > chain.head.timestamp:
            chain.build_block([], start - before - 1)
        receipts += chain.transact(batch)
    created = [receipt.contract_address for receipt in receipts if receipt.transaction.to is None]
    if created != set_up.created:
        raise ChainError("the chain created contracts at other addresses than planned: it was not fresh")


def _load(path: Path, chain: Chain) -> dict[Call, CallResult] | None:
    try:
        world = _World.unpack(path.read_bytes())
        chain.load(world.state)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        warnings.warn(f"{path} is damaged ({error}); the world is built again", WorldWarning, stacklevel=2)
        return None
    except AnchoredError:
        return None
    with suppress(OSError):
        os.utime(path)
    return world.answers


def _keep(path: Path, world: _World) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(world.pack())
        partial.replace(path)
        for old in sorted(path.parent.glob("*.world"), key=lambda one: one.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        warnings.warn(f"the world is not kept for the next run: {error}", WorldWarning, stacklevel=2)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)

"""Compiled artifacts ↔ calldata, return values, logs and decoded errors: the only ABI code."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils import keccak

from .errors import ToolError
from .transaction import Log
from .words import decode_words, encode_words

__all__ = ["Artifact", "Event", "artifact", "decode_error", "decode_log", "learn"]

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build" / "__local__.json"
PUBLISHED = ROOT / ".build" / "published.json"
"""The code of other protocols, gathered from their npm packages by ``make setup``; ``.ci/published.json`` lists it."""
_LINKED = 20

_BUILTIN_ERRORS = {
    keccak(text="Error(string)")[:4]: ("Error", ["string"]),
    keccak(text="Panic(uint256)")[:4]: ("Panic", ["uint256"]),
}


@dataclass(frozen=True, slots=True)
class Event:
    """A decoded log: `arguments` by parameter name, addresses as lower-case hex."""

    name: str
    address: str
    arguments: dict[str, Any]


def _type(parameter: dict[str, Any]) -> str:
    """Canonical ABI type, tuples spelled out."""
    kind: str = parameter["type"]
    if not kind.startswith("tuple"):
        return kind
    inner = ",".join(_type(component) for component in parameter["components"])
    return f"({inner}){kind[5:]}"


def _signature(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(_type(parameter) for parameter in entry['inputs'])})"


@dataclass(frozen=True, slots=True)
class _Function:
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Artifact:
    """One compiled contract.

    Parameters
    ----------
    name : contract name
    abi : its ABI, as solc gives it
    init_code : creation bytecode without constructor arguments
    links : by library, where in it the library's address belongs (offsets in bytes)
    """

    def __init__(
        self,
        name: str,
        abi: Sequence[dict[str, Any]],
        init_code: bytes,
        links: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.name, self.abi, self.init_code, self.links = name, tuple(abi), init_code, dict(links or {})
        self._functions = {
            entry["name"]: _Function(
                keccak(text=_signature(entry))[:4],
                tuple(_type(parameter) for parameter in entry["inputs"]),
                tuple(_type(parameter) for parameter in entry["outputs"]),
            )
            for entry in abi
            if entry["type"] == "function"
        }

    def deployment(self, *arguments: Any, libraries: Mapping[str, str] | None = None) -> bytes:
        """Creation code with constructor `arguments`, linked to `libraries` (addresses by name)."""
        inputs: list[dict[str, Any]] = next(
            (entry["inputs"] for entry in self.abi if entry["type"] == "constructor"), []
        )
        return self._linked(libraries or {}) + encode_words([_type(parameter) for parameter in inputs], arguments)

    def _linked(self, libraries: Mapping[str, str]) -> bytes:
        code = bytearray(self.init_code)
        for library, places in self.links.items():
            address = bytes.fromhex(libraries[library].removeprefix("0x"))
            for start in places:
                code[start : start + _LINKED] = address
        return bytes(code)

    def encode(self, function: str, *arguments: Any) -> bytes:
        """Calldata of `function`; structs are tuples."""
        known = self._functions[function]
        return known.selector + encode_words(known.inputs, arguments)

    def topic(self, event: str) -> str:
        """What a log of `event` begins with, as hex."""
        entry = next(one for one in self.abi if one["type"] == "event" and one["name"] == event)
        return "0x" + keccak(text=_signature(entry)).hex()

    def decode(self, function: str, data: bytes) -> Any:
        """Return value of `function`; several come as a tuple, structs as tuples."""
        values = decode_words(self._functions[function].outputs, data)
        return values[0] if len(values) == 1 else values


@functools.cache
def _manifest() -> dict[str, Any]:
    if not BUILD.is_file():
        raise ToolError(str(BUILD.relative_to(ROOT)), "the contracts must be compiled", "Run `ape compile`")
    contracts: dict[str, Any] = json.loads(BUILD.read_bytes())["contractTypes"]
    return contracts


@functools.cache
def _published() -> dict[str, Any]:
    """``contracts`` by folder and name, ``codes``: names of errors that are numbers."""
    if not PUBLISHED.is_file():
        raise ToolError(str(PUBLISHED.relative_to(ROOT)), "the published contracts must be there", "Run `make setup`")
    published: dict[str, Any] = json.loads(PUBLISHED.read_bytes())
    return published


def _declared() -> Iterator[dict[str, Any]]:
    """All ABI entries; where two declare one event with other names of parameters, the project's own come last."""
    for contract in (*_published()["contracts"].values(), *_manifest().values()):
        yield from contract["abi"]


@functools.cache
def artifact(name: str) -> Artifact:
    """Compiled contract `name`; ``folder/name`` for one that another protocol published.

    Raises
    ------
    ToolError : not compiled
    """
    if "/" in name:
        return _published_artifact(name)
    found = _manifest().get(name)
    if found is None:
        raise ToolError(f"contract {name}", "it must be among the compiled ones", "Run `ape compile --force`")
    code = (found.get("deploymentBytecode") or {}).get("bytecode") or "0x"
    return Artifact(name, found["abi"], bytes.fromhex(code.removeprefix("0x")))


def _published_artifact(name: str) -> Artifact:
    found = _published()["contracts"].get(name)
    if found is None:
        raise ToolError(f"contract {name}", "it must be among those in .ci/published.json", "Run `make setup`")
    return Artifact(name, found["abi"], bytes.fromhex(found["bytecode"]), found["links"])


@functools.cache
def _errors() -> dict[bytes, tuple[str, list[str]]]:
    return _BUILTIN_ERRORS | _errors_of(_declared())


def _errors_of(abi: Iterable[dict[str, Any]]) -> dict[bytes, tuple[str, list[str]]]:
    return {
        keccak(text=_signature(entry))[:4]: (entry["name"], [_type(parameter) for parameter in entry["inputs"]])
        for entry in abi
        if entry["type"] == "error"
    }


def decode_error(data: bytes) -> str:
    """Revert data as text, for example ``NotLiquidatable(0x…, 1000000000000000001)``; empty data as ``""``.

    Where a protocol reverts with a number that stands for an error, its name.
    """
    if not data:
        return ""
    known = _errors().get(data[:4])
    if known is None:
        return f"0x{data[:4].hex()}"
    name, types = known
    values = [str(value) for value in decode_words(types, data[4:])]
    if name == "Error" and values[0] in _published()["codes"]:
        return str(_published()["codes"][values[0]])
    return f"{name}({', '.join(values)})"


@dataclass(frozen=True, slots=True)
class _EventShape:
    name: str
    indexed: tuple[tuple[str, str], ...]
    plain: tuple[tuple[str, str], ...]


@functools.cache
def _events() -> dict[tuple[bytes, int], _EventShape]:
    return _events_of(_declared())


def _events_of(abi: Iterable[dict[str, Any]]) -> dict[tuple[bytes, int], _EventShape]:
    table: dict[tuple[bytes, int], _EventShape] = {}
    for entry in abi:
        if entry["type"] != "event" or entry.get("anonymous"):
            continue
        sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
        for parameter in entry["inputs"]:
            sides[not parameter["indexed"]].append((parameter["name"], _type(parameter)))
        shape = _EventShape(entry["name"], tuple(sides[0]), tuple(sides[1]))
        # ERC-20 and ERC-721 Transfer share a topic and differ in how many parameters are indexed
        table[keccak(text=_signature(entry)), len(sides[0])] = shape
    return table


def learn(abi: Sequence[dict[str, Any]]) -> None:
    """Let `decode_log` and `decode_error` know a contract from elsewhere; of what is known already nothing changes."""
    for selector, error in _errors_of(abi).items():
        _errors().setdefault(selector, error)
    for topic, event in _events_of(abi).items():
        _events().setdefault(topic, event)
    decode_log.cache_clear()


@functools.lru_cache(maxsize=10_000)
def decode_log(log: Log) -> Event | None:
    """The event behind `log`, or None for one that no compiled contract declares."""
    if not log.topics:
        return None
    shape = _events().get((log.topics[0], len(log.topics) - 1))
    if shape is None:
        return None
    arguments = {
        name: decode_words([kind], topic)[0] for (name, kind), topic in zip(shape.indexed, log.topics[1:], strict=True)
    }
    values = decode_words([kind for _, kind in shape.plain], log.data)
    arguments |= {name: value for (name, _), value in zip(shape.plain, values, strict=True)}
    return Event(shape.name, log.address, arguments)

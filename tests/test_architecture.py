"""The shape of the project: who may import whom, how long things may be, what may not be called what.

A rule is a function from files to breaches. Each is held against the project, and against a small file that breaks it.
A new module of `simulator/` needs a row in MAY_IMPORT; where it does not fit, the design is the question.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("contracts", "pytest_undertow", "scripts", "simulator", "tests")

Files = dict[str, str]  # path from the root → text
Rule = Callable[[Files], list[str]]

LEAVES = {"errors", "transaction", "units"}  # every module but themselves may import them

# Rows import only rows below them: the way of the data, upside down.
MAY_IMPORT = {
    "simulator": {
        *("audit", "bench", "book_summary", "chain", "cluster", "compare", "figures", "fitting", "intervals"),
        *("fork", "paired", "processes", "proposal", "report", "running", "scenario", "story", "sweep"),
    },
    "audit": {
        *("code", "estimates", "events", "figures", "immediate", "journal", "limits", "market", "montecarlo"),
        *("paired", "prices", "proposal", "report", "roster", "running", "scenario", "simulation"),
        *("scenario_file", "stages", "static_checks"),
    },
    "bench": {"chain", "genesis", "market", "montecarlo", "paired", "processes", "scenario", "simulation"},
    "testing": {
        *("adapters", "agents", "chain", "contracts", "events", "position_book", "report", "scenario", "simulation"),
        "view",
    },
    "story": {"attribution", "following", "report", "roster", "scenario"},
    "compare": {"intervals", "paired", "report", "scenario"},
    "sweep": {"axis", "figures", "intervals", "paired", "picture", "report", "scenario"},
    "paired": {"figures", "intervals", "montecarlo", "processes", "scenario"},
    "processes": {"montecarlo"},
    "cluster": {"montecarlo"},
    "journal": {"montecarlo"},
    "montecarlo": {"code", "figures", "running", "scenario", "stages"},
    "proposal": {"fields", "refusals", "scenario_file"},
    "immediate": {"adapters", "exposures", "market", "position_book"},
    "static_checks": {
        *("adapters", "block_room", "exposures", "market", "mechanisms", "position_book", "settings"),
        "venue_depth",
    },
    "block_room": {"events", "market", "scenario"},
    "book_summary": {"book_settings", "exposures", "opening_book", "paper_book", "position_book", "prices", "scenario"},
    "running": {"chain", "fork", "genesis", "market", "report", "scenario", "simulation", "stages"},
    "fork": {
        *("chain", "deployment", "deployment_aave", "deployment_place", "deployment_venues", "events", "fork_market"),
        *("genesis", "market", "roster", "scenario"),
    },
    "fork_market": {
        *("adapters", "chain", "contracts", "deployment", "market", "opening_book", "protocols", "roster", "scenario"),
        *("set_up", "venues"),
    },
    "deployment_aave": {"deployment", "deployment_place", "opening_book"},
    "deployment_venues": {"deployment_place"},
    "deployment_place": {"chain", "contracts"},
    "deployment": {"fields", "opening_book", "refusals", "scenario", "scenario_file"},
    "stages": {"chain", "genesis", "market", "simulation", "worlds"},
    "report": {
        *("accounts", "attribution", "eligibility", "figures", "following", "measurements", "mechanisms"),
        *("outcomes", "scenario", "simulation"),
    },
    "simulation": {
        *("adapters", "block", "casting", "chain", "market", "measurements", "mempool", "prices", "randomness"),
        "scenario",
    },
    "casting": {"agents", "chain", "events", "market", "prices", "randomness", "scenario"},
    # What a real bot can know is the view; never the chain, the market or a protocol behind an adapter.
    "agents": {"adapters", "agent_settings", "events", "mechanisms", "scenario", "settings", "tables", "terms", "view"},
    "measurements": {"accounts", "adapters", "block", "eligibility", "following", "market", "mempool", "outcomes"},
    "attribution": {"following"},
    "following": {"adapters", "market", "mempool", "outcomes", "room", "terms"},
    "outcomes": {"adapters", "contracts", "eligibility", "market", "mempool", "terms"},
    "eligibility": {"adapters"},
    "accounts": {"adapters", "opening_book", "position_book"},
    "market": {
        *("adapters", "agent_settings", "chain", "contracts", "events", "genesis", "mechanisms", "mempool"),
        "opening_book",
        *("outfit", "protocols", "roster", "scenario", "set_up", "settings", "venue_settings", "venues", "view"),
        "worlds",
    },
    "genesis": {"chain", "protocols", "roster", "scenario"},
    "outfit": {
        *("adapters", "agent_settings", "chain", "mechanisms", "opening_book", "roster", "scenario", "set_up"),
        "view",
    },
    "view": {"adapters", "contracts", "mempool"},
    "roster": {"book_file", "chain", "events", "randomness", "scenario", "settings"},
    "protocols": {
        *("adapters", "chain", "contracts", "kinds", "mechanisms", "opening_book", "position_book", "set_up"),
        *("settings", "terms"),
    },
    "venues": {"adapters", "chain", "contracts", "kinds", "set_up", "settings", "venue_settings"},
    "venue_depth": {"adapters"},
    "adapters": {"chain", "mechanisms", "opening_book", "position_book", "set_up", "terms"},
    "worlds": {"chain", "contracts", "set_up"},
    "block": {"chain", "mempool"},
    "mempool": set(),
    "prices": {"events", "price_models", "scenario"},
    "paper_book": {"mechanisms", "opening_book", "position_book", "scenario", "settings"},
    "exposures": {"position_book"},
    "opening_book": {"book_file", "book_settings", "mechanisms", "randomness", "scenario", "settings"},
    "book_file": {"book_settings", "tables"},
    "scenario": {
        *("agent_settings", "events", "fields", "mechanisms", "refusals", "scenario_file", "scenario_references"),
        *("settings", "venue_settings"),
    },
    "scenario_references": {"agent_settings", "fields", "settings"},
    "events": {"fields"},
    "settings": {"agent_settings", "book_settings", "fields", "kinds", "mechanisms", "price_models", "venue_settings"},
    "venue_settings": {"fields"},
    "book_settings": {"fields"},
    "price_models": {"fields", "randomness", "tables"},
    # A mechanism is a file: what a scenario sets, how it is deployed, what keepers must know of it.
    "mechanisms": {"agent_settings", "chain", "contracts", "fields", "position_book", "set_up", "terms"},
    "agent_settings": {"fields"},
    "set_up": {"chain", "contracts"},
    "contracts": {"words"},
    "fitting": {"tables"},
    "words": set(),
    "chain": set(),
    "fields": set(),
    "refusals": set(),
    "scenario_file": set(),
    "tables": set(),
    "terms": set(),
    "position_book": {"asset_state"},
    "asset_state": set(),
    "kinds": set(),
    "room": set(),
    "axis": set(),
    "code": set(),
    "figures": set(),
    "limits": {"estimates"},
    "estimates": {"intervals", "randomness"},
    "randomness": set(),
    "intervals": set(),
    "picture": set(),
    "transaction": {"errors"},
    "units": {"errors"},
    "errors": set(),
}

# Outside packages and the only places that know them; the first pattern that fits counts.
LIBRARIES = {
    "eth_abi": {"chain", "words"},
    "eth_utils": {"chain", "contracts"},
    "psutil": {"bench"},
    "eth_*": {"chain"},
    "coincurve": {"chain"},
    "eth": {"chain"},
    "hexbytes": {"chain"},
    "rlp": {"chain"},
    "web3": {"chain"},
    "urllib3": {"chain"},
    "ape": {"chain", "contracts", "scripts"},
    "ape_*": {"chain", "contracts", "scripts"},
    "matplotlib": {"picture"},
    "distributed": {"cluster"},
    "jinja2": {"report"},
    "plotly": {"report"},
    "pandas": {"audit", "compare", "measurements", "paired", "report", "sweep"},
    "scipy": {"estimates", "fitting", "intervals"},
    "arch": {"fitting"},
    "click": {"scripts"},
    "rich": {"scripts"},
}

NO_NAMES = {"base", "common", "core", "helper", "helpers", "manager", "managers", "types", "util", "utils"}


# Reading


def python(files: Files, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    for path, text in files.items():
        if path.endswith(".py") and path.partition("/")[0] in folders:
            yield path, ast.parse(text, path)


def area(path: str) -> str:
    """Module of simulator/ that `path` belongs to (`chain/pyevm.py` is `chain`), or its top folder."""
    top, *rest = PurePosixPath(path).with_suffix("").parts
    return rest[0] if top == "simulator" and rest[0] != "__init__" else top


def imports(path: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Full dotted name of each imported module, and the name taken from it ("" where the module itself is)."""
    folder = PurePosixPath(path).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = folder[: len(folder) - node.level + 1] if node.level else ()
            module = ".".join([*start, *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)


def inside(path: str, tree: ast.Module) -> Iterator[str]:
    """Other modules of simulator/ that `path` imports."""
    for module, name in imports(path, tree):
        top, *rest = module.split(".")
        target = rest[0] if rest else name
        if top == "simulator" and target != area(path):
            yield target


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Name and lines of the body, without its docstring, of every function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            last = node.end_lineno or node.lineno
            yield node.name, last - body[0].lineno + 1 if body else 0


def solidity(files: Files) -> Iterator[tuple[str, str]]:
    """Contracts with comments and strings blanked out, line by line as they were."""
    dead = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
    for path, text in files.items():
        if path.endswith(".sol"):
            yield path, dead.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def solidity_functions(code: str) -> Iterator[tuple[str, int]]:
    head = re.compile(r"\b(?:(?:function|modifier)\s+(\w+)|constructor|receive|fallback)\b[^;{}]*\{")
    for match in head.finditer(code):
        depth, end = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        yield match[1] or match[0].partition("(")[0].strip(), len(code[match.end() : end - 1].strip().splitlines())


def literal_list(tree: ast.Module, name: str) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            return list(ast.literal_eval(node.value))
    return None


# Rules: direction


def imports_point_down(files: Files) -> list[str]:
    def allowed(module: str) -> set[str]:
        return MAY_IMPORT.get(module, set()) | (set() if module in LEAVES else LEAVES)

    return [
        f"{path}: {area(path)} may not import {target}"
        for path, tree in python(files, "simulator")
        for target in inside(path, tree)
        if target not in allowed(area(path))
    ]


def modules_have_a_place(files: Files) -> list[str]:
    return [f"{path}: no row in MAY_IMPORT" for path, _ in python(files, "simulator") if area(path) not in MAY_IMPORT]


def scripts_use_the_front_door(files: Files) -> list[str]:
    return [
        f"{path}: imports {module}; commands use what simulator/__init__.py exports"
        for path, tree in python(files, "scripts")
        for module, _ in imports(path, tree)
        if module.startswith("simulator.")
    ]


def libraries_stay_in_their_place(files: Files) -> list[str]:
    breaches = []
    for path, tree in python(files, "simulator", "scripts"):
        for module, _ in imports(path, tree):
            package = module.partition(".")[0]
            places = next((places for pattern, places in LIBRARIES.items() if fnmatch(package, pattern)), None)
            if places is not None and area(path) not in places:
                breaches.append(f"{path}: {package} belongs to {', '.join(sorted(places))}")
    return breaches


# Rules: size


def contracts_are_short(files: Files) -> list[str]:
    return [f"{path}: {text.count(chr(10))} lines > 560" for path, text in solidity(files) if text.count("\n") > 560]


def contract_functions_are_short(files: Files) -> list[str]:
    return [
        f"{path}: {name}: {lines} lines > 45"
        for path, code in solidity(files)
        for name, lines in solidity_functions(code)
        if lines > 45
    ]


def python_files_are_short(files: Files) -> list[str]:
    def budget(path: str) -> int:
        command = path.startswith("scripts/") and not PurePosixPath(path).name.startswith("_")
        return 40 if command else 300

    return [
        f"{path}: {lines} lines > {budget(path)}"
        for path, text in files.items()
        if path.startswith(("simulator/", "scripts/")) and path.endswith(".py")
        if (lines := len(text.splitlines())) > budget(path)
    ]


def python_functions_are_short(files: Files) -> list[str]:
    return [
        f"{path}: {name}: {lines} lines > 40"
        for path, tree in python(files, "simulator", "scripts")
        for name, lines in functions(tree)
        if lines > 40
    ]


def nine_functions_in_ten_fit_18_lines(files: Files) -> list[str]:
    lengths = sorted(lines for _, tree in python(files, "simulator") for _, lines in functions(tree))
    percentile = lengths[(len(lengths) * 9 + 9) // 10 - 1] if lengths else 0
    return [f"simulator: 90 % of functions have up to {percentile} lines > 18"] if percentile > 18 else []


# Rules: names and forms


def names_say_what_is_inside(files: Files) -> list[str]:
    return [path for path in files if NO_NAMES & {part.lower() for part in PurePosixPath(path).with_suffix("").parts}]


def the_package_is_not_shadowed(files: Files) -> list[str]:
    return [path for path in files if path.startswith(("tests/simulator/", "tests/simulator.py"))]


def inits_only_export(files: Files) -> list[str]:
    def exports(node: ast.stmt) -> bool:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        listed = isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
        return docstring or listed or isinstance(node, ast.Import | ast.ImportFrom)

    return [
        f"{path}:{node.lineno}: {ast.unparse(node).splitlines()[0]}"
        for path, tree in python(files, *FOLDERS)
        if PurePosixPath(path).name == "__init__.py"
        for node in tree.body
        if not exports(node)
    ]


def exports_are_sorted(files: Files) -> list[str]:
    def key(name: str) -> tuple[int, str]:  # CONSTANTS, Classes, functions
        return (0 if name.isupper() else 1 if name[0].isupper() else 2), name

    lists = ((path, literal_list(tree, "__all__")) for path, tree in python(files, *FOLDERS))
    return [f"{path}: sort __all__" for path, names in lists if names is not None and names != sorted(names, key=key)]


KNOW_PROTOCOLS = (
    *("simulator/protocols/*", "simulator/kinds.py", "simulator/deployment*.py", "simulator/fork*.py"),
    "simulator/mechanisms/*",  # whose docstrings say what they copy
)


def protocols_are_known_to_their_adapters(files: Files) -> list[str]:
    published = re.compile(r"aave|morpho", re.IGNORECASE)
    return [
        f"{path}: names {found.group()}"
        for path, text in files.items()
        if path.startswith("simulator/") and path.endswith(".py")
        if not any(fnmatch(path, known) for known in KNOW_PROTOCOLS)
        for found in published.finditer(text)
    ]


def one_file_knows_the_scale(files: Files) -> list[str]:
    def is_scale(node: ast.AST) -> bool:
        return (isinstance(node, ast.BinOp) and ast.unparse(node) == "10 ** 18") or (
            isinstance(node, ast.Constant) and type(node.value) in {int, float} and node.value == 10**18
        )

    return [
        f"{path}:{node.lineno}: 10**18 is known to units.py only"  # type: ignore[attr-defined]
        for path, tree in python(files, "simulator", "scripts")
        if path != "simulator/units.py"
        for node in ast.walk(tree)
        if is_scale(node)
    ]


def contracts_play_no_tricks(files: Files) -> list[str]:
    return [
        f"{path}:{number}: {found[0]}"
        for path, code in solidity(files)
        if not path.startswith("contracts/mocks/")
        for number, line in enumerate(code.splitlines(), 1)
        if (found := re.search(r"\b(assembly|unchecked)\b", line))
    ]


def lines(count: int) -> str:
    return "    x = 1\n" * count


BROKEN: list[tuple[Rule, str, str]] = [
    (imports_point_down, "simulator/mempool.py", "from .simulation import run"),
    (imports_point_down, "simulator/agents/liquidator.py", "from ..chain.engine import Chain"),
    (imports_point_down, "simulator/agents/liquidator.py", "from .. import protocols"),
    (imports_point_down, "simulator/measurements.py", "from .simulation import Run"),
    (imports_point_down, "simulator/chain/pyevm.py", "import simulator.contracts"),
    (
        imports_point_down,
        "simulator/block.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import market",
    ),
    (imports_point_down, "simulator/units.py", "def late():\n    from .transaction import Account"),
    (imports_point_down, "simulator/errors.py", "from simulator import units"),
    (imports_point_down, "simulator/prices.py", "from . import run"),
    (modules_have_a_place, "simulator/miscellany/things.py", ""),
    (scripts_use_the_front_door, "scripts/audit.py", "from simulator.audit import compare"),
    (libraries_stay_in_their_place, "simulator/market.py", "import web3"),
    (libraries_stay_in_their_place, "simulator/prices.py", "from eth_abi import encode"),
    (libraries_stay_in_their_place, "simulator/contracts.py", "from eth_account import Account"),
    (libraries_stay_in_their_place, "simulator/contracts.py", "from eth.vm.forks.prague import PragueVM"),
    (libraries_stay_in_their_place, "simulator/market.py", "import ape_foundry"),
    (libraries_stay_in_their_place, "simulator/simulation.py", "def late():\n    import pandas as pd"),
    (libraries_stay_in_their_place, "simulator/report/tables.py", "from rich.table import Table"),
    (libraries_stay_in_their_place, "simulator/__init__.py", "import click"),
    (libraries_stay_in_their_place, "scripts/scenario.py", "import pandas"),
    (libraries_stay_in_their_place, "simulator/sweep.py", "def late():\n    from matplotlib.figure import Figure"),
    (libraries_stay_in_their_place, "simulator/compare.py", "from scipy.special import stdtrit"),
    (contracts_are_short, "contracts/A.sol", "\n" * 561),
    (contract_functions_are_short, "contracts/A.sol", "function f(uint256 a) public {\n" + lines(46) + "}"),
    (contract_functions_are_short, "contracts/A.sol", "constructor() {\n if (a) {\n" + lines(43) + "}\n b;\n}"),
    (contract_functions_are_short, "contracts/A.sol", 'function f() {\n b("}");\n' + lines(45) + "}"),
    (python_files_are_short, "simulator/a.py", "x = 1\n" * 301),
    (python_files_are_short, "scripts/a.py", "x = 1\n" * 41),
    (python_functions_are_short, "simulator/a.py", "class A:\n  def f(self):\n" + lines(41)),
    (nine_functions_in_ten_fit_18_lines, "simulator/a.py", "def f():\n" + lines(19)),
    (names_say_what_is_inside, "simulator/utils.py", ""),
    (names_say_what_is_inside, "simulator/core/loop.py", ""),
    (names_say_what_is_inside, "contracts/lending/Helpers.sol", ""),
    (the_package_is_not_shadowed, "tests/simulator/test_units.py", ""),
    (
        inits_only_export,
        "simulator/agents/__init__.py",
        '"""Agents."""\nfrom .keeper import Keeper\nTABLE = {"keeper": Keeper}',
    ),
    (inits_only_export, "simulator/__init__.py", "def run(): ..."),
    (exports_are_sorted, "simulator/a.py", '__all__ = ["b", "a"]'),
    (exports_are_sorted, "simulator/a.py", '__all__ = ["a", "B"]'),
    (protocols_are_known_to_their_adapters, "simulator/audit/arms.py", 'if protocol.kind == "aave_v3": pass'),
    (one_file_knows_the_scale, "simulator/market.py", "price = 3 * 10**18"),
    (one_file_knows_the_scale, "scripts/audit.py", "ether = 1e18"),
    (one_file_knows_the_scale, "simulator/market.py", "ONE = 1_000_000_000_000_000_000"),
    (contracts_play_no_tricks, "contracts/A.sol", "unchecked { i++; }"),
    (contracts_play_no_tricks, "contracts/A.sol", 'assembly ("memory-safe") { }'),
]

SOUND: list[tuple[Rule, str, str]] = [
    (imports_point_down, "simulator/mempool.py", "from .errors import InputError\nfrom .units import WAD\nimport json"),
    (imports_point_down, "simulator/agents/liquidator.py", "from . import keeper\nfrom .keeper import Keeper"),
    (imports_point_down, "simulator/__init__.py", "from .running import run\nfrom .errors import InputError"),
    (scripts_use_the_front_door, "scripts/audit.py", "from simulator import compare"),
    (libraries_stay_in_their_place, "simulator/contracts.py", "from eth_utils import keccak\nimport ape"),
    (libraries_stay_in_their_place, "simulator/chain/pyevm.py", "import eth_account, rlp\nfrom eth.vm.base import VM"),
    (contracts_are_short, "contracts/A.sol", "\n" * 560),
    (contract_functions_are_short, "contracts/A.sol", "function f() public {\n" + lines(45) + "}"),
    (contract_functions_are_short, "contracts/I.sol", "function f() external;\nstruct S {\n" + lines(46) + "}"),
    (python_functions_are_short, "simulator/a.py", 'def f():\n    """One.\n\n    Two.\n    """\n' + lines(40)),
    (names_say_what_is_inside, "simulator/transaction.py", ""),
    (exports_are_sorted, "simulator/a.py", '__all__ = ["WAD", "Block", "account"]'),
    (protocols_are_known_to_their_adapters, "simulator/protocols/aave_v3.py", 'POOL = "aave_v3/Pool"'),
    (one_file_knows_the_scale, "simulator/units.py", "WAD = 10**18"),
    (contracts_play_no_tricks, "contracts/A.sol", '// no assembly\n/* nor\n unchecked */ string s = "unchecked";'),
    (contracts_play_no_tricks, "contracts/mocks/GasSink.sol", "assembly { invalid() }"),
]

RULES = list(dict.fromkeys(rule for rule, _, _ in BROKEN))


@pytest.fixture(scope="module")
def files() -> Files:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".sol"})
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(found)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_project_keeps(rule: Rule, files: Files) -> None:
    breaches = rule(files)
    assert not breaches, "\n".join(["", *breaches])


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN, ids=lambda part: getattr(part, "__name__", ""))
def test_breach_is_found(rule: Rule, path: str, text: str) -> None:
    assert rule({path: text})


@pytest.mark.parametrize(("rule", "path", "text"), SOUND, ids=lambda part: getattr(part, "__name__", ""))
def test_near_miss_passes(rule: Rule, path: str, text: str) -> None:
    assert rule({path: text}) == []


def test_project_was_read(files: Files) -> None:
    for folder in ("contracts", "simulator", "tests"):
        assert any(path.startswith(f"{folder}/") for path in files)


def test_rows_import_only_rows_below() -> None:
    order = list(MAY_IMPORT)
    upward = [
        (a, b) for a, row in MAY_IMPORT.items() for b in row if b not in order or order.index(b) <= order.index(a)
    ]
    assert upward == []
    assert set(order[-len(LEAVES) :]) == LEAVES

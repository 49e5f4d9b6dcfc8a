"""Mutation testing of the pure modules: `python bench/mutants.py [module …] [--every N]`.

Each mutant changes one comparison, operator, constant, condition or return of a module, in memory; the tests
of that module run on it in a process of their own, which stops at the first failure. A mutant that no test
turns red survives and is printed with its line. `--every 5` tries one mutant in five. Prints one line of JSON
at the end. Target: 90 % killed. The tests need no database: their conftest is left out.
"""

import argparse
import ast
import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODULES = (
    {
        f"surveys/protocol/{name}.py": f"tests/surveys/protocol/test_{name}.py"
        for name in ("calendar", "planning", "occasion", "caps", "reaching", "rerouting", "telling")
    }
    | {
        f"surveys/questionnaire/{name}.py": f"tests/surveys/questionnaire/test_{name}.py"
        for name in ("expression", "paths", "logic", "coding", "conditions", "evolution")
    }
    | {f"surveys/honesty/{name}.py": f"tests/surveys/honesty/test_{name}.py" for name in ("rules", "device")}
)
SECONDS = 120
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.Pow: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: where, what it was and what it becomes."""

    module: str
    line: int
    before: str
    after: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Change one thing at a time in the functions of a module; docstrings and annotations stay."""
    tree = ast.parse((ROOT / module).read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.expr, ast.stmt))]
    places = [(place, node) for place, node in enumerate(nodes) if _is_code(node, tree)]
    for place, node in places:
        for change in changes(node):
            changed = copy.deepcopy(tree)
            target = [n for n in ast.walk(changed) if isinstance(n, (ast.expr, ast.stmt))][place]
            before = ast.unparse(target)
            change(target)
            after = ast.unparse(target)
            yield Mutant(module, node.lineno, before, after, ast.unparse(ast.fix_missing_locations(changed)))


def _is_code(node: ast.AST, tree: ast.Module) -> bool:
    inside = _inside(tree)
    return id(node) in inside


_kept: dict[int, set[int]] = {}


def _inside(tree: ast.Module) -> set[int]:
    """Name the nodes that run in a function or give a module's constant, docstrings and annotations apart."""
    if id(tree) not in _kept:
        found: set[int] = set()
        for function in ast.walk(tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for statement in function.body:
                    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                        found |= {id(node) for node in ast.walk(statement)}
        for statement in tree.body:
            if isinstance(statement, ast.Assign):
                found |= {id(node) for node in ast.walk(statement.value)}
        _kept[id(tree)] = found
    return _kept[id(tree)]


Change = Callable[[Any], None]


def changes(node: ast.AST) -> list[Change]:
    """Give the ways in which one node may be wrong."""
    return [change for kind, ways in WAYS.items() if isinstance(node, kind) for change in ways(node)]


def _comparison(node: Any) -> list[Change]:
    if type(node.ops[0]) not in COMPARISONS:
        return []
    return [lambda n: n.ops.__setitem__(0, COMPARISONS[type(n.ops[0])]())]


def _operator(node: Any) -> list[Change]:
    return [lambda n: setattr(n, "op", OPERATORS[type(n.op)]())] if type(node.op) in OPERATORS else []


def _connective(_node: Any) -> list[Change]:
    return [lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())]


def _negation(node: Any) -> list[Change]:
    return [lambda n: setattr(n, "operand", _not(n.operand))] if isinstance(node.op, ast.Not) else []


def _constant(node: Any) -> list[Change]:
    if isinstance(node.value, bool):
        return [lambda n: setattr(n, "value", not n.value)]
    return [lambda n: setattr(n, "value", n.value + 1)] if isinstance(node.value, int) else []


def _extreme(node: Any) -> list[Change]:
    other = {"min": "max", "max": "min"}.get(getattr(node.func, "id", ""))
    return [lambda n: setattr(n.func, "id", other)] if other else []


def _condition(_node: Any) -> list[Change]:
    return [lambda n: setattr(n, "test", _not(n.test))]


def _answer(node: Any) -> list[Change]:
    given = node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None)
    return [lambda n: setattr(n, "value", ast.Constant(None))] if given else []


def _not(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


WAYS: dict[type[ast.AST], Callable[[Any], list[Change]]] = {
    ast.Compare: _comparison, ast.BinOp: _operator, ast.BoolOp: _connective, ast.UnaryOp: _negation,
    ast.Constant: _constant, ast.Call: _extreme, ast.IfExp: _condition, ast.If: _condition,
    ast.Return: _answer,
}  # fmt: skip


PLUGIN = '''
"""Put a mutant in the place of its module."""
import importlib.abc, importlib.util, os, sys

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != os.environ["MUTANT_NAME"]:
            return None
        return importlib.util.spec_from_file_location(name, os.environ["MUTANT_FILE"])

sys.meta_path.insert(0, Finder())
'''


def survives(mutant: Mutant, home: Path) -> bool:
    """Run the module's tests on a mutant; one that hangs is killed too."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", dir=home, delete=False) as file:
        file.write(mutant.source)
    name = mutant.module.removesuffix(".py").replace("/", ".")
    environment = {
        **os.environ,
        "MUTANT_NAME": name,
        "MUTANT_FILE": file.name,
        "PYTHONPATH": os.pathsep.join((str(home), str(ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "mutant_plugin", "-p", "no:cacheprovider",
        "-p", "no:randomly", "--noconftest", "--no-header", MODULES[mutant.module],
    ]  # fmt: skip
    try:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        Path(file.name).unlink()
    return ended.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutation testing of the pure modules.")
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    began, survivors, tried = time.perf_counter(), 0, 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(given.workers) as pool:
        home = Path(folder)
        (home / "mutant_plugin.py").write_text(PLUGIN)
        made = [mutant for module in given.modules for mutant in mutants(module)][:: given.every]
        for mutant, survived in zip(made, pool.map(lambda one: survives(one, home), made), strict=True):
            tried += 1
            if survived:
                survivors += 1
                print(f"{mutant.module}:{mutant.line}: {mutant.before} -> {mutant.after}", flush=True)
    killed = round(1 - survivors / max(tried, 1), 3)
    print(json.dumps({"mutants": tried, "survivors": survivors, "killed": killed,
                      "seconds": round(time.perf_counter() - began)}))  # fmt: skip


if __name__ == "__main__":
    main()

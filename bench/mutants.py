"""Mutation testing of the pure modules: `python bench/mutants.py [module …] [--every N]`.

Each mutant changes one comparison, operator, constant, condition or return of a module, in memory; the
tests of that module, which passed without it, run on it in a process of their own, up to the first failure.
One that no test turns red survives and is printed with its line. `--every 5` tries one mutant in five.
Prints one line of JSON a module, then one of all. Target: 90 % killed in each module. The tests need no
database: their conftest is left out.
"""

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
FIRST_PARTY = ("quality", "surveys", "charter", "tests")
LISTED = {
    "surveys/protocol": ("calendar", "planning", "occasion", "caps", "reaching", "rerouting", "telling"),
    "surveys/questionnaire": ("expression", "paths", "logic", "coding", "conditions", "evolution"),
    "surveys/honesty": ("rules", "device"),
}
MODULES = {
    f"{package}/{name}.py": (f"tests/{package}/test_{name}.py",)
    for package, names in LISTED.items()
    for name in names
}
# What came of a request before is planned with in the tests of what goes round a dead number.
MODULES["surveys/protocol/planning.py"] += MODULES["surveys/protocol/rerouting.py"]
CPU_SECONDS = 60
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


class Place(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Put a mutant in the place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.module.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(ROOT / self._mutant.module))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.source, self._mutant.module, "exec"), module.__dict__)  # noqa: S102


def passes(tests: Sequence[str]) -> bool:
    """Run tests here; what they draw is the same at each run."""
    hypothesis.settings.register_profile(
        "mutants",
        deadline=None,
        derandomize=True,
        database=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutants")
    return not pytest.main([
        "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--noconftest", "--no-header",
        "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests,
    ])  # fmt: skip


def apart(work: Callable[[], bool]) -> int:
    """Work in a process of its own, silently and for a time; it ends with 0 when the answer is yes."""
    child = os.fork()
    if child:
        return child
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    is_so = False
    try:
        is_so = work()
    finally:
        os._exit(not is_so)


def prepare(module: str) -> None:
    """Run a module's tests as it is, and import what they import of others: no mutant does it again."""
    reading, writing = os.pipe()

    def as_it_is() -> bool:
        is_green = passes(MODULES[module])
        others = [name for name in sys.modules if name.partition(".")[0] not in FIRST_PARTY]
        with os.fdopen(writing, "w") as told:
            json.dump(others, told)
        return is_green

    child = apart(as_it_is)
    os.close(writing)
    with os.fdopen(reading) as heard:
        text = heard.read()
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{module}: its tests fail without any mutant")
    for name in json.loads(text):
        with suppress(ImportError):
            importlib.import_module(name)


def survives(mutant: Mutant) -> bool:
    sys.meta_path.insert(0, Place(mutant))
    return passes(MODULES[mutant.module])


def tried(mutants: Iterable[Mutant], workers: int) -> Iterator[tuple[Mutant, bool]]:
    """Try mutants, some at once, and tell which survive; one that hangs is killed too."""
    running: dict[int, Mutant] = {}
    for mutant in mutants:
        running[apart(lambda mutant=mutant: survives(mutant))] = mutant  # type: ignore[misc]
        while len(running) >= workers:
            yield _ended(running)
    while running:
        yield _ended(running)


def _ended(running: dict[int, Mutant]) -> tuple[Mutant, bool]:
    child, status = os.wait()
    return running.pop(child), status == 0


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutation testing of the pure modules.")
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    began, counted, survivors = time.perf_counter(), Counter[str](), Counter[str]()
    for module in given.modules:
        prepare(module)
        for mutant, survived in tried(list(mutants(module))[:: given.every], given.workers):
            counted[module] += 1
            survivors[module] += survived
            if survived:
                print(f"{mutant.module}:{mutant.line}: {mutant.before} -> {mutant.after}", flush=True)
        print(json.dumps(told(module, counted[module], survivors[module])), flush=True)
    found = told("all", counted.total(), survivors.total())
    print(json.dumps(found | {"seconds": round(time.perf_counter() - began)}))


def told(module: str, count: int, survivors: int) -> dict[str, object]:
    killed = round(1 - survivors / max(count, 1), 3)
    return {"module": module, "mutants": count, "survivors": survivors, "killed": killed}


if __name__ == "__main__":
    main()

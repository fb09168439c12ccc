"""Are the engine's tests sharp? Each mutant changes one comparison, sign, number or return; a test must fail.

`python -m tests.mutants` collects the fast tests once. For each mutant it forks, swaps one function's code in the
child, and runs there the tests that call the function, up to the first failure. Survivors that no test could or should
tell from the original stand with their reason in `mutants.txt`. One that runs out of time is not killed, since no test
failed. Exit 1 if fewer than 90 % are killed, of all or of one file.
"""

import ast
import copy
import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType

import hypothesis
import pytest

MODULES = (
    "rules", "facts", "conviction_facts", "evaluate", "statutory_rules", "probation_rules", "grades", "grounds",
    "priors",
)  # fmt: skip
TESTS = (
    "test_law_tables", "test_disqualifying", "test_decision_tables", "test_statutory", "test_offense_families",
    "test_walk", "test_priors", "test_rulebook", "test_explain", "test_stated", "test_policy",
)  # fmt: skip
SLOW = "test_the_table_holds"  # each case in a file of its own: tested together as well, far faster
AT_IMPORT = {"rule", "_kind"}  # run while the module is imported, before any test
ENOUGH = 0.9
BROKEN = 3  # exit code of a child that could not try its change
SECONDS = 120  # of computing, however busy the machine, after which a mutant has surely gone astray

_BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITE = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add,
}  # fmt: skip


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every way to change this one node, with words for it."""
    new: ast.AST
    if isinstance(node, ast.Compare):
        for table in (_BOUNDARY, _OPPOSITE):
            if type(node.ops[0]) in table:
                new = copy.copy(node)
                new.ops = [table[type(node.ops[0])](), *node.ops[1:]]
                yield f"{ast.unparse(node)} -> {ast.unparse(new)}", new
    elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in _OPPOSITE:
        new = copy.copy(node)
        new.op = _OPPOSITE[type(node.op)]()
        yield f"{ast.unparse(node)} -> {ast.unparse(new)}", new
    elif isinstance(node, ast.UnaryOp):
        yield f"{ast.unparse(node)} -> {ast.unparse(node.operand)}", node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        changed = not node.value if isinstance(node.value, bool) else node.value + 1
        yield f"{node.value} -> {changed}", ast.Constant(changed)
    elif isinstance(node, (ast.If, ast.IfExp)):
        new = copy.copy(node)
        new.test = ast.UnaryOp(ast.Not(), node.test)
        yield f"if {ast.unparse(node.test)} -> if not", new
    elif isinstance(node, ast.Return) and node.value is not None:
        yield f"return {ast.unparse(node.value)} -> return None", ast.Return(ast.Constant(None))


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for each in tree.body:
        for inner in each.body if isinstance(each, ast.ClassDef) else [each]:
            if isinstance(inner, ast.FunctionDef):
                yield (f"{each.name}.{inner.name}" if isinstance(each, ast.ClassDef) else inner.name), inner


def mutants(module: str) -> Iterator[tuple[str, str, CodeType]]:
    """Name of the function, what is changed, and the function's changed code."""
    path = Path(importlib.import_module(module).__file__ or "")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, function in _functions(tree):
        if name in AT_IMPORT:
            continue
        annotations = {
            part for each in ast.walk(function) if isinstance(each, ast.AnnAssign) for part in ast.walk(each.annotation)
        }
        seen: dict[str, int] = {}
        for node in [part for statement in function.body for part in ast.walk(statement)]:
            for words, new in () if node in annotations else changes(node):
                seen[words] = seen.get(words, 0) + 1
                body = [_Swap(node, new).visit(copy.deepcopy(each, {id(node): node})) for each in function.body]
                changed = copy.copy(function)
                changed.body, changed.decorator_list = body, []
                whole = ast.fix_missing_locations(ast.Module([changed], []))
                code = compile(whole, str(path), "exec", dont_inherit=True)
                mine = next(each for each in code.co_consts if isinstance(each, CodeType))
                again = f" ({seen[words]})" if seen[words] > 1 else ""
                yield name, words.replace("\n", " ") + again, mine


def _function(module: str, name: str) -> FunctionType:
    found = importlib.import_module(module)
    for part in name.split("."):
        found = vars(found)[part]
    while not isinstance(found, FunctionType):
        kinds = ("func", "fget", "__func__", "__wrapped__")
        found = next(getattr(found, each) for each in kinds if hasattr(found, each))
    return found


def fails(items: list[pytest.Item]) -> bool:
    """Whether one of the tests fails, here and now."""
    from _pytest.runner import runtestprotocol

    for item, following in zip(items, [*items[1:], None], strict=False):  # None alone follows no test at all
        if any(each.failed for each in runtestprotocol(item, log=False, nextitem=following)):
            return True
    return False


Case = tuple[str, Callable[[], None], list[pytest.Item]]


def survivors(cases: list[Case]) -> list[str]:
    """The cases that no test notices; each runs in a fork of its own, as many at a time as there are processors."""
    running: dict[int, str] = {}
    found = []

    def gather() -> None:
        pid, status = os.wait()
        name = running.pop(pid)
        if os.waitstatus_to_exitcode(status) == BROKEN:
            raise RuntimeError(f"{name}: the change could not be made")
        if os.waitstatus_to_exitcode(status) == -signal.SIGPROF:
            print("out of time:", name, flush=True)
        elif status == 0:
            print("not noticed:", name, flush=True)
        else:
            return
        found.append(name)

    for name, change, items in cases:
        while len(running) >= (os.cpu_count() or 1):
            gather()
        pid = os.fork()
        if pid == 0:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            noticed = BROKEN
            try:
                change()
                noticed = int(fails(items))
            finally:
                os._exit(noticed)
        running[pid] = name
    while running:
        gather()
    return sorted(found)


def _file(case: str) -> str:
    """eligibility.rules, or limits.toml."""
    return ".".join(case.split(":")[0].split(".")[:2])


class Plugin:
    """Instead of running the tests, asks `make_cases` what to change and runs the tests for each change."""

    def __init__(self, make_cases: Callable[[list[pytest.Item]], list[Case]], enough: float, accepted: str) -> None:
        self.make_cases, self.enough, self.accepted = make_cases, enough, accepted

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        cases = self.make_cases(session.items)
        found = survivors(cases)
        known = [each.split(" # ")[0].strip() for each in self.accepted.splitlines()]
        enough = True
        files, left_in = ([_file(each) for each in names] for names in ([case[0] for case in cases], found))
        for file in dict.fromkeys(files):
            of, left = files.count(file), left_in.count(file)
            enough &= 1 - left / of >= self.enough
            print(f"{file}: {of - left} of {of} noticed ({1 - left / of:.1%})")
        print(f"{len(cases)} changes, {len(cases) - len(found)} noticed ({1 - len(found) / len(cases):.1%}).")
        for each in found:
            print("known:" if each in known else "SURVIVES:", each)
        for each in set(known) - set(found) - {""}:
            print("no longer survives, or is gone:", each) if not each.startswith("#") else None
        session.testsfailed = int(not enough)
        return True


def run(
    make_cases: Callable[[list[pytest.Item]], list[Case]],
    *,
    enough: float,
    accepted: str = "",
    tests: tuple[str, ...] = TESTS,
) -> int:
    """Collect these tests and try every case on them. Returns the exit code, 1 if too few are noticed."""
    hypothesis.settings.register_profile("mutants", database=None)
    hypothesis.settings.load_profile("mutants")
    paths = [f"tests/eligibility/{each}.py" for each in tests]
    options = [
        "-q",
        "-s",
        "-k",
        f"not {SLOW}",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        "--noconftest",
        *paths,
    ]
    return int(pytest.main([*options, "--no-header", "-W", "ignore"], plugins=[Plugin(make_cases, enough, accepted)]))


def code_mutants(items: list[pytest.Item]) -> list[Case]:
    """The mutants of the engine's modules, each with the tests that call its function."""
    modules = [f"eligibility.{each}" for each in MODULES]
    files = {importlib.import_module(each).__file__: each for each in modules}
    callers: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in items:
        called: set[tuple[str, str]] = set()

        def note(frame, event, argument, called=called) -> None:  # type: ignore[no-untyped-def]
            code = frame.f_code
            if event == "call" and code.co_filename in files:
                called.add((files[code.co_filename], code.co_qualname.split(".<locals>")[0]))

        sys.setprofile(note)
        failed = fails([item])
        sys.setprofile(None)
        assert not failed, f"{item.nodeid} fails without any change"
        for each in called:
            callers.setdefault(each, []).append(item)
    cases: list[Case] = []
    for module in modules:
        for name, words, code in mutants(module):
            swap = functools.partial(setattr, _function(module, name), "__code__", code)
            cases.append((f"{module}.{name}: {words}", swap, callers.get((module, name), [])))
    return cases


if __name__ == "__main__":
    raise SystemExit(run(code_mutants, enough=ENOUGH, accepted=Path(__file__).with_suffix(".txt").read_text("utf-8")))

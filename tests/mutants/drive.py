"""Changes one module in many small ways, and runs its tests against each change: a mutant.

    drive.py SITE_PACKAGES MODULE TEST...

Run by tests/torture/test_mutants.py. The mutants come from the operators of cosmic-ray, whose
packages are in SITE_PACKAGES. This file only runs them, in a copy of the project for each core and
a fork with pytest imported for each mutant. It prints one JSON object: `mutants`, their number, and
`survivors`, those with which every test passed, as (function, line, line instead).
"""

import ast
import difflib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
# One replacement of each kind: others would only show the same line once more.
OPERATORS = """AddNot ExceptionReplacer NumberReplacer RemoveDecorator ReplaceAndWithOr
ReplaceOrWithAnd ReplaceBreakWithContinue ReplaceContinueWithBreak ReplaceFalseWithTrue
ReplaceTrueWithFalse ZeroIterationForLoop ReplaceUnaryOperator_Delete_Not
ReplaceUnaryOperator_Delete_USub ReplaceUnaryOperator_Delete_Invert
ReplaceBinaryOperator_Add_Sub ReplaceBinaryOperator_Sub_Add ReplaceBinaryOperator_Mul_Div
ReplaceBinaryOperator_Div_Mul ReplaceBinaryOperator_FloorDiv_Mul ReplaceBinaryOperator_Mod_Mul
ReplaceBinaryOperator_BitOr_BitAnd ReplaceBinaryOperator_BitAnd_BitOr
ReplaceBinaryOperator_LShift_RShift
ReplaceComparisonOperator_Eq_NotEq ReplaceComparisonOperator_NotEq_Eq
ReplaceComparisonOperator_Lt_LtE ReplaceComparisonOperator_Lt_GtE
ReplaceComparisonOperator_LtE_Lt ReplaceComparisonOperator_LtE_Gt
ReplaceComparisonOperator_Gt_GtE ReplaceComparisonOperator_Gt_LtE
ReplaceComparisonOperator_GtE_Gt ReplaceComparisonOperator_GtE_Lt
ReplaceComparisonOperator_Is_IsNot ReplaceComparisonOperator_IsNot_Is""".split()  # noqa: SIM905


class Mutant(NamedTuple):
    """A changed source, and its change as the function's name and the line before and after."""

    function: str
    line: str
    instead: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a source, each changed line once."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.operators.provider import OperatorProvider

    operators, seen = OperatorProvider(), set()
    changed = [_without_a_call(source)]
    for name in OPERATORS:
        changed.append(_by(mutate_code, source, operators[name]()))
    for sources in changed:
        for other in sources:
            mutant = _described(source, other)
            if mutant is not None and mutant[:3] not in seen:
                seen.add(mutant[:3])
                yield mutant


def _by(mutate, source: str, operator) -> Iterator[str]:
    for number in count():
        try:
            other = mutate(source, operator, number)
        except AttributeError:
            continue  # ExceptionReplacer cannot change a name with a dot
        if other is None:
            return
        yield other


def _without_a_call(source: str) -> Iterator[str]:
    """Without one statement that only calls something, which no operator of cosmic-ray removes."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            first, last = lines[node.lineno - 1], lines[node.end_lineno - 1]
            instead = first[: node.col_offset] + "pass" + last[node.end_col_offset :]
            yield "".join([*lines[: node.lineno - 1], instead, *lines[node.end_lineno :]])


def _described(source: str, other: str) -> Mutant | None:
    """The mutant; None where nothing changed that a run can notice."""
    try:
        if _bare(source) == _bare(other):
            return None
    except SyntaxError:
        return None
    old, new = source.splitlines(), other.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    _, start, end, other_start, other_end = next(
        step for step in matcher.get_opcodes() if step[0] != "equal"
    )
    line = " ".join(text.strip() for text in old[start:end])
    instead = " ".join(text.strip() for text in new[other_start:other_end])
    return Mutant(_function(source, start + 1), line, instead, other)


def _bare(source: str) -> str:
    """The code without what changes nothing: annotations, asserts (which only narrow a type), and
    which parameters are passed by name."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                setattr(node, name, ast.Constant(None))
        if isinstance(node, ast.Assert):
            node.test = ast.Constant(True)
        if isinstance(node, ast.arguments):
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults = [*node.defaults, *(default for default in node.kw_defaults if default)]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
    return ast.dump(tree)


def _function(source: str, line: int) -> str:
    """The innermost function or class around a line; `module` outside of any."""
    name = "module"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first <= line <= (node.end_lineno or first):
                name = node.name
    return name


_copies: dict[int, Path] = {}


def _copy(folder: str) -> Path:
    """This process's copy of the project."""
    pid = os.getpid()
    if pid not in _copies:
        _copies[pid] = Path(folder, str(pid))
        ignored = shutil.ignore_patterns(".git", ".venv", "data", ".venv.lock")
        shutil.copytree(ROOT, _copies[pid], ignore=ignored, symlinks=True)
        (_copies[pid] / ".venv").symlink_to(ROOT / ".venv")
    return _copies[pid]


def survives(job: tuple[str, str, Sequence[str], str, int, float]) -> bool:
    """Whether all tests pass, within `seconds`, with this source in the module's place."""
    folder, module, tests, source, number, seconds = job
    copy = _copy(folder)
    path = copy / "lib" / "burnbook" / module
    before = path.read_text("utf-8")
    path.write_text(source, "utf-8")
    # Compiled files are known by the whole second and the size: no two may be alike.
    os.utime(path, (number, number))
    try:
        return _passes(copy, tests, seconds)
    finally:
        path.write_text(before, "utf-8")


def _passes(copy: Path, tests: Sequence[str], seconds: float) -> bool:
    child = os.fork()
    if not child:
        _be_pytest(copy, tests)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _be_pytest(copy: Path, tests: Sequence[str]) -> None:
    code = 70
    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.chdir(copy)
        import pytest
        from hypothesis import Phase, settings

        # Shrinking a failing example takes long, and its result is not used.
        quick = settings(phases=(Phase.explicit, Phase.generate), database=None, deadline=None)
        settings.register_profile("mutants", quick)
        settings.load_profile("mutants")
        code = int(pytest.main(["-x", "-p", "no:cacheprovider", *tests]))
    finally:
        os._exit(code)


def main(packages: str, module: str, tests: Sequence[str]) -> None:
    """Run every mutant of one module."""
    sys.path.append(packages)
    import hypothesis  # noqa: F401 - once here, and not in each fork
    import pytest  # noqa: F401

    source = (ROOT / "lib" / "burnbook" / module).read_text("utf-8")
    every = list(mutants(source))
    sys.path.remove(packages)
    for name in ("BURNBOOK_FIGURES", "BURNBOOK_SOAK"):
        os.environ.pop(name, None)
    # The system's temporary folder is a disk; in memory a thousand runs wear nothing out.
    near = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=near) as folder:
        os.environ["TMPDIR"] = folder
        tempfile.tempdir = None
        with ProcessPoolExecutor(
            len(os.sched_getaffinity(0)), mp_context=get_context("fork")
        ) as workers:
            began = time.monotonic()
            same = (folder, module, tests, source, 1, 600.0)
            if not all(workers.map(survives, [same, same])):
                raise SystemExit(f"the tests of {module} fail without any change")
            # A mutant that never ends is found too, also while other programs are at work.
            limit = 20 + 5 * (time.monotonic() - began)
            jobs = [
                (folder, module, tests, mutant.source, 2 + at, limit)
                for at, mutant in enumerate(every)
            ]
            lives = list(workers.map(survives, jobs))
    survivors = [mutant[:3] for mutant, alive in zip(every, lives, strict=True) if alive]
    print(json.dumps({"mutants": len(every), "survivors": survivors}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

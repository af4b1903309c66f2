"""The functions of a person's file, without running what else the file does.

A file that holds derivatives often goes on to train, to plot, to ask. Of its statements those are run, in their order,
that define functions or whatever the functions need (imports, constants, classes): Python's own symbol table tells.
"""

import ast
import linecache
import os
import symtable
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

from gradlab.errors import shortened
from gradlab.gradcheck.pairs import loss_names
from gradlab.recorder import read_script

_MODULE = "_gradlab_checked_file"
_LOOPS = (ast.For, ast.While, ast.With)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Names and values of the file, and of statements that raised the line and what they raised."""

    namespace: Mapping[str, Any]
    failures: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    node: ast.stmt
    binds: frozenset[str]
    needs: frozenset[str]


def load(path: str | os.PathLike[str]) -> Loaded:
    """Run the definitions of the file at `path`, quietly. Raises BadInputError where there is no such file, or it does
    not parse."""
    read_script(path)
    shown = os.fspath(path)
    linecache.checkcache(shown)
    body = ast.parse(Path(path).read_bytes(), shown).body
    future = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    module = ModuleType(_MODULE)
    module.__file__ = shown
    failures = []
    with _quietly(module, Path(path)):
        for node in _needed([_statement(node) for node in body if node not in future]):
            code = compile(ast.Module([*future, node], []), shown, "exec", dont_inherit=True)
            try:
                exec(code, vars(module))
            except (Exception, SystemExit) as failure:
                failures.append((node.lineno, shortened(f"{type(failure).__name__}: {failure}", 160)))
    return Loaded(vars(module), tuple(failures))


def _statement(node: ast.stmt) -> _Statement:
    """What a statement gives a name to, and which names it takes, inside functions as well."""
    table = symtable.symtable(ast.unparse(node), "statement", "exec")
    binds = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    needs = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    return _Statement(node, frozenset(binds), frozenset(needs | set(_globals_within(table))))


def _globals_within(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        yield from (symbol.get_name() for symbol in child.get_symbols() if symbol.is_global())
        yield from _globals_within(child)


def _needed(statements: list[_Statement]) -> list[ast.stmt]:
    """The statements that functions depend on; a loop only where nothing else gives a name that they need."""
    plain = set().union(*(s.binds for s in statements if not isinstance(s.node, _LOOPS)))
    known_by_name = _known_by_name(plain)
    chosen = {s for s in statements if _defines_functions(s) or s.binds & known_by_name}
    while True:
        wanted = set().union(*(s.needs for s in chosen))
        more = {
            s
            for s in statements
            if s not in chosen and s.binds & (wanted - plain if isinstance(s.node, _LOOPS) else wanted)
        }
        if not more:
            return [s.node for s in statements if s in chosen]
        chosen |= more


def _defines_functions(statement: _Statement) -> bool:
    """Functions, also within `if` and `try` and as `lambda`; whatever may come from `import *`."""
    node = statement.node
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        return True
    defines = any(isinstance(part, ast.FunctionDef | ast.Lambda) for part in ast.walk(node))
    return defines and bool(statement.binds) and not isinstance(node, _LOOPS)


def _known_by_name(names: set[str]) -> set[str]:
    """Names that the convention makes a derivative, or the function that it belongs to: those may be mere aliases."""
    derivatives = {name for name in names if "_d_" in name}
    gradients = {name for name in names if name.startswith("grad_")}
    bases = {name[:cut] for name in derivatives for cut in range(1, len(name)) if name.startswith("_d_", cut)}
    losses = {form for name in gradients for form in loss_names(name)}
    return derivatives | gradients | bases | losses


@contextmanager
def _quietly(module: ModuleType, path: Path) -> Iterator[None]:
    """As if it were imported: files beside it can be; nothing is shown, nothing asked."""
    search, stdin = sys.path[:], sys.stdin
    sys.modules[_MODULE] = module
    sys.path.insert(0, os.fspath(path.resolve().parent))
    sys.stdin = StringIO()
    os.environ.setdefault("MPLBACKEND", "Agg")
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.path[:], sys.stdin = search, stdin

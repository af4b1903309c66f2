"""Where in the user's code an operation stands: file, line, its own source text, and the names around it.

Python 3.11 tells for each instruction which characters of the source it came from (`co_positions`); the `ast` of the
same file tells what those characters are: the right side of `y_hat = m*x + b` has the target `y_hat` and the operands
`m*x` and `b`. Code without source (`exec`, a REPL) still has its line, but no text.
"""

import ast
import linecache
import sys
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from types import CodeType, FrameType

import torch

_TORCH = Path(torch.__path__[0])
_GRADLAB = Path(__file__).parent.parent
_LESSON = _GRADLAB / "lesson"  # its scripts are written as a user would write them

REMEMBERED = 1_024
"""Sources and code objects whose syntax is kept: enough for any script, not for all that the lab makes in a day."""


@dataclass(frozen=True)
class Site:
    """One instruction of one code object; everything else is worked out when asked for."""

    code: CodeType
    instruction: int

    @property
    def file(self) -> str:
        return self.code.co_filename

    @property
    def line(self) -> int:
        """The first line of the operation's own text, counted from 1."""
        return self._span[0] or self.code.co_firstlineno

    @cached_property
    def _span(self) -> tuple[int | None, int | None, int | None, int | None]:
        return _positions(self.code)[self.instruction // 2]

    @cached_property
    def node(self) -> ast.AST | None:
        """The piece of syntax that did it, or None without source."""
        return _nodes(self.file, _source(self.file)).get(self._span)

    @cached_property
    def text(self) -> str:
        """The operation's own source text, `m*x + b`; empty without source."""
        return source_of(self.node, self.file)

    @cached_property
    def statement(self) -> str:
        """The whole statement that it is part of, `y_hat = m*x + b`; empty without source."""
        statement = self._statement
        return (
            source_of(statement, self.file)
            if isinstance(statement, _SIMPLE)
            else linecache.getline(self.file, self.line).strip()
        )

    @property
    def surroundings(self) -> ast.AST:
        """The statement, if it is a simple one; in a loop or a branch only the operation's own syntax."""
        return self._statement if isinstance(self._statement, _SIMPLE) else self.node or ast.Pass()

    @cached_property
    def _statement(self) -> ast.AST | None:
        parents = _parents(self.file, _source(self.file))
        node = self.node
        while node is not None and not isinstance(node, ast.stmt):
            node = parents.get(node)
        return node

    @cached_property
    def target(self) -> str | None:
        """The name that the result is given at once: `y_hat` in `y_hat = m*x + b`, `m` in `m -= lr*g`, else None."""
        match self._statement:
            case ast.Assign(targets=[target], value=value) if value is self.node:
                return source_of(target, self.file)
            case ast.AnnAssign(target=target, value=value) if value is self.node:
                return source_of(target, self.file)
            case ast.AugAssign(target=target) as statement if statement is self.node:
                return source_of(target, self.file)
        return self._parent.target.id if isinstance(self._parent, ast.NamedExpr) else None

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The names that a sequence of results is unpacked into: `("values", "indices")`."""
        match self._statement:
            case ast.Assign(targets=[ast.Tuple(elts=elements) | ast.List(elts=elements)], value=value) if (
                value is self.node
            ):
                return tuple(source_of(element, self.file) for element in elements)
        return ()

    @cached_property
    def returned(self) -> bool:
        """Whether the result is at once the value of the function: what the caller names it, it is."""
        return isinstance(self._parent, ast.Return | ast.Lambda)

    @property
    def _parent(self) -> ast.AST | None:
        return _parents(self.file, _source(self.file)).get(self.node) if self.node else None

    @cached_property
    def called(self) -> str | None:
        """The text of what is called, `torch.exp` or `model`; None where no call is written."""
        return source_of(self.node.func, self.file) if isinstance(self.node, ast.Call) else None

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The source texts of the operands in the order written: `("m*x", "b")` for `m*x + b`."""
        match self.node:
            case ast.BinOp(left=left, right=right):
                parts: list[ast.AST] = [left, right]
            case ast.AugAssign(target=target, value=value):
                parts = [target, value]
            case ast.UnaryOp(operand=operand):
                parts = [operand]
            case ast.Compare(left=left, comparators=others):
                parts = [left, *others]
            case ast.Subscript(value=value):
                parts = [value]
            case ast.Call(func=ast.Attribute(value=value), args=arguments) if not _is_module(value):
                parts = [value, *arguments]
            case ast.Call(args=arguments):
                parts = list(arguments)
            case ast.Attribute(value=value):
                parts = [value]
            case _:
                parts = []
        return tuple(source_of(part, self.file) for part in parts)


_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Delete, ast.Assert, ast.Raise)


def _is_module(node: ast.AST) -> bool:
    """`torch.exp(x)` has one operand, `x.exp()` too: the one before the dot is a module only by convention."""
    name = source_of_name(node)
    return name in {"torch", "F", "nn", "np", "math"} or name.startswith(("torch.", "nn."))


def source_of_name(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def source_of(node: ast.AST | None, file: str) -> str:
    """The characters of `node` as the user wrote them."""
    return (ast.get_source_segment(_source(file), node) or "") if node is not None else ""


@cache
def is_of_the_user(file: str) -> bool:
    """Whether a source file is neither PyTorch's nor gradlab's own."""
    folders = Path(file).parents
    return _LESSON in folders or not (_TORCH in folders or _GRADLAB in folders)


def site_of_caller() -> Site | None:
    """The nearest frame up the stack that is neither PyTorch's nor gradlab's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_of_the_user(frame.f_code.co_filename):
        frame = frame.f_back
    return None if frame is None else Site(frame.f_code, frame.f_lasti)


@lru_cache(maxsize=REMEMBERED)
def _positions(code: CodeType) -> list[tuple[int | None, int | None, int | None, int | None]]:
    return list(code.co_positions())


def _source(file: str) -> str:
    return "".join(linecache.getlines(file))


@lru_cache(maxsize=REMEMBERED)
def _tree(file: str, source: str) -> ast.AST | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # a notebook cell with magics, a NUL
        return None


@lru_cache(maxsize=REMEMBERED)
def _nodes(file: str, source: str) -> dict[tuple[int | None, int | None, int | None, int | None], ast.AST]:
    """Syntax by its place (line, end line, column, end column); of several at one place the innermost."""
    tree = _tree(file, source)
    found: dict[tuple[int | None, int | None, int | None, int | None], ast.AST] = {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.expr | ast.stmt) and not isinstance(node, ast.Expr):
            found[node.lineno, node.end_lineno, node.col_offset, node.end_col_offset] = node
    return found


@lru_cache(maxsize=REMEMBERED)
def _parents(file: str, source: str) -> dict[ast.AST, ast.AST]:
    tree = _tree(file, source)
    return {child: parent for parent in (ast.walk(tree) if tree else ()) for child in ast.iter_child_nodes(parent)}

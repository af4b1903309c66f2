"""Arithmetic nodes into instructions: scalars for what all points share, vectors for what varies."""

from collections.abc import Callable, Iterable, Mapping

from gradlab.kernel.arithmetic import CONDITIONS
from gradlab.kernel.code import Code, Lane, number
from gradlab.kernel.mathematics import LIBRARY, VECTOR, Vectors
from gradlab.kernel.nodes import Leaf, Node, below
from gradlab.kernel.refusal import NotFusedError

BENT = CONDITIONS | frozenset("where abs sign relu maximum minimum clamp floor ceil round trunc".split())
"""Where a last digit may decide between two branches, products and sums are rounded as PyTorch rounds them."""

_FLOATING: Mapping[str, str] = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_RELATIONS: Mapping[str, str] = {"gt": "ogt", "ge": "oge", "lt": "olt", "le": "ole", "eq": "oeq", "ne": "une"}
_LOGIC: Mapping[str, str] = {"logical_and": "and", "logical_or": "or"}
_INTRINSICS: Mapping[str, str] = {
    **{name: name for name in "sqrt floor ceil trunc maximum minimum".split()},
    "abs": "fabs",
    "round": "roundeven",
}


class Emitter:
    """Writes nodes into `code`; `known` holds the lanes of leaves and of what was written before.

    `real` is the run's precision. A whole number of the optimizer's state is double whatever `real` is, and so is what
    is computed from such numbers alone; with anything else they become `real`, as Python's numbers do in PyTorch.
    """

    def __init__(self, code: Code, real: str, width: int, load: Callable[[Leaf], Lane]) -> None:
        self.code = code
        self.real = real
        self.width = width
        self.load = load
        self.known: dict[Node, Lane] = {}

    def write(self, roots: Iterable[Node], stop: frozenset[str] = frozenset()) -> None:
        """All that `roots` stand on, in order; what lies under an operation in `stop` is known already."""
        for node in below(roots, stop):
            if node not in self.known and node.op != "number":
                self.known[node] = self._written(node)

    def lane(self, node: Node, width: int, kind: str | None = None) -> Lane:
        """The node's value: a number in the precision asked for, a shared value in every place of a vector."""
        if node.number is not None:
            return number(node.number, kind or self.real, width)
        lane = self.code.splat(self.known[node], width)
        return lane if kind in (None, lane.kind) or lane.kind == "i1" else self.code.as_kind(lane, kind or self.real)

    def _written(self, node: Node) -> Lane:
        if node.op == "leaf":
            return self.load(node.leaf)
        width = self.width if node.varying else 1
        if node.op in _LOGIC or node.op == "logical_not":
            conditions = [self._condition(operand, width) for operand in node.operands]
            return self._logic(node.op, conditions, width)
        kind = self._kind(node)
        if node.op == "where":
            condition, a, b = node.operands
            return self.code.select(
                self._condition(condition, width), self.lane(a, width, kind), self.lane(b, width, kind)
            )
        return self._operation(node.op, [self.lane(operand, width, kind) for operand in node.operands])

    def _kind(self, node: Node) -> str:
        """Double only where nothing but the optimizer's whole numbers is at work."""
        kinds = {self.known[operand].kind for operand in node.operands if operand in self.known} - {"i1"}
        return "double" if kinds == {"double"} else self.real

    def _condition(self, node: Node, width: int) -> Lane:
        if node.number is not None:
            return number(bool(node.number), "i1", width)
        lane = self.lane(node, width)
        return lane if lane.kind == "i1" else self.code.compare("une", lane, number(0.0, lane.kind, width))

    def _logic(self, op: str, conditions: list[Lane], width: int) -> Lane:
        if op == "logical_not":
            return self.code.integer("xor", conditions[0], number(True, "i1", width))
        return self.code.integer(_LOGIC[op], *conditions)

    def _operation(self, op: str, lanes: list[Lane]) -> Lane:
        code, first = self.code, lanes[0]
        if op in _FLOATING:
            return code.arithmetic(_FLOATING[op], first, lanes[1])
        if op in _RELATIONS:
            return code.compare(_RELATIONS[op], first, lanes[1])
        if op in _INTRINSICS:
            return code.intrinsic(_INTRINSICS[op], *lanes)
        if op in _SHORT:
            return _SHORT[op](code, *lanes)
        wide = [code.as_kind(lane, "double") for lane in lanes]
        if op in VECTOR:
            return code.as_kind(VECTOR[op](Vectors(code), *wide), first.kind)
        if op in LIBRARY:
            return code.as_kind(code.each(op, *wide), first.kind)
        raise NotFusedError("kernel.no_rule", operation=op)


def _neg(code: Code, a: Lane) -> Lane:
    return code.emit(f"fneg {a}", a.kind, a.width)


def _sign(code: Code, a: Lane) -> Lane:
    zero, one, minus_one = (number(value, a.kind, a.width) for value in (0.0, 1.0, -1.0))
    below_zero = code.select(code.compare("olt", a, zero), minus_one, zero)
    return code.select(code.compare("ogt", a, zero), one, below_zero)


def _relu(code: Code, a: Lane) -> Lane:
    zero = number(0.0, a.kind, a.width)
    return code.select(code.compare("ole", a, zero), zero, a)


def _clamp(code: Code, a: Lane, low: Lane, high: Lane) -> Lane:
    return code.intrinsic("minimum", code.intrinsic("maximum", a, low), high)


_SHORT: Mapping[str, Callable[..., Lane]] = {"neg": _neg, "sign": _sign, "relu": _relu, "clamp": _clamp}

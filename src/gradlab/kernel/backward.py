"""The chain rule on nodes: what each parameter's derivative is, as arithmetic on one point and sums over all.

    ∂L/∂p = Σᵢ ∂ℓᵢ/∂p,    where a factor that is the same at all points is taken out of the sum

What flows back through operations that differ from point to point does so within one point; where it reaches a value
that all points share, the points are summed, once, and the rest of the way back is walked with that sum.
"""

from collections.abc import Iterator

from gradlab.kernel.arithmetic import Arithmetic, Lowering
from gradlab.kernel.nodes import Leaf, Node, below
from gradlab.kernel.reading import STOP
from gradlab.rules import RULES
from gradlab.rules.elementwise import is_condition


class Backward:
    """One walk back from the loss of a point; `gradient` has ∂(Σ loss)/∂leaf by leaf."""

    def __init__(self, lowering: Lowering, kink: float) -> None:
        self.lowering = lowering
        self.arithmetic = lowering.arithmetic
        self.kink = self.arithmetic.number(kink)
        self._at_a_point: dict[Node, Node] = {}
        self._in_all: dict[Node, Node] = {}

    def gradient(self, loss: Node) -> dict[Leaf, Node]:
        """The derivative of the sum of `loss` over all points by every parameter's leaf that it reaches."""
        one = self.arithmetic.number(1)
        self._arrive(loss, one, at_a_point=True)
        for operation in reversed(list(below([loss], frozenset({STOP})))):
            if operation.varying and operation in self._at_a_point:
                for operand, part in self._passed(operation, self._at_a_point[operation]):
                    self._arrive(operand, part, at_a_point=True)
            elif operation in self._at_a_point or operation in self._in_all:
                for operand, part in self._passed(operation, self._whole(operation)):
                    self._arrive(operand, part, at_a_point=False)
        reached = [node for node in {*self._at_a_point, *self._in_all} if node.op == "leaf" and not node.varying]
        return {node.leaf: self._whole(node) for node in reached}

    def _arrive(self, operand: Node, part: Node, *, at_a_point: bool) -> None:
        if operand.number is None:
            arrived = self._at_a_point if at_a_point else self._in_all
            arrived[operand] = self.arithmetic.call("add", arrived[operand], part) if operand in arrived else part

    def _whole(self, shared: Node) -> Node:
        """All that has arrived at a value that all points share."""
        parts = [self._in_all[shared]] if shared in self._in_all else []
        if shared in self._at_a_point:
            parts.append(total(self.arithmetic, self._at_a_point[shared]))
        return parts[0] if len(parts) == 1 else self.arithmetic.call("add", *parts)

    def _passed(self, operation: Node, g: Node) -> Iterator[tuple[Node, Node]]:
        """What `g`, arrived at an operation, becomes at its operands, by the rule."""
        if operation.op in ("leaf", "number", STOP):
            return
        rule = RULES[operation.op]
        names = self.lowering.operands(operation) | {"out": self.lowering.value(operation), "kink": self.kink}
        for name, operand in zip(rule.operands, operation.operands, strict=True):
            if name in rule.partials and operand.number is None:
                partial = self.arithmetic.expression(rule.partials[name], names)
                if is_condition(rule.partials[name]):
                    yield operand, self.arithmetic.call("where", partial, g, self.arithmetic.number(0))
                elif partial.number != 0:
                    yield operand, self.arithmetic.call("mul", g, partial)


def total(arithmetic: Arithmetic, part: Node) -> Node:
    """Σᵢ of an expression, with what does not depend on the point taken out: Σ c·vᵢ = c·Σ vᵢ, Σ c = c·n."""
    shared, varying = factors(arithmetic, part)
    n = arithmetic.leaf(("n",))
    return arithmetic.call("mul", shared, n if varying is None else arithmetic.over_points("sum", varying))


def factors(arithmetic: Arithmetic, node: Node) -> tuple[Node, Node | None]:
    """A product in two: what all points share, and what varies (None if nothing does)."""
    one = arithmetic.number(1)
    if not node.varying:
        return node, None
    match node.op:
        case "neg":
            shared, varying = factors(arithmetic, node.operands[0])
            return arithmetic.call("neg", shared), varying
        case "mul":
            (left, first), (right, second) = (factors(arithmetic, operand) for operand in node.operands)
            both = arithmetic.call("mul", first, second) if first and second else first or second
            return arithmetic.call("mul", left, right), both
        case "div" if not node.operands[1].varying:
            shared, varying = factors(arithmetic, node.operands[0])
            return arithmetic.call("div", shared, node.operands[1]), varying
    return one, node

"""The calls that start a backward pass: `loss.backward()`, `torch.autograd.backward`, `torch.autograd.grad`."""

from types import FrameType
from typing import Any

from torch import Tensor

from gradlab.doctor.facts import Fact
from gradlab.doctor.leaves import Leaf, Successor
from gradlab.doctor.ledger import Ledger
from gradlab.doctor.passes import Pass, Passes
from gradlab.doctor.places import Place
from gradlab.doctor.raised import Raised

_CREATE_GRAPH = 3
"""Its position in all three calls."""


class Calls:
    """Reads the arguments of such a call and hands the pass on."""

    def __init__(self, ledger: Ledger, passes: Passes, raised: Raised) -> None:
        self.ledger = ledger
        self.passes = passes
        self.raised = raised

    def before_backward(self, args: tuple[Any, ...], kwargs: dict[str, Any], place: Place | None) -> Pass:
        return self._begin(args, kwargs, place, into_grad=True)

    def before_grad(self, args: tuple[Any, ...], kwargs: dict[str, Any], place: Place | None) -> Pass:
        return self._begin(args, kwargs, place, into_grad=False)

    def after_backward(self, going: Pass) -> None:
        self.passes.after(going, [])

    def after_grad(self, going: Pass, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """torch.autograd.grad gave gradients for some inputs: those are marked, as `.grad` would be when read."""
        inputs = _tensors(args[1] if len(args) > 1 else kwargs.get("inputs"))
        given: list[tuple[Leaf, Tensor, Tensor | None]] = []
        for tensor, gradient in zip(inputs, result, strict=False):
            leaf = self._owner(tensor)
            if leaf is None or gradient is None:
                continue
            leaf.wanted_at = self.ledger.tick
            if not gradient.requires_grad:
                self.ledger.mark_gradient(gradient, leaf.gradient)
            if tensor.is_leaf:
                given.append((leaf, tensor, gradient.detach()))
        self.passes.after(going, given)

    def failed(
        self, going: Pass | None, args: tuple[Any, ...], kwargs: dict[str, Any], error: BaseException, frame: FrameType
    ) -> Fact | None:
        if going is None:
            return None
        outer = args[1] if len(args) > 1 and going.into_grad else kwargs.get("gradient", kwargs.get("grad_outputs"))
        return self.raised.backward(going, error, outer, frame)

    def _begin(self, args: tuple[Any, ...], kwargs: dict[str, Any], place: Place | None, into_grad: bool) -> Pass:
        roots = _tensors(args[0] if args else kwargs.get("tensors", kwargs.get("outputs", kwargs.get("self"))))
        create = kwargs.get("create_graph", args[_CREATE_GRAPH] if len(args) > _CREATE_GRAPH else False)
        going = Pass(place, roots, into_grad, frees=not create)
        self.passes.before(going)
        return going

    def _owner(self, tensor: Tensor) -> Leaf | None:
        """The parameter that an input of torch.autograd.grad is, or that it took the place of."""
        if tensor.is_leaf:
            return self.ledger.leaf(tensor)
        successors = (mark for mark in self.ledger.marks_of(tensor) if isinstance(mark, Successor))
        return next((successor.leaf for successor in successors), None)


def _tensors(given: Any) -> list[Tensor]:
    if isinstance(given, Tensor):
        return [given]
    return [each for each in given or () if isinstance(each, Tensor)]

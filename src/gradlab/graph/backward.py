"""Listening to the user's backward: which gradient arrives where, by hooks on the nodes of autograd's graph.

A hook sits on the node, not on the tensor, and holds no node and no tensor: what PyTorch frees stays free.
"""

import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import get_gradient_edge

from gradlab.graph.engine import Node, between, is_leaf_node, place_of, pull
from gradlab.graph.link import between_ends
from gradlab.graph.snapshot import Copy
from gradlab.graph.tape import Accumulation, Anchor, Call, Operand, Pass, Record, anchor_of

Gradients = tuple[Tensor | None, ...]

_passes: "weakref.WeakValueDictionary[int, Pass]" = weakref.WeakValueDictionary()
"""Those still remembered by a Record, by PyTorch's number of the backward."""


def listen(node: Node) -> None:
    """Hear of gradients at `node` from now on."""
    anchor = anchor_of(node)
    if anchor.hooked:
        return
    anchor.hooked = True
    if is_leaf_node(node):
        leaf = weakref.ref(node.variable)
        node.register_prehook(partial(_before_accumulation, anchor, leaf))
        node.register_hook(partial(_after_accumulation, anchor, leaf))
    else:
        node.register_hook(partial(_passed, anchor))


def _pass(anchor: Anchor) -> Pass | None:
    """The Pass that is running; the first node that it reaches is its root."""
    task = torch._C._current_graph_task_id()
    found = _passes.get(task)
    root = next(iter(anchor.results.values()), None)
    if found is None and root is not None:
        found = _passes[task] = Pass(root)
    return found


@torch.no_grad()
def _passed(anchor: Anchor, left: Gradients, arrived: Gradients) -> None:
    passing = _pass(anchor)
    if passing is None:
        return
    _write(passing, anchor, left, arrived)
    if anchor.is_one_of_several or anchor.expansion is not None:
        _follow_by_hand(passing, anchor, arrived)


def _write(passing: Pass, anchor: Anchor, left: Gradients, arrived: Gradients) -> None:
    """One node has been run: the gradients at its outputs, and what flowed back by its edges."""
    for output, record in anchor.results.items():
        if output < len(arrived) and (g := arrived[output]) is not None:
            passing.gradient(record, g)
    for edge, operand in anchor.uses:
        if (flow := left[edge]) is not None:
            passing.flow(operand, flow)


def _before_accumulation(anchor: Anchor, leaf: "weakref.ref[Tensor]", arrived: Gradients) -> None:
    passing, tensor = _pass(anchor), leaf()
    if passing is not None and tensor is not None and arrived[0] is not None:
        old = None if tensor.grad is None else Copy.of(tensor.grad)
        passing.accumulations[anchor.results[0]] = Accumulation(old, Copy.of(arrived[0]))


def _after_accumulation(anchor: Anchor, leaf: "weakref.ref[Tensor]", _: Gradients, arrived: Gradients) -> None:
    passing, tensor, record = _pass(anchor), leaf(), anchor.results[0]
    if passing is None or arrived[0] is None:
        return
    passing.gradient(record, arrived[0])
    if record in passing.accumulations and tensor is not None and tensor.grad is not None:
        old = passing.accumulations[record].old
        passing.accumulations[record] = Accumulation(old, Copy.of(tensor.grad))


def _follow_by_hand(passing: Pass, anchor: Anchor, arrived: Gradients) -> None:
    """What the engine cannot tell apart or never runs: several results of one call; the inside of a composite."""
    node = torch._C._current_autograd_node()
    for output, record in anchor.results.items():
        g = arrived[output] if output < len(arrived) else None
        if g is None or record.call is None:
            continue
        if anchor.expansion is not None:
            _open_up(passing, record.call, anchor.expansion, g)
        else:
            _follow(passing, record, node, output, g)


def _open_up(passing: Pass, call: Call, expansion: Tensor, g: Tensor) -> None:
    """Send the gradient that arrived at a composite's result through the operations that it stands for."""
    place = place_of(expansion)
    if place is None:
        return
    try:
        for called in pull(between_ends(place, call), {place[1]: g}):
            _write(passing, anchor_of(called.node), called.left, called.arrived)
    except RuntimeError:  # an operand has been written over since: PyTorch refuses, and so do we
        return


def _follow(passing: Pass, record: Record, node: Node, output: int, g: Tensor) -> None:
    """Send the gradient that arrived at one of several results back to the operands of their call."""
    mine: set[Operand] = set(record.operands)
    call: Any = record.call
    try:
        for called in pull(between_ends((node, output), call), {output: g}):
            for edge, operand in anchor_of(called.node).by_hand:
                if operand in mine and (flow := called.left[edge]) is not None:
                    passing.flow(operand, flow)
    except Exception:  # a Function of the user's may raise anything when it is called once more
        return


def captured(root: Record, gradients: list[tuple[Record, Tensor]]) -> None:
    """Gradients that `torch.autograd.grad` handed over: the nodes of what it was asked for were never reached."""
    passing = root.passed or Pass(root)
    for record, g in gradients:
        passing.gradient(record, g)


def run_backward(root: Tensor, record: Callable[[Tensor], Record]) -> None:
    """A backward of our own from `root`: the user's `.grad` and graph stay as they are."""
    start = get_gradient_edge(root).node
    leaves = [node.variable for node in between(start, lambda *_: False) if is_leaf_node(node)]
    try:
        gradients = torch.autograd.grad(root, leaves, torch.ones_like(root), retain_graph=True)
    except RuntimeError:  # the user's own backward has freed the graph
        return
    captured(record(root), [(record(leaf), g) for leaf, g in zip(leaves, gradients, strict=True)])

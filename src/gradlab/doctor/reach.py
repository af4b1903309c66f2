"""Parameters that the loss does not depend on, or no longer: cut off, forgotten, or lost to a re-bound name."""

from collections.abc import Iterator
from typing import Any

from gradlab.doctor.facts import Fact
from gradlab.doctor.kinds import spoken_cut
from gradlab.doctor.leaves import Cut, Leaf, Successor
from gradlab.doctor.ledger import Ledger

_ENOUGH = 3
"""Backward passes after which a parameter that none has reached counts as never reached."""
_CHAIN = 5
"""Updates that hang on one another in the graph, never begun anew: no inner loop of meta-learning."""


def bindings(ledger: Ledger) -> Iterator[Fact]:
    """Names re-bound to tensors that are no longer leaves: lost-leaf and update-in-graph."""
    for successor in ledger.successors.values():
        leaf = successor.leaf
        if successor.adopted:
            continue
        asked = successor.asked_for_grad >= 0
        if successor.tracked:
            grew = successor.depth >= _CHAIN and leaf.chains == 1 and not leaf.updates
            if asked or grew:
                kind, severity = ("", "error") if asked else ("growing", "warning")
                yield _fact("update-in-graph", kind, severity, successor, depth=successor.depth)
        elif asked or (successor.flowed >= 0 and leaf.reached_at < successor.tick and leaf.reached):
            yield _fact("lost-leaf", "", "error", successor)


def unreached(ledger: Ledger) -> Iterator[Fact]:
    """Parameters that training wants and no backward pass reaches: cut-graph and never-reached."""
    for leaf in ledger.leaves:
        if not _wanted(leaf, ledger) or not _is_unreached(leaf, ledger):
            continue
        cut = _cut_of(leaf, ledger)
        if cut is not None:
            yield Fact("cut-graph", "", "error", cut.place, leaf.name, {"how": spoken_cut(cut.how)}, cut.tick, [leaf])
        elif leaf.reached == 0:
            place = leaf.dead_end or leaf.place
            yield Fact("never-reached", "", "warning", place, leaf.name, {"passes": ledger.tick}, leaf.born, [leaf])


def _wanted(leaf: Leaf, ledger: Ledger) -> bool:
    """Whether the script means to train it: an optimizer holds it, its .grad is asked for, or it was made tracked."""
    if leaf.name is None or leaf.is_loss:
        return False
    return leaf.wanted() > leaf.reached_at + 1 or (leaf.made and leaf.reached == 0 and leaf.took_part < 0)


def _is_unreached(leaf: Leaf, ledger: Ledger) -> bool:
    """Never reached though there were passes enough, or reached once and for a long time no more."""
    passes = ledger.tick - max(leaf.born, 0)
    if leaf.reached == 0:
        return passes >= _ENOUGH or (passes >= 1 and leaf.wanted() >= 0)
    silent = ledger.tick - 1 - leaf.reached_at
    return silent >= max(5, 3 * leaf.longest_gap) and leaf.took_part > leaf.reached_at + 1


def _cut_of(leaf: Leaf, ledger: Ledger) -> Cut | None:
    """The place where its numbers left the graph, those first that were seen to come back into it."""
    if leaf.has_heir:
        return None
    since = leaf.reached_at
    cuts = [cut for cut in ledger.cuts.values() if cut.tick > since and (leaf in cut.leaves or not cut.leaves)]
    flowing = [cut for cut in cuts if cut.flowed > since]
    passes = ledger.tick - max(leaf.born, 0)
    escaped = [cut for cut in cuts if cut.left and 2 * cut.times >= passes]
    known = [cut for cut in flowing or escaped if leaf in cut.leaves]
    return min(known or flowing or escaped, key=lambda cut: cut.order, default=None)


def _fact(code: str, kind: str, severity: Any, successor: Successor, **evidence: Any) -> Fact:
    leaf = successor.leaf
    return Fact(code, kind, severity, successor.place, leaf.name, evidence, successor.tick, [leaf])

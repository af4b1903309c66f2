"""From facts to findings: all that was seen, the earliest cause alone where several codes fit, each cause once."""

from collections.abc import Iterable, Iterator
from itertools import chain

from gradlab.doctor import progress, reach
from gradlab.doctor.events import Events
from gradlab.doctor.facts import Fact, Facts
from gradlab.doctor.finding import Finding
from gradlab.doctor.leaves import Leaf
from gradlab.doctor.memory import Memory
from gradlab.doctor.passes import Passes
from gradlab.doctor.places import line, site
from gradlab.doctor.unseen import Unseen

EMPTY_GRADIENT = ("lost-leaf", "update-in-graph", "never-reached", "cut-graph", "stale-optimizer")
"""The codes that explain why a `.grad` is None."""

_HIDES: dict[str, frozenset[str]] = {
    cause: frozenset(effects.split())
    for cause, effects in {
        "accumulated-gradient": "diverging ascending non-finite",
        "ascending": "diverging non-finite",
        "diverging": "non-finite",
        "lost-leaf": "never-reached cut-graph not-updated no-grad-required stale-optimizer",
        "update-in-graph": "retained-graph not-updated never-reached backward-twice stale-optimizer cut-graph",
        "inplace-on-leaf": "not-updated",
        "cut-graph": "never-reached not-updated no-grad-required stale-optimizer",
        "no-grad-required": "never-reached not-updated cut-graph",
        "never-reached": "not-updated",
        "cleared-before-use": "not-updated stale-optimizer",
        "stale-optimizer": "not-updated never-reached accumulated-gradient",
        "backward-twice": "retained-graph",
        "broadcast": "diverging",
    }.items()
}
"""What follows from each cause, and is not told beside it."""


_PER_PARAMETER = frozenset("lost-leaf update-in-graph ascending cleared-before-use accumulated-gradient".split())
_NEIGHBOURS = 4


def findings(events: Events) -> tuple[Finding, ...]:
    """The findings so far, errors first, then in the order of the code."""
    facts = Facts()
    for fact in chain(events.facts, _concluded(events)):
        facts.add(fact)
    kept = list(_together(_earliest(list(facts))))
    rank = {"error": 0, "warning": 1, "note": 2}
    found = [fact.finding() for fact in sorted(kept, key=lambda fact: (rank[fact.severity], fact.tick))]
    return tuple(found)


def limits(events: Events, unseen: Unseen, failure: str | None) -> Iterator[Finding]:
    """Notes on what could not be seen."""
    if events.passes.seen == 0 and failure is None and not list(events.facts):
        yield Finding("no-backward", "note", 0, None)
    if unseen.compiled:
        yield Finding("partly-unseen", "note", 0, None, kind="compiled")
    if unseen.threads:
        yield Finding("partly-unseen", "note", 0, None, kind="threads")
    if failure is not None:
        yield Finding("stopped", "note", 0, None, evidence={"failure": failure})


def _concluded(events: Events) -> Iterator[Fact]:
    """What only the whole run can tell."""
    ledger, passes = events.ledger, events.passes
    yield from reach.bindings(ledger)
    yield from reach.unreached(ledger)
    yield from progress.stale(ledger)
    yield from progress.ascending(ledger, passes)
    yield from progress.diverging(passes)
    yield from progress.not_updated(ledger, passes, events.optimizers)
    yield from _not_finite(passes)
    yield from _retained(events.memory)


def _earliest(facts: list[Fact]) -> Iterator[Fact]:
    """Without the facts that another one explains for the same parameters."""
    for fact in facts:
        if not any(fact.code in _HIDES.get(other.code, ()) and _related(other, fact) for other in facts):
            yield fact


def _together(facts: Iterable[Fact]) -> Iterator[Fact]:
    """One mistake made in neighbouring lines for one parameter after the other is one cause."""
    first: dict[tuple[str, str, object], Fact] = {}
    for fact in facts:
        key = (fact.code, fact.kind, fact.place.code if fact.place else None)
        earlier = first.get(key)
        if fact.code in _PER_PARAMETER and earlier and abs(line(earlier.place) - line(fact.place)) <= _NEIGHBOURS:
            earlier.leaves += [leaf for leaf in fact.leaves if leaf not in earlier.leaves]
            continue
        first.setdefault(key, fact)
        yield fact


def _related(cause: Fact, effect: Fact) -> bool:
    """Whether they concern the same parameters, or one of them names none."""
    mine: set[Leaf] = set(cause.leaves)
    theirs: set[Leaf] = set(effect.leaves)
    return not mine or not theirs or bool(mine & theirs) or effect.severity == "error"


def _not_finite(passes: Passes) -> Iterable[Fact]:
    suspect = passes.unfinite
    if suspect is None:
        return []
    at = site(suspect.place)
    name = (at.target or (at.operands[0] if at.operands else None)) if at else None
    evidence = {"operation": suspect.name, "bad": suspect.bad, "of": suspect.of, "pass_number": passes.unfinite_at + 1}
    return [Fact("non-finite", suspect.how, "error", suspect.place, name, evidence, passes.unfinite_at)]


def _retained(memory: Memory) -> Iterator[Fact]:
    if memory.oldest:
        at, evidence = memory.growing, {"count": memory.oldest}
        yield Fact("retained-graph", "growing", "warning", at, _target(at), evidence, memory.tick)
        return
    kept = {memory.root_place: memory.most_roots} if memory.most_roots else memory.kept
    holders = {holder[1]: holder for place in kept if (holder := memory.holders.get(place)) is not None}
    for place, count in kept.items():
        name, at = memory.holders.get(place) or (_target(place), place)
        if at in holders or not holders:
            yield Fact("retained-graph", "", "warning", at, name, {"count": count}, memory.tick)
            return


def _target(place: object) -> str | None:
    at = site(place)  # type: ignore[arg-type]  # a Place or None
    return at.target if at else None

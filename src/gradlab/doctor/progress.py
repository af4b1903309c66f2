"""What became of the updates: none made, made uphill, made too long, or made to tensors that nobody uses."""

import math
from collections import Counter
from collections.abc import Iterator

from gradlab.doctor.facts import Fact
from gradlab.doctor.leaves import Leaf
from gradlab.doctor.ledger import Ledger
from gradlab.doctor.motion import Losses, Motion, Track
from gradlab.doctor.optimizers import Optimizers
from gradlab.doctor.passes import Passes
from gradlab.doctor.places import Place

_LOOP = 3
"""So many passes over one parameter make a loop that means to train it."""
_STEPS = 10
"""So many steps are looked at where a loss exploded."""
_UPHILL = 0.05
"""The least cosine between move and gradient that counts as uphill."""


def not_updated(ledger: Ledger, passes: Passes, optimizers: Optimizers) -> Iterator[Fact]:
    """Parameters with a gradient that never change."""
    tracks = passes.motions.tracks
    trained = [leaf for leaf in ledger.leaves if _changed(leaf, tracks)]
    still = [leaf for leaf in ledger.leaves if _has_gradient(leaf, tracks) and not _changed(leaf, tracks)]
    for leaf in still:
        place = _where_an_update_was_due(leaf, ledger, passes, optimizers)
        evidence = {"passes": leaf.reached, "updates": leaf.updates}
        if not trained and (leaf.holder is not None or not leaf.analysed):
            kind = "in_vain" if leaf.updates else ""
            yield Fact("not-updated", kind, "error", place, leaf.name, evidence, ledger.tick, [leaf])
        elif trained and not leaf.updates:
            yield Fact("not-updated", "some", "note", place, leaf.name, evidence, ledger.tick, [leaf])


def _where_an_update_was_due(leaf: Leaf, ledger: Ledger, passes: Passes, optimizers: Optimizers) -> Place | None:
    """The line of an update that went elsewhere or was by nothing, of an optimizer's step, or else of backward."""
    discarded = [s.place for (of, _), s in ledger.successors.items() if of is leaf and not s.adopted]
    steps = [holder.place for holder in optimizers.holders.values()]
    backward = [losses.place for losses in passes.motions.losses.values() if leaf in losses.leaves]
    return next((place for place in [*discarded, leaf.updated_place, *steps, *backward] if place is not None), None)


def _has_gradient(leaf: Leaf, tracks: dict[Leaf, Track]) -> bool:
    """Whether a loop trains it: its gradient is not zero, and it is not the start of a chain of recorded updates."""
    track = tracks.get(leaf)
    return leaf.reached >= _LOOP and track is not None and track.sloped and not leaf.chains


def _changed(leaf: Leaf, tracks: dict[Leaf, Track]) -> bool:
    """Whether its values moved; a change of the version alone may have been by zero."""
    track = tracks.get(leaf)
    if track is not None and track.looks >= _LOOP:
        return track.moved or (leaf.updates > 0 and track.looks < _LOOP)
    return leaf.updates > 0


def stale(ledger: Ledger) -> Iterator[Fact]:
    """Optimizers that hold tensors which the forward does not use, while it uses others that nobody updates."""
    orphans = [leaf for leaf in ledger.leaves if leaf.reached and leaf.holder is None and not leaf.updates]
    for leaf in ledger.leaves:
        holder = leaf.holder
        if holder is None or len(holder.ticks) < 2 or leaf.reached_at >= holder.ticks[0] - 1:
            continue
        same = [orphan for orphan in orphans if orphan.shape == leaf.shape] or (orphans if leaf.reached == 0 else [])
        if same:
            name = same[0].name or leaf.name
            evidence = {"steps": holder.steps, "optimizer": holder.name}
            yield Fact("stale-optimizer", "", "error", holder.place, name, evidence, holder.ticks[-1], [leaf, *same])


def ascending(ledger: Ledger, passes: Passes) -> Iterator[Fact]:
    """Parameters that walk along +gradient, without anything that speaks for intent."""
    for leaf, track in passes.motions.tracks.items():
        climb = _climb(track.moves())
        losses = next((one for one in passes.motions.losses.values() if leaf in one.leaves), None)
        if not climb or losses is None or _on_purpose(leaf, losses, climb, ledger.frozen):
            continue
        evidence = {"cosine": climb[-1].cosine, "first": losses.first, "last": losses.last}
        yield Fact("ascending", "", "error", leaf.updated_place, leaf.name, evidence, climb[0].tick, [leaf])


def _climb(moves: list[Motion]) -> list[Motion]:
    """The last moves in a row that go uphill, if they do not slow down as those of a momentum do that overshot."""
    climb: list[Motion] = []
    for move in reversed(moves):
        if move.cosine < _UPHILL:
            break
        climb.insert(0, move)
    slows = bool(climb) and climb[-1].length < 0.9 * climb[0].length
    return climb if len(climb) >= _LOOP and not slows else []


def _on_purpose(leaf: Leaf, losses: Losses, moves: list[Motion], frozen: bool) -> bool:
    """What speaks for a climb that is meant: maximize=True, an objective that may be negative or that flattens
    towards a top, an input that climbs through a network whose own parameters stay as they are."""
    holder = leaf.holder
    if (holder is not None and (holder.maximize or holder.lr > 0)) or leaf.signed:
        return True
    if losses.least < 0 or not losses.last > losses.least:
        return True
    if not losses.nonnegative and sum(move.after < move.before for move in moves) > len(moves) // 2:
        return True
    return not leaf.parameter and (frozen or any(other.parameter and not other.updates for other in losses.leaves))


def diverging(passes: Passes) -> Iterator[Fact]:
    """Losses that rise several times over although the updates go downhill: each step overshoots."""
    for losses in passes.motions.losses.values():
        tracks = [(leaf, passes.motions.tracks[leaf]) for leaf in losses.leaves if leaf in passes.motions.tracks]
        steep = [(leaf, move) for leaf, track in tracks for move in track.moves() if _overshoots(move)]
        if losses.exploded() and len(steep) > 1 and _keeps_overshooting(_moves_together(passes, tracks), losses):
            leaf, move = min(steep, key=lambda pair: (pair[1].tick, -pair[1].curvature))
            yield _diverging(leaf, move, losses, losses.most)
        elif passes.unfinite and (passes.exploded or passes.unfinite.huge) and losses.finite < _LOOP:
            wild = [(leaf, move) for leaf, track in tracks for move in track.first[:2] if _wild(move, losses)]
            if wild:
                leaf, move = max(wild, key=lambda pair: -pair[1].before)
                yield _diverging(leaf, move, losses, math.inf)


def _moves_together(passes: Passes, tracks: list[tuple[Leaf, Track]]) -> list[Motion]:
    """The moves of all parameters, as long as numbers were finite."""
    end = passes.unfinite_at if passes.unfinite_at >= 0 else math.inf
    return [move for _, track in tracks for move in track.moves() if move.tick < end]


def _keeps_overshooting(moves: list[Motion], losses: Losses) -> bool:
    """Most parameters overshot together, in a third of the latest steps or in those that made the loss explode."""
    there, over = Counter(move.tick for move in moves), Counter(move.tick for move in moves if _overshoots(move))
    ticks = sorted(there)
    together = [tick for tick in ticks if 2 * over[tick] >= there[tick]]
    latest = sum(tick in together for tick in ticks[-_STEPS:])
    at_once = sum(tick <= losses.most_at for tick in together) if losses.most_at <= _STEPS else 0
    return 3 * latest >= min(len(ticks), _STEPS) or at_once > 1


def _wild(move: Motion, losses: Losses) -> bool:
    """By its slope alone this move would have lowered the loss by several times all that there was."""
    return move.before < -3 * abs(losses.first) and not math.isfinite(move.after)


def _overshoots(move: Motion) -> bool:
    """Downhill at the start of the move, and at its end uphill more steeply."""
    return move.before < 0 and move.after > -move.before and math.isfinite(move.after)


def _diverging(leaf: Leaf, move: Motion, losses: Losses, last: float) -> Fact:
    """Where the curvature could not be measured, the one is given at which this step would have met the bottom."""
    step = move.length / move.gradient
    curvature = move.curvature if math.isfinite(move.curvature) else move.gradient / move.length
    evidence = {
        "first": losses.first,
        "last": last,
        "curvature": curvature,
        "step": step,
        "stable": 2 / curvature,
        "safe": min(1 / curvature, step / 10),
    }
    return Fact("diverging", "", "error", leaf.updated_place, leaf.name, evidence, move.tick, [leaf])

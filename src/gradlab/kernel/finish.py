"""The text of `finish`: the blocks put together, one row of the history written, one step taken, and whether to go on.

Whether a run is over is not decided here, only whether someone should look: a loss or a gradient that is not finite or
too large to be squared, a loss far above the first that has risen time after time, a gradient about as small as wanted.
"""

import math

from gradlab.kernel.code import EXACT, WIDTH, Code, Lane, number
from gradlab.kernel.emit import Emitter
from gradlab.kernel.memory import in_memory, number_of_points, place_of
from gradlab.kernel.nodes import Leaf, Node, below
from gradlab.kernel.program import Program

_SUM = frozenset({"sum"})
FINISH = (
    "ptr noalias %memory, ptr noalias %watch, ptr noalias %partials, i64 %blocks, i64 %n, ptr noalias %out, "
    "i64 %stride, i64 %row"
)

WATCHED = ("far", "rises", "loss", "risen", "small")
"""What is watched: the loss is `far` off, it has risen `rises` times; the last `loss`, how often it has `risen` until
then; the square of a gradient norm that is `small`."""


def finish(program: Program, real: str) -> Code:
    """Sums of all blocks, the row, and the parameters and state of the next step."""
    code = Code()
    emitter = _emitted(code, program, real)
    for column, node in enumerate(program.row):
        slot, start, place = code.name(), code.name(), code.name()
        code.line(f"{start} = mul i64 %stride, {column}")
        code.line(f"{slot} = add i64 {start}, %row")
        code.line(f"{place} = getelementptr {real}, ptr %out, i64 {slot}")
        code.line(f"store {emitter.lane(node, 1, real)}, ptr {place}")
    look = _look(code, emitter, program)
    for leaf, node in program.after.items():
        moved = emitter.lane(node, 1, "double" if leaf[0] == "count" else real)
        code.line(f"store {code.as_kind(moved, 'double')}, ptr {place_of(code, program, leaf)}")
    code.line(f"ret {code.cast('zext', look, 'i64')}")
    return code


def _emitted(code: Code, program: Program, real: str) -> Emitter:
    """Everything that follows from the sums."""
    totals = dict(zip(program.sums, _totals(code, len(program.sums)), strict=True))

    def load(leaf: Leaf) -> Lane:
        return number_of_points(code, real) if leaf == ("n",) else in_memory(code, program, real, leaf)

    emitter = Emitter(code, real, WIDTH[real], load)
    roots: list[Node] = [*program.row, *program.after.values()]
    for node in below(roots, _SUM):
        if node.op == "sum":
            emitter.known[node] = code.as_kind(totals[node.operands[0]], real)
    emitter.write(roots, _SUM)
    return emitter


def _look(code: Code, emitter: Emitter, program: Program) -> Lane:
    """Whether somebody should look at this row; what is watched goes on to the next."""
    places = {name: code.name() for name in WATCHED}
    for index, place in enumerate(places.values()):
        code.line(f"{place} = getelementptr double, ptr %watch, i64 {index}")
    watched = {name: code.emit(f"load double, ptr {place}", "double", 1) for name, place in places.items()}
    zero, one, infinite = (number(value, "double", 1) for value in (0.0, 1.0, math.inf))
    loss, square = code.as_kind(emitter.lane(program.row[0], 1), "double"), zero
    for slope in program.slopes:
        lane = code.as_kind(emitter.lane(slope, 1), "double")
        square = code.arithmetic("fadd", square, code.arithmetic("fmul", lane, lane))
    risen = code.arithmetic("fadd", watched["risen"], one)
    risen = code.select(code.compare("ogt", loss, watched["loss"]), risen, zero)
    code.line(f"store {loss}, ptr {places['loss']}")
    code.line(f"store {risen}, ptr {places['risen']}")
    far = code.integer("and", code.compare("oge", risen, watched["rises"]), code.compare("ogt", loss, watched["far"]))
    look = code.integer("or", far, code.compare("ole", square, watched["small"]))
    look = code.integer("or", look, code.compare("uge", code.intrinsic("fabs", loss), infinite))
    return code.integer("or", look, code.compare("uge", square, infinite))


def _totals(code: Code, count: int) -> list[Lane]:
    """The blocks, one after the other, in double precision."""
    code.line("%at = alloca i64")
    for index in range(count):
        code.line(f"%total{index} = alloca double")
        code.line(f"store double 0.0, ptr %total{index}")
    code.line("store i64 0, ptr %at")
    code.line("br label %walk")
    code.line("walk:")
    code.line("%block = load i64, ptr %at")
    code.line("%remain = icmp slt i64 %block, %blocks")
    code.line("br i1 %remain, label %add, label %added")
    code.line("add:")
    code.line(f"%base = mul i64 %block, {count}")
    for index in range(count):
        slot, place = code.name(), code.name()
        code.line(f"{slot} = add i64 %base, {index}")
        code.line(f"{place} = getelementptr double, ptr %partials, i64 {slot}")
        part = code.emit(f"load double, ptr {place}", "double", 1)
        before = code.emit(f"load double, ptr %total{index}", "double", 1)
        code.line(f"store {code.arithmetic('fadd', before, part, EXACT)}, ptr %total{index}")
    code.line("%following = add i64 %block, 1")
    code.line("store i64 %following, ptr %at")
    code.line("br label %walk")
    code.line("added:")
    return [code.emit(f"load double, ptr %total{index}", "double", 1) for index in range(count)]

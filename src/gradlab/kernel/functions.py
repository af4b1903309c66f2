"""The text of the loop: sums over blocks of points, the row and the step that follow, and both again and again.

    evaluate   the sums of some blocks of points, at the parameters in memory
    finish     the blocks put together, one row of the history written, one step taken
    descend    so many times both, or until somebody should look

Points are summed in blocks of BLOCK, and the blocks one after the other, so that the result does not depend on how many
threads share the blocks among them.
"""

from collections.abc import Iterable

from gradlab.kernel.evaluate import EVALUATE, Evaluate
from gradlab.kernel.finish import FINISH, finish
from gradlab.kernel.program import Program

DESCEND = (
    "ptr noalias %memory, ptr noalias %watch, ptr noalias %columns, i64 %n, ptr noalias %partials, i64 %blocks, "
    "ptr noalias %out, i64 %stride, i64 %row, i64 %rows"
)


def text_of(program: Program, real: str) -> str:
    """The three functions, whole: whatever changes the arithmetic changes this text."""
    evaluate, finished = Evaluate(program, real), finish(program, real)
    parts = [
        _function("void @evaluate", EVALUATE, evaluate.lines()),
        _function("i64 @finish", FINISH, finished.lines),
    ]
    declarations = sorted(evaluate.code.declarations | finished.declarations)
    return "\n".join([*declarations, *parts, _DESCEND, "attributes #0 = { alwaysinline }\n"])


def _function(name: str, parameters: str, lines: Iterable[str]) -> str:
    body = "\n".join(line if line.endswith(":") else f"  {line}" for line in lines)
    return f"define {name}({parameters}) #0 {{\n{body}\n}}\n"


_HERE = "ptr %memory, ptr %watch, ptr %partials, i64 %blocks, i64 %n, ptr %out, i64 %stride, i64 %here"
_DESCEND = f"""define i64 @descend({DESCEND}) {{
  %some = icmp sgt i64 %rows, 0
  br i1 %some, label %again, label %done
again:
  %taken = phi i64 [ 0, %0 ], [ %next, %again ]
  %here = add i64 %row, %taken
  call void @evaluate(ptr %memory, ptr %columns, i64 %n, i64 0, i64 %blocks, ptr %partials)
  %look = call i64 @finish({_HERE})
  %next = add i64 %taken, 1
  %more = icmp slt i64 %next, %rows
  %calm = icmp eq i64 %look, 0
  %on = and i1 %more, %calm
  br i1 %on, label %again, label %done
done:
  %count = phi i64 [ 0, %0 ], [ %next, %again ]
  ret i64 %count
}}
"""

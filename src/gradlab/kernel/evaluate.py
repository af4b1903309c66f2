"""The text of `evaluate`: the sums of some blocks of points, vector by vector, at the parameters in memory."""

from gradlab.kernel.code import CONTRACTED, EXACT, WIDTH, Code, Lane, number, vector_of
from gradlab.kernel.emit import BENT, Emitter
from gradlab.kernel.memory import SIZE, in_memory, number_of_points
from gradlab.kernel.nodes import Leaf, Node, below
from gradlab.kernel.program import Program

BLOCK = 8_192
"""Points that are summed up before the sum is put with the others'."""

EVALUATE = "ptr noalias %memory, ptr noalias %columns, i64 %n, i64 %first, i64 %last, ptr noalias %partials"

_QUICK = frozenset("leaf number add sub mul neg where abs sign gt ge lt le eq ne relu maximum minimum".split())
_FEW = 16


def _flags(program: Program) -> str:
    bent = any(node.op in BENT for node in below(program.sums))
    return EXACT if bent else CONTRACTED


class Evaluate:
    """The sums over points: first what all points share, then block by block and vector by vector."""

    def __init__(self, program: Program, real: str) -> None:
        self.program = program
        self.real = real
        self.width = WIDTH[real]
        self.vector = vector_of(real, self.width)
        self.code = Code(_flags(program))
        nodes = [node for node in below(program.sums) if node.op not in ("leaf", "number")]
        self.unroll = 4 if len(nodes) <= _FEW and all(node.op in _QUICK for node in nodes) else 1

    def lines(self) -> list[str]:
        code, shared = self.code, self._shared()
        code.line("br label %walk")
        code.line("walk:")
        code.line("%block = load i64, ptr %at.block")
        code.line("%remain = icmp slt i64 %block, %last")
        code.line("br i1 %remain, label %begin, label %done")
        code.line("begin:")
        code.line(f"%low = mul i64 %block, {BLOCK}")
        code.line(f"%next = add i64 %low, {BLOCK}")
        code.line("%high = call i64 @llvm.smin.i64(i64 %next, i64 %n)")
        code.declarations.add("declare i64 @llvm.smin.i64(i64, i64)")
        code.line("store i64 %low, ptr %at.point")
        for index in range(len(self.program.sums) * self.unroll):
            code.line(f"store {self.vector} zeroinitializer, ptr %sum{index}")
        self._whole_vectors(shared)
        self._masked_vectors(shared)
        self._store_block()
        code.line("done:")
        code.line("ret void")
        return code.lines

    def _shared(self) -> dict[Node, Lane]:
        """Everything that is the same for all points, once and for all of them."""
        code = self.code
        code.line("%at.block = alloca i64")
        code.line("%at.point = alloca i64")
        for index in range(len(self.program.sums) * self.unroll):
            code.line(f"%sum{index} = alloca {self.vector}")
        code.line("store i64 %first, ptr %at.block")
        for column in range(self.program.columns + 1):
            code.line(f"%slot{column} = getelementptr ptr, ptr %columns, i64 {column}")
            code.line(f"%column{column} = load ptr, ptr %slot{column}")
        scalars = Emitter(code, self.real, self.width, self._scalar)
        used = [node for node in below(self.program.sums) if not node.varying]
        scalars.write(used)
        return {node: code.splat(lane, self.width) for node, lane in scalars.known.items()}

    def _scalar(self, leaf: Leaf) -> Lane:
        return (
            number_of_points(self.code, self.real)
            if leaf == ("n",)
            else in_memory(self.code, self.program, self.real, leaf)
        )

    def _whole_vectors(self, shared: dict[Node, Lane]) -> None:
        """Vectors without a gap, several at a time where a point is quickly done."""
        code, ahead = self.code, self.unroll * self.width
        code.line("br label %whole")
        code.line("whole:")
        code.line("%point = load i64, ptr %at.point")
        code.line(f"%end = add i64 %point, {ahead}")
        code.line("%fits = icmp sle i64 %end, %high")
        code.line("br i1 %fits, label %step, label %rest")
        code.line("step:")
        for copy in range(self.unroll):
            start = code.name()
            code.line(f"{start} = add i64 %point, {copy * self.width}")
            self._vector(shared, start, copy, mask=None)
        code.line("store i64 %end, ptr %at.point")
        code.line("br label %whole")

    def _masked_vectors(self, shared: dict[Node, Lane]) -> None:
        """What is left of the block; of the last vector only the places that are points."""
        code, width = self.code, self.width
        code.line("rest:")
        code.line("%left = load i64, ptr %at.point")
        code.line("%some = icmp slt i64 %left, %high")
        code.line("br i1 %some, label %masked, label %sums")
        code.line("masked:")
        places = ", ".join(f"i64 {place}" for place in range(width))
        first = code.splat(Lane("%left", "i64", 1), width)
        place = code.integer("add", first, Lane(f"<{places}>", "i64", width))
        mask = code.compare("slt", place, code.splat(Lane("%high", "i64", 1), width))
        self._vector(shared, "%left", 0, mask)
        code.line(f"%further = add i64 %left, {width}")
        code.line("store i64 %further, ptr %at.point")
        code.line("br label %rest")

    def _vector(self, shared: dict[Node, Lane], start: str, copy: int, mask: Lane | None) -> None:
        """One vector of points: its terms, added to their sums."""
        code = self.code
        emitter = Emitter(code, self.real, self.width, lambda leaf: self._column(leaf, start, mask))
        emitter.known |= shared
        emitter.write(self.program.sums)
        for index, node in enumerate(self.program.sums):
            term = emitter.lane(node, self.width, self.real)
            if mask is not None:
                term = code.select(mask, term, number(0.0, self.real, self.width))
            place = f"%sum{index * self.unroll + copy}"
            before = code.emit(f"load {self.vector}, ptr {place}", self.real, self.width)
            code.line(f"store {code.arithmetic('fadd', before, term, CONTRACTED)}, ptr {place}")

    def _column(self, leaf: Leaf, start: str, mask: Lane | None) -> Lane:
        """Some points of x or y, the last of all columns."""
        code, size = self.code, SIZE[self.real]
        column = leaf[1] if leaf[0] == "x" else self.program.columns
        place = code.name()
        code.line(f"{place} = getelementptr {self.real}, ptr %column{column}, i64 {start}")
        if mask is None:
            return code.emit(f"load {self.vector}, ptr {place}, align {size}", self.real, self.width)
        load = f"@llvm.masked.load.v{self.width}f{8 * size}.p0"
        code.declarations.add(f"declare {self.vector} {load}(ptr, {mask.type}, {self.vector})")
        return code.emit(
            f"call {self.vector} {load}(ptr align {size} {place}, {mask}, {self.vector} zeroinitializer)",
            self.real,
            self.width,
        )

    def _store_block(self) -> None:
        code, count = self.code, len(self.program.sums)
        code.line("sums:")
        reduce = f"@llvm.vector.reduce.fadd.v{self.width}f{8 * SIZE[self.real]}"
        code.declarations.add(f"declare {self.real} {reduce}({self.real}, {self.vector})")
        code.line(f"%base = mul i64 %block, {count}")
        for index in range(count):
            copies = [f"%sum{index * self.unroll + copy}" for copy in range(self.unroll)]
            lanes = [code.emit(f"load {self.vector}, ptr {place}", self.real, self.width) for place in copies]
            while len(lanes) > 1:
                lanes = [code.arithmetic("fadd", a, b, EXACT) for a, b in zip(lanes[::2], lanes[1::2], strict=True)]
            whole = code.emit(f"call reassoc {self.real} {reduce}({self.real} -0.0, {lanes[0]})", self.real, 1)
            slot, place = code.name(), code.name()
            code.line(f"{slot} = add i64 %base, {index}")
            code.line(f"{place} = getelementptr double, ptr %partials, i64 {slot}")
            code.line(f"store {code.as_kind(whole, 'double')}, ptr {place}")
        code.line("%following = add i64 %block, 1")
        code.line("store i64 %following, ptr %at.block")
        code.line("br label %walk")

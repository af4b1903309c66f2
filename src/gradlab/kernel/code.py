"""Lines of LLVM's language, written one instruction at a time.

A `Lane` is a value on its way: a single number or a vector with one number for each of several points. Vectors are
explicit, so that sums are taken in the same order on every processor; LLVM splits those that its registers cannot hold.
"""

import struct
from dataclasses import dataclass, field

WIDTH = {"double": 8, "float": 16}
"""Numbers in one vector: 64 bytes."""

EXACT, CONTRACTED = "", "contract arcp "
"""Whether a product and a sum may become one instruction with one rounding, and a division by what all points share a
product with its reciprocal."""


@dataclass(frozen=True, slots=True)
class Lane:
    """`text` is the value's name or a constant, `kind` double, float, i64 or i1, `width` 1 or that of a vector."""

    text: str
    kind: str
    width: int

    @property
    def type(self) -> str:
        return vector_of(self.kind, self.width)

    def __str__(self) -> str:
        return f"{self.type} {self.text}"


def vector_of(kind: str, width: int) -> str:
    return kind if width == 1 else f"<{width} x {kind}>"


def number(value: float, kind: str, width: int) -> Lane:
    """A constant in every place of a vector."""
    text = _digits(value, kind)
    return Lane(text if width == 1 else f"splat ({kind} {text})", kind, width)


def _digits(value: float, kind: str) -> str:
    """All bits of it: LLVM writes floats, too, as the double that they are."""
    if kind in ("i64", "i1"):
        return str(int(value))
    if kind == "float":
        try:
            value = struct.unpack("<f", struct.pack("<f", value))[0]
        except OverflowError:
            value = float("inf") if value > 0 else float("-inf")
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


@dataclass(slots=True)
class Code:
    """Instructions so far, and the functions from outside that they call.

    >>> code = Code()
    >>> sum = code.arithmetic("fadd", number(1.0, "double", 1), number(2.0, "double", 1))
    >>> code.lines
    ['%v0 = fadd double 0x3FF0000000000000, 0x4000000000000000']
    """

    flags: str = EXACT
    lines: list[str] = field(default_factory=list)
    declarations: set[str] = field(default_factory=set)
    _count: int = 0

    def name(self) -> str:
        self._count += 1
        return f"%v{self._count - 1}"

    def line(self, text: str) -> None:
        self.lines.append(text)

    def emit(self, text: str, kind: str, width: int) -> Lane:
        """One instruction and its result."""
        lane = Lane(self.name(), kind, width)
        self.line(f"{lane.text} = {text}")
        return lane

    def arithmetic(self, instruction: str, a: Lane, b: Lane, flags: str | None = None) -> Lane:
        flags = self.flags if flags is None else flags
        return self.emit(f"{instruction} {flags}{a}, {b.text}", a.kind, a.width)

    def integer(self, instruction: str, a: Lane, b: Lane) -> Lane:
        return self.emit(f"{instruction} {a}, {b.text}", a.kind, a.width)

    def compare(self, relation: str, a: Lane, b: Lane) -> Lane:
        instruction = "icmp" if a.kind == "i64" else "fcmp"
        return self.emit(f"{instruction} {relation} {a}, {b.text}", "i1", a.width)

    def select(self, condition: Lane, a: Lane, b: Lane) -> Lane:
        return self.emit(f"select {condition}, {a}, {b}", a.kind, a.width)

    def cast(self, instruction: str, a: Lane, kind: str) -> Lane:
        return self.emit(f"{instruction} {a} to {vector_of(kind, a.width)}", kind, a.width)

    def as_kind(self, a: Lane, kind: str) -> Lane:
        """The same number as double or as float."""
        if a.kind == kind:
            return a
        return self.cast("fpext" if kind == "double" else "fptrunc", a, kind)

    def intrinsic(self, name: str, *operands: Lane) -> Lane:
        """One of LLVM's own functions on floating-point numbers, elementwise: `sqrt`, `fma`, `floor`."""
        first = operands[0]
        suffix = ("" if first.width == 1 else f"v{first.width}") + {"double": "f64", "float": "f32"}[first.kind]
        full = f"@llvm.{name}.{suffix}"
        self.declarations.add(f"declare {first.type} {full}({', '.join(each.type for each in operands)})")
        return self.emit(f"call {first.type} {full}({', '.join(map(str, operands))})", first.kind, first.width)

    def splat(self, a: Lane, width: int) -> Lane:
        """One number in every place of a vector."""
        if a.width == width:
            return a
        if not a.text.startswith("%"):
            return Lane(f"splat ({a})", a.kind, width)
        vector = vector_of(a.kind, width)
        first = self.emit(f"insertelement {vector} poison, {a}, i64 0", a.kind, width)
        return self.emit(f"shufflevector {first}, {vector} poison, <{width} x i32> zeroinitializer", a.kind, width)

    def each(self, function: str, *operands: Lane) -> Lane:
        """A function of the C library, called for every number of a vector."""
        first = operands[0]
        self.declarations.add(f"declare double @{function}({', '.join('double' for _ in operands)})")
        if first.width == 1:
            return self.emit(f"call double @{function}({', '.join(map(str, operands))})", "double", 1)
        result = Lane("poison", "double", first.width)
        for place in range(first.width):
            ones = [self.emit(f"extractelement {operand}, i64 {place}", "double", 1) for operand in operands]
            one = self.emit(f"call double @{function}({', '.join(map(str, ones))})", "double", 1)
            result = self.emit(f"insertelement {result}, {one}, i64 {place}", "double", first.width)
        return result

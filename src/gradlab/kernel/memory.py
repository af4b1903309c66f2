"""What the loop keeps from step to step, and how its text reads it."""

from gradlab.kernel.code import Code, Lane
from gradlab.kernel.nodes import Leaf
from gradlab.kernel.program import LR, Program

SIZE = {"double": 8, "float": 4}
"""Bytes of a number."""


def in_memory(code: Code, program: Program, real: str, leaf: Leaf) -> Lane:
    """A number that the loop keeps; all are stored as doubles, and numbers that Python counts or holds stay so."""
    stored = code.emit(f"load double, ptr {place_of(code, program, leaf)}", "double", 1)
    return stored if leaf[0] == "count" or leaf == LR else code.as_kind(stored, real)


def place_of(code: Code, program: Program, leaf: Leaf) -> str:
    """The address of a kept number."""
    place = code.name()
    code.line(f"{place} = getelementptr double, ptr %memory, i64 {program.memory.index(leaf)}")
    return place


def number_of_points(code: Code, real: str) -> Lane:
    return code.emit(f"uitofp i64 %n to {real}", real, 1)

"""The vector functions against mpmath, in units in the last place of the right answer."""

import ctypes
import math
from collections.abc import Callable

import llvmlite.binding as llvm
import mpmath
import numpy as np
import pytest

from gradlab.kernel.code import Code, Lane
from gradlab.kernel.machine import _compiled, _initialise
from gradlab.kernel.mathematics import VECTOR, Vectors

RANDOM = np.random.default_rng(0)
_ALIVE = []


def compiled(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """One of the functions over an array whose length is a multiple of 8."""
    _initialise()
    code = Code()
    result = VECTOR[name](Vectors(code), Lane("%a", "double", 8))
    body = "\n".join(code.lines)
    text = "\n".join(sorted(code.declarations)) + (
        f"\ndefine void @apply(ptr %in, ptr %out, i64 %n) {{\nentry:\n br label %loop\nloop:\n"
        f"%i = phi i64 [0, %entry], [%j, %loop]\n%p = getelementptr double, ptr %in, i64 %i\n"
        f"%q = getelementptr double, ptr %out, i64 %i\n%a = load <8 x double>, ptr %p, align 8\n{body}\n"
        f"store {result}, ptr %q, align 8\n%j = add i64 %i, 8\n%c = icmp slt i64 %j, %n\n"
        f"br i1 %c, label %loop, label %end\nend:\nret void\n}}\n"
    )
    cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple().create_target_machine(cpu=cpu, features=features, opt=2)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(_compiled(text, target)))
    engine.finalize_object()
    _ALIVE.append(engine)
    apply = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)(
        engine.get_function_address("apply")
    )

    def over(values: np.ndarray) -> np.ndarray:
        padded = np.concatenate([values, np.ones(-len(values) % 8)])
        out = np.empty_like(padded)
        apply(padded.ctypes.data, out.ctypes.data, len(padded))
        return out[: len(values)]

    return over


def _truth(name: str, value: float) -> mpmath.mpf:
    with mpmath.workprec(200):
        value = mpmath.mpf(value)
        match name:
            case "sigmoid":
                return 1 / (1 + mpmath.exp(-value))
            case "softplus":
                return mpmath.log1p(mpmath.exp(value)) if value <= 20 else value
            case "expm1" | "log1p" | "exp" | "log" | "sin" | "cos" | "tanh":
                return getattr(mpmath, name)(value)
    raise AssertionError(name)


def errors(name: str, values: np.ndarray) -> np.ndarray:
    ours = compiled(name)(values)
    truth = [_truth(name, value) for value in values.tolist()]
    with mpmath.workprec(200):
        return np.array([float(abs(mpmath.mpf(a) - b) / math.ulp(float(b))) for a, b in zip(ours, truth, strict=True)])


def around(points: np.ndarray) -> np.ndarray:
    """Each point and the numbers next to it."""
    return np.concatenate([points, np.nextafter(points, np.inf), np.nextafter(points, -np.inf)])


TWO_SIDED = np.concatenate([RANDOM.uniform(-1, 1, 700) * scale for scale in (1e-8, 1e-3, 0.3, 1, 5, 30)])
WAVES = np.concatenate(
    [
        TWO_SIDED,
        RANDOM.uniform(-1.6e6, 1.6e6, 1000),
        around(np.pi / 2 * np.arange(-400.0, 400.0)),
        around(np.pi * 1e5 * np.arange(1.0, 5.0)),
    ]
)
POSITIVE = np.concatenate(
    [np.exp(RANDOM.uniform(-700, 700, 1500)), RANDOM.uniform(0.5, 2, 1500), around(np.ones(1)), [5e-324, 1e-310]]
)
DOMAINS = {
    "exp": np.concatenate([TWO_SIDED, RANDOM.uniform(-707.9, 709.7, 1500)]),
    "expm1": np.concatenate([TWO_SIDED, RANDOM.uniform(-50, 709.7, 1500)]),
    "log": POSITIVE,
    "log1p": np.concatenate(
        [RANDOM.uniform(-0.99, 3, 1500), TWO_SIDED[np.abs(TWO_SIDED) < 0.9], np.exp(RANDOM.uniform(0, 700, 500))]
    ),
    "sin": WAVES,
    "cos": WAVES,
    "tanh": TWO_SIDED,
    "sigmoid": RANDOM.uniform(-700, 700, 1500),
    "softplus": RANDOM.uniform(-700, 30, 1500),
}
AT_MOST = {"log1p": 3.0, "softplus": 4.0, "sigmoid": 3.0}
"""Put together from others, they add up their errors; the five that everything is made of keep within 2."""


@pytest.mark.parametrize("name", sorted(VECTOR))
def test_units_in_the_last_place(name):
    assert errors(name, DOMAINS[name]).max() <= AT_MOST.get(name, 2.0)


def test_the_judge_sees_one_digit_too_many(monkeypatch):
    monkeypatch.setitem(VECTOR, "exp", lambda vectors, a: vectors.mul(vectors.exp(a), 1 + 4 * 2.0**-52))
    assert errors("exp", DOMAINS["exp"]).max() > 2


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("exp", [0.0, math.inf, -math.inf, 800.0, -800.0, math.nan], [1.0, math.inf, 0.0, math.inf, 0.0, math.nan]),
        ("log", [0.0, -0.0, -1.0, math.inf, math.nan, 1.0], [-math.inf, -math.inf, math.nan, math.inf, math.nan, 0.0]),
        ("sin", [0.0, math.inf, math.nan, 1e300], [0.0, math.nan, math.nan, math.nan]),
        ("cos", [0.0, math.inf, math.nan, 1e300], [1.0, math.nan, math.nan, math.nan]),
        ("tanh", [0.0, math.inf, -math.inf, math.nan, 30.0], [0.0, 1.0, -1.0, math.nan, 1.0]),
        ("expm1", [0.0, math.inf, -math.inf, math.nan, 710.0], [0.0, math.inf, -1.0, math.nan, math.inf]),
        ("log1p", [0.0, -1.0, -2.0, math.inf, math.nan], [0.0, -math.inf, math.nan, math.inf, math.nan]),
        ("sigmoid", [0.0, math.inf, -math.inf, math.nan], [0.5, 1.0, 0.0, math.nan]),
        ("softplus", [math.inf, -math.inf, math.nan], [math.inf, 0.0, math.nan]),
    ],
)
def test_at_the_edges(name, values, expected):
    np.testing.assert_array_equal(compiled(name)(np.array(values)), expected)

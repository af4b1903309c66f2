"""Planted mistakes, named right: in losses and models of many styles, none of which the diagnosis knows by name.

Every row is a mistake in a derivative that is checked as it would be in a file, so that the recorder sees its source.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gradlab import messages
from gradlab.gradcheck import Verdict, check_file

HEAD = (
    "import math\nimport numpy as np\nimport torch\nimport torch.nn.functional as F\nfrom math import exp, sin, cos\n"
)

FUNCTIONS = {
    "square": "(y_pred, y_true): return (y_pred - y_true) ** 2",
    "product": "(p, t):\n    d = p - t\n    return d * d",
    "absolute": "(p, t): return torch.abs(p - t)",
    "two_sided": "(u, v): return torch.where(u > v, u - v, v - u)",
    "fabs": "(p, y): return math.fabs(p - y)",
    "branches": "(p, y):\n    if p > y:\n        return p - y\n    return y - p",
    "line": "(m, b, x): return m * x + b",
    "recta": "(pendiente, ordenada, entrada): return pendiente * entrada + ordenada",
    "parabola": "(a, b, c, x): return a * x ** 2 + b * x + c",
    "decay": "(x, a, b, c): return a * torch.exp(-b * x) + c",
    "wave": "(x, A, omega, phi): return A * torch.sin(omega * x + phi)",
    "double_sine": "(x): return torch.sin(2 * x)",
    "sine_squared": "(x): return torch.sin(x) ** 2",
    "x_sine": "(x): return x * torch.sin(x)",
    "three_deep": "(x): return torch.exp(torch.sin(x ** 2))",
    "logistic": "(x, w, b): return 1 / (1 + torch.exp(-(w * x + b)))",
    "sigmoid": "(z): return torch.sigmoid(z)",
    "tanh": "(z): return torch.tanh(z)",
    "bell": "(x, mu, sigma): return np.exp(-(x - mu) ** 2 / (2 * sigma ** 2))",
    "ratio": "(x, a, b): return a * x / (b + x)",
    "inverse": "(x): return 1 / x",
    "root": "(x): return math.sqrt(x)",
    "root_of_square": "(x): return torch.sqrt(1 + x ** 2)",
    "cube": "(x): return x ** 3",
    "power": "(x, n): return x ** n",
    "bracket": "(x): return (3 * x + 1) ** 4",
    "half_square": "(x): return x ** 2 / 2",
    "logarithm": "(x): return np.log(x)",
    "log_to_base": "(x, base): return math.log(x, base)",
    "tangent": "(x): return math.tan(x)",
    "quotient": "(x): return x ** 2 / (1 + x)",
    "arrhenius": "(T, A, E): return A * torch.exp(-E / T)",
    "growth": "(x, k=2.0): return torch.exp(-k * x)",
    "mixed": "(x, a): return a * sin(x) + cos(a * x)",
    "helper": "(a, x):\n    def squared(u):\n        return u ** 2\n    return squared(a * x) + a",
    "log_cosh": "(p, y): return torch.log(torch.cosh(p - y))",
    "entropy": "(p, y): return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))",
    "hinge": "(score, y): return torch.clamp(1 - y * score, min=0)",
    "huber": "(p, y, delta=1.0):\n    u = torch.abs(p - y)\n"
    "    return torch.where(u <= delta, u**2 / 2, delta * (u - delta / 2))",
    "mean_square": "(y_pred, y_true): return ((y_pred - y_true) ** 2).mean()",
    "sum_square": "(y_pred, y_true): return ((y_pred - y_true) ** 2).sum()",
    "ecm": "(prediccion, real): return np.mean((prediccion - real) ** 2)",
    "loop": "(y_pred, y_true):\n    total = 0\n    for p, t in zip(y_pred, y_true):\n"
    "        total += (p - t) ** 2\n    return total / len(y_pred)",
    "listed": "(y_pred, y_true): return [(p - t) ** 2 for p, t in zip(y_pred, y_true)]",
    "whole_loss": "(m, b, x, y): return ((m * x + b - y) ** 2).mean()",
    "rms": "(y_pred, y_true): return torch.sqrt(((y_pred - y_true) ** 2).mean())",
    "ready_made": "(y_pred, y_true): return F.l1_loss(y_pred, y_true)",
}

MISTAKES = [
    ("square", "y_pred", "y_pred - y_true", "missing-factor", 0.5),
    ("square", "y_pred", "-2 * (y_pred - y_true)", "sign", -1.0),
    ("square", "y_pred", "2 * (y_pred - y_true) ** 2", "wrong-power", None),
    ("square", "y_pred", "4 * (y_pred - y_true)", "factor", 2.0),
    ("square", "y_pred", "2 * y_pred", "missing-term", None),
    ("square", "y_pred", "2 * (y_pred + y_true)", "sign", None),
    ("square", "y_pred", "2 * (y_pred - y_true) / len(y_pred)", "factor", "1/N"),
    ("square", "y_pred", "2 * (y_pred - y_true) * len(y_pred)", "factor", "N"),
    ("square", "y_pred", "2 * (y_pred - y_true) + 1", "extra-term", None),
    ("product", "p", "p - t", "missing-factor", 0.5),
    ("product", "p", "2 * (t - p)", "sign", -1.0),
    ("absolute", "p", "p - t", "value-instead-of-sign", None),
    ("absolute", "p", "torch.abs(p - t)", "value-instead-of-sign", None),
    ("absolute", "p", "2 * torch.sign(p - t)", "factor", 2.0),
    ("absolute", "t", "torch.sign(p - t)", "sign", -1.0),
    ("two_sided", "u", "u - v", "value-instead-of-sign", None),
    ("fabs", "p", "p - y", "value-instead-of-sign", None),
    ("branches", "p", "abs(p - y)", "value-instead-of-sign", None),
    ("branches", "p", "-1 if p > y else 1", "sign", -1.0),
    ("line", "m", "m", "swapped", None),
    ("line", "m", "1.0", "swapped", None),
    ("line", "b", "x", "swapped", None),
    ("line", "b", "0", "missing-term", None),
    ("line", "b", "3", "factor", 3.0),
    ("line", "m", "x + b", "extra-term", None),
    ("line", "m", "x**2", "wrong-power", None),
    ("line", "m", "0.5 * x", "factor", 0.5),
    ("recta", "pendiente", "pendiente", "swapped", None),
    ("recta", "ordenada", "-1", "sign", -1.0),
    ("parabola", "x", "2 * a * x", "missing-term", None),
    ("parabola", "x", "a * x + b", "missing-factor", None),
    ("parabola", "x", "2 * a * x + b + c", "extra-term", None),
    ("parabola", "x", "2 * a * x - b", "sign", None),
    ("parabola", "x", "2 * a * x**2 + b", "wrong-power", None),
    ("parabola", "x", "2 * a * x + b * x", "wrong-power", None),
    ("parabola", "a", "x", "swapped", None),
    ("decay", "b", "a * x * torch.exp(-b * x)", "sign", -1.0),
    ("decay", "b", "a * torch.exp(-b * x)", "missing-inner-derivative", None),
    ("decay", "b", "-a * torch.exp(-b * x)", "missing-inner-derivative", None),
    ("decay", "b", "-x * torch.exp(-b * x)", "missing-factor", None),
    ("decay", "b", "torch.exp(-b * x)", "swapped", None),
    ("decay", "a", "torch.exp(b * x)", "sign", None),
    ("decay", "a", "torch.exp(-b * x) + c", "extra-term", None),
    ("wave", "omega", "A * torch.cos(omega * x + phi)", "missing-inner-derivative", None),
    ("wave", "omega", "A * x * torch.sin(omega * x + phi)", "other", None),
    ("wave", "phi", "A * x * torch.cos(omega * x + phi)", "swapped", None),
    ("wave", "phi", "torch.cos(omega * x + phi)", "missing-factor", None),
    ("double_sine", "x", "torch.cos(2 * x)", "missing-inner-derivative", 0.5),
    ("sine_squared", "x", "2 * torch.sin(x)", "missing-inner-derivative", None),
    ("sine_squared", "x", "torch.sin(x) * torch.cos(x)", "missing-factor", 0.5),
    ("x_sine", "x", "x * torch.cos(x)", "missing-term", None),
    ("x_sine", "x", "torch.sin(x) - x * torch.cos(x)", "sign", None),
    ("three_deep", "x", "torch.exp(torch.sin(x**2)) * torch.cos(x**2)", "missing-inner-derivative", None),
    ("three_deep", "x", "torch.exp(torch.sin(x**2)) * 2 * x", "missing-inner-derivative", None),
    ("three_deep", "x", "torch.exp(torch.sin(x**2))", "missing-inner-derivative", None),
    ("three_deep", "x", "torch.exp(torch.sin(x**2)) * torch.cos(x**2) * x", "missing-factor", 0.5),
    ("logistic", "w", "-1 / (1 + torch.exp(-(w * x + b))) ** 2", "missing-inner-derivative", None),
    ("sigmoid", "z", "torch.sigmoid(z) * (1 + torch.sigmoid(z))", "sign", None),
    ("sigmoid", "z", "torch.sigmoid(z)", "missing-factor", None),
    ("tanh", "z", "1 - torch.tanh(z)", "wrong-power", None),
    ("tanh", "z", "1 + torch.tanh(z) ** 2", "sign", None),
    ("bell", "mu", "np.exp(-(x - mu) ** 2 / (2 * sigma ** 2))", "missing-inner-derivative", None),
    ("bell", "sigma", "(x - mu)**2 / sigma**2 * np.exp(-(x - mu)**2 / (2 * sigma**2))", "wrong-power", None),
    ("ratio", "b", "-a * x / (b + x)", "wrong-power", None),
    ("ratio", "x", "a / (b + x)", "missing-term", None),
    ("inverse", "x", "1 / x**2", "sign", -1.0),
    ("inverse", "x", "-1 / x", "wrong-power", None),
    ("root", "x", "1 / math.sqrt(x)", "missing-factor", 2.0),
    ("root", "x", "0.5 * math.sqrt(x)", "wrong-power", None),
    ("root_of_square", "x", "1 / (2 * torch.sqrt(1 + x**2))", "missing-inner-derivative", None),
    ("cube", "x", "x**2", "missing-factor", 1 / 3),
    ("cube", "x", "3 * x", "wrong-power", None),
    ("cube", "x", "3 * x**3", "wrong-power", None),
    ("power", "x", "x ** (n - 1)", "missing-factor", None),
    ("bracket", "x", "4 * (3 * x + 1) ** 3", "missing-inner-derivative", 1 / 3),
    ("bracket", "x", "3 * (3 * x + 1) ** 3", "missing-factor", 0.25),
    ("half_square", "x", "-x", "sign", -1.0),
    ("logarithm", "x", "-1 / x", "sign", -1.0),
    ("logarithm", "x", "1 / x**2", "wrong-power", None),
    ("log_to_base", "x", "1 / x", "missing-factor", None),
    ("tangent", "x", "1 / math.cos(x)", "wrong-power", None),
    ("quotient", "x", "(2 * x * (1 + x) - x**2) / (1 + x)", "wrong-power", None),
    ("quotient", "x", "(2 * x * (1 + x) + x**2) / (1 + x) ** 2", "sign", None),
    ("arrhenius", "T", "A * torch.exp(-E / T) / T**2", "missing-factor", None),
    ("arrhenius", "E", "-A * torch.exp(-E / T)", "missing-inner-derivative", None),
    ("growth", "x", "-torch.exp(-k * x)", "missing-inner-derivative", None),
    ("growth", "x", "-2 * torch.exp(-2 * x)", "other", None),
    ("mixed", "x", "a * cos(x) + a * sin(a * x)", "sign", None),
    ("mixed", "x", "a * cos(x) - sin(a * x)", "missing-inner-derivative", None),
    ("mixed", "x", "a * cos(x)", "missing-term", None),
    ("helper", "a", "2 * a * x + 1", "missing-inner-derivative", None),
    ("helper", "a", "2 * a * x**2", "missing-term", None),
    ("log_cosh", "p", "-torch.tanh(p - y)", "sign", -1.0),
    ("log_cosh", "p", "1 / torch.cosh(p - y)", "missing-inner-derivative", None),
    ("entropy", "p", "-y / p - (1 - y) / (1 - p)", "sign", None),
    ("entropy", "p", "-y / p", "missing-term", None),
    ("hinge", "score", "torch.where(1 - y * score > 0, y, 0 * y)", "sign", -1.0),
    ("hinge", "score", "torch.where(1 - y * score > 0, -score, 0 * y)", "swapped", None),
    ("huber", "p", "torch.where(abs(p - y) <= delta, p - y, torch.sign(p - y))", "missing-factor", None),
    ("huber", "p", "torch.where(abs(p - y) <= delta, p - y, delta * (p - y))", "value-instead-of-sign", None),
    ("huber", "p", "torch.where(abs(p - y) <= delta, p - y, -delta * torch.sign(p - y))", "sign", None),
    ("huber", "p", "torch.clamp(p - y, -1, 1)", "other", None),
    ("mean_square", "y_pred", "2 * (y_pred - y_true)", "sum-instead-of-mean", "N"),
    ("mean_square", "y_pred", "(y_pred - y_true) / len(y_pred)", "missing-factor", 0.5),
    ("mean_square", "y_pred", "y_pred - y_true", "sum-instead-of-mean", None),
    ("mean_square", "y_pred", "2 * (y_pred - y_true) / len(y_pred) ** 2", "factor", "1/N"),
    ("sum_square", "y_pred", "2 * (y_pred - y_true) / len(y_pred)", "factor", "1/N"),
    ("sum_square", "y_pred", "2 * (y_pred - y_true) * len(y_pred)", "factor", "N"),
    ("ecm", "prediccion", "2 * (prediccion - real)", "sum-instead-of-mean", "N"),
    ("ecm", "prediccion", "2 * (real - prediccion) / real.size", "sign", -1.0),
    ("loop", "y_pred", "2 * (y_pred - y_true)", "sum-instead-of-mean", "N"),
    ("loop", "y_pred", "2 * (y_pred - y_true) ** 2 / len(y_pred)", "wrong-power", None),
    ("listed", "y_pred", "[p - t for p, t in zip(y_pred, y_true)]", "missing-factor", 0.5),
    ("whole_loss", "m", "(2 * (m * x + b - y) * x).sum()", "sum-instead-of-mean", "N"),
    ("whole_loss", "m", "(2 * (m * x + b - y)).mean()", "missing-inner-derivative", None),
    ("whole_loss", "b", "(2 * (m * x + b - y) * x).mean()", "swapped", None),
    ("whole_loss", "b", "(2 * (m * x - y)).mean()", "missing-term", None),
    ("rms", "y_pred", "1 / (2 * torch.sqrt(((y_pred - y_true) ** 2).mean()))", "missing-inner-derivative", None),
    ("ready_made", "y_pred", "torch.sign(y_pred - y_true)", "sum-instead-of-mean", "N"),
    ("ready_made", "y_pred", "(y_pred - y_true) / len(y_pred)", "value-instead-of-sign", None),
]


def source() -> str:
    """A file with every function and, beside an alias of it, every mistake: `cube3` and `cube3_d_x`."""
    lines = [HEAD, *(f"def {name}{rest}" for name, rest in FUNCTIONS.items())]
    for number, (name, argument, wrong, _, _) in enumerate(MISTAKES):
        signature = FUNCTIONS[name].partition(":")[0]
        lines += [f"{name}{number} = {name}", f"def {name}{number}_d_{argument}{signature}: return {wrong}"]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Verdict]]:
    path: Path = tmp_path_factory.mktemp("mistakes") / "mistakes.py"
    path.write_text(source(), encoding="utf-8")
    with messages.speaking("en"):
        yield {verdict.function: verdict for verdict in check_file(path)}


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[f"{row[0]}: {row[2]}" for row in MISTAKES])
def test_a_planted_mistake_is_named(verdicts: dict[str, Verdict], number: int) -> None:
    name, argument, _, diagnosis, factor = MISTAKES[number]
    found = verdicts[f"{name}{number}_d_{argument}"]
    assert (found.verdict, found.diagnosis) == ("wrong", diagnosis)
    assert found.factor == (pytest.approx(factor) if isinstance(factor, float) else factor)


def test_the_place_of_a_mistake_is_quoted(verdicts: dict[str, Verdict]) -> None:
    number = MISTAKES.index(("double_sine", "x", "torch.cos(2 * x)", "missing-inner-derivative", 0.5))
    assert "The place: 2 * x." in verdicts[f"double_sine{number}_d_x"].sentence


def test_every_wrong_one_falls_like_h_and_no_faster(verdicts: dict[str, Verdict]) -> None:
    """The Taylor remainder has slope 1 for a wrong gradient, wherever enough digits are left to tell."""
    slopes = [verdict.taylor_slope for verdict in verdicts.values() if verdict.taylor_slope is not None]
    assert len(slopes) > 0.9 * len(MISTAKES)
    assert all(0.8 < slope < 1.3 for slope in slopes)

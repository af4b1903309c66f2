"""`grad_NAME` in a file: the model found, y_pred made consistent, and what is wrong named with its component."""

from pathlib import Path

import pytest

from gradlab import messages
from gradlab.gradcheck import Verdict, check_file

HEAD = "import numpy as np\nimport torch\n"

LINE = """
def line_model(m, b, inputs): return m * inputs + b
def line_model_d_m(m, b, inputs): return inputs
def line_model_d_b(m, b, inputs): return 1.0
def MSE_loss(y_pred, y_true): return ((y_pred - y_true) ** 2).mean()
def MAE_loss(y_pred, y_true): return torch.abs(y_pred - y_true).mean()
def SE(y_pred, y_true): return (y_pred - y_true) ** 2
def Huber_loss(y_pred, y_true, delta=1.0):
    u = torch.abs(y_pred - y_true)
    return torch.where(u <= delta, u**2 / 2, delta * (u - delta / 2)).mean()
def slow_loss(y_pred, y_true):
    total = 0.0
    for p, t in zip(y_pred, y_true):
        total = total + (p - t) ** 2
    return total / len(y_pred)
"""

PARABOLA = """
def parabola(x, a, b, c): return a * x ** 2 + b * x + c
def parabola_d_a(x, a, b, c): return x ** 2
def parabola_d_b(x, a, b, c): return x
def parabola_d_c(x, a, b, c): return 1
def mse(pred, target): return torch.mean((pred - target) ** 2)
"""

DECAY = """
def modelo(x, a, b): return a * torch.exp(-b * x)
def modelo_d_a(x, a, b): return torch.exp(-b * x)
def modelo_d_b(x, a, b): return -a * x * torch.exp(-b * x)
def MSE_loss(y_pred, y_true): return ((y_pred - y_true) ** 2).mean()
"""

LOGISTIC = """
def logistic(x, w, b): return 1 / (1 + torch.exp(-(w * x + b)))
def logistic_d_b(x, w, b): return logistic(x, w, b) * (1 - logistic(x, w, b))
def logistic_d_w(x, w, b): return logistic_d_b(x, w, b) * x
def BCE_loss(p, y): return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
"""

ARRAYS = """
def recta(m, b, x): return m * x + b
def recta_d_m(m, b, x): return x
def recta_d_b(m, b, x): return np.ones_like(x)
def ECM(y_pred, y_true): return np.mean((y_pred - y_true) ** 2)
"""

WEIGHTS = """
def lineal(X, w, b): return X @ w + b
def lineal_d_w(X, w, b): return X
def lineal_d_b(X, w, b): return 1.0
def MSE_loss(y_pred, y_true): return ((y_pred - y_true) ** 2).mean()
"""

POINTWISE = """
import math
def curva(x, a, k): return a * math.exp(-k * x)
def curva_d_a(x, a, k): return math.exp(-k * x)
def curva_d_k(x, a, k): return -a * x * math.exp(-k * x)
def AE_loss(y_pred, y_true): return abs(y_pred - y_true)
"""

ONE = """
def recta(m, b, x): return m * x + b
def recta_d_m(m, b, x): return x
def MSE(y_pred, y_true): return ((y_pred - y_true) ** 2).mean()
"""

ALONE = "def MSE_loss(m, b, x, y): return ((m * x + b - y) ** 2).mean()\n"

MSE = "def grad_MSE(x_true, y_pred, y_true, m, b):\n    e = 2 * (y_pred - y_true)\n    "
MAE = "def grad_MAE(x_true, y_pred, y_true, m, b):\n    e = y_pred - y_true\n    s = torch.sign(e)\n    "
HUBER = "def grad_Huber(x, y_pred, y_true, m, b, delta=1.0):\n    u = y_pred - y_true\n    "
SLOW = (
    "def grad_slow(x_true, y_pred, y_true, m, b):\n    m = b = 0\n    n = len(x_true)\n"
    "    for x, p, t in zip(x_true, y_pred, y_true):\n        "
)
CURVE = "def grad_mse(x, pred, target, a, b, c):\n    e = 2 * (pred - target)\n    "
EXP = (
    "def grad_MSE(x, y_pred, y_true, a, b):\n    e = 2 * (y_pred - y_true)\n"
    "    da, db = modelo_d_a(x, a, b), modelo_d_b(x, a, b)\n    "
)
BCE = "def grad_BCE(x, p, y, w, b):\n    "
ECM = "def grad_ECM(x, y_pred, y_true, m, b):\n    e = 2 * (y_pred - y_true)\n    "
MATRIX = "def grad_MSE(X, y_pred, y_true, w, b):\n    e = 2 * (y_pred - y_true)\n    "
AE = "def grad_AE(x, y_pred, y_true, a, k):\n    s = 1 if y_pred > y_true else -1\n    "
OWN = "def grad_MSE(m, b, x, y):\n    e = 2 * (m * x + b - y)\n    "

RIGHT = [
    (LINE, MSE + "return torch.stack([(e * x_true).mean(), e.mean()])"),
    (LINE, MSE + "return (e * x_true).mean(), e.mean()"),
    (LINE, MSE + "return {'b': e.mean(), 'm': (e * x_true).mean()}"),
    (LINE, MSE + "return np.array([float((e * x_true).mean()), float(e.mean())])"),
    (LINE, MAE + "return [(s * x_true).mean(), s.mean()]"),
    (LINE, HUBER + "g = torch.clamp(u, -delta, delta)\n    return [(g * x).mean(), g.mean()]"),
    (LINE, "def grad_SE(b, m, x, y):\n    e = 2 * (m * x + b - y)\n    return e.mean(), (e * x).mean()"),
    (LINE, "def grad_SE(m, b, x, y):\n    e = 2 * (m * x + b - y)\n    return torch.stack([e * x, e])"),
    (LINE, SLOW + "m, b = m + 2 * (p - t) * x / n, b + 2 * (p - t) / n\n    return [m, b]"),
    (PARABOLA, CURVE + "return [(e * x ** 2).mean(), (e * x).mean(), e.mean()]"),
    (DECAY, EXP + "return torch.stack([(e * da).mean(), (e * db).mean()])"),
    (LOGISTIC, BCE + "return torch.stack([((p - y) * x).mean(), (p - y).mean()])"),
    (ARRAYS, ECM + "return np.array([np.mean(e * x), np.mean(e)])"),
    (WEIGHTS, MATRIX + "return [X.T @ e / len(e), e.mean()]"),
    (ALONE, OWN + "return torch.stack([(e * x).mean(), e.mean()])"),
    (POINTWISE, AE + "return [s * curva_d_a(x, a, k), s * curva_d_k(x, a, k)]"),
    (ONE, "def grad_MSE(x, y_pred, y_true): return 2 * ((y_pred - y_true) * x).mean()"),
    (ONE, "def grad_MSE(m, x, y_pred, y_true): return [2 * ((y_pred - y_true) * x).mean()]"),
]

WRONG = [
    (LINE, MSE + "return torch.stack([(e * x_true).sum(), e.sum()])", None, "sum-instead-of-mean", "N"),
    (LINE, MSE + "return torch.stack([(e * x_true).mean(), e.sum()])", "b", "sum-instead-of-mean", "N"),
    (LINE, MSE + "return torch.stack([e * x_true, e])", None, "sum-instead-of-mean", "N"),
    (LINE, MSE + "return (e * x_true).mean(), e", "b", "sum-instead-of-mean", "N"),
    (LINE, MSE + "return torch.stack([(e * x_true).mean(), e.mean()]) / 2", None, "missing-factor", 0.5),
    (LINE, MSE + "return [(e * x_true).mean() / 2, e.mean()]", "m", "missing-factor", 0.5),
    (LINE, MSE + "return [e.mean(), e.mean()]", "m", "missing-inner-derivative", None),
    (LINE, MSE + "return [e.mean(), (e * x_true).mean()]", None, "swapped", None),
    (LINE, MSE + "return [(e * x_true).mean(), (e * x_true).mean()]", "b", "swapped", None),
    (LINE, MSE + "return [-(e * x_true).mean(), -e.mean()]", None, "sign", -1.0),
    (LINE, MSE + "return {'m': (e * x_true).mean(), 'b': -e.mean()}", "b", "sign", -1.0),
    (LINE, MSE + "return [(e ** 2 * x_true).mean() / 2, (e ** 2).mean() / 2]", None, "wrong-power", None),
    (LINE, MSE + "return [(e * x_true ** 2).mean(), e.mean()]", "m", "wrong-power", None),
    (LINE, MSE + "return [(e * x_true).mean() / len(e), e.mean() / len(e)]", None, "factor", "1/N"),
    (LINE, MSE + "return [2 * (e * x_true).mean(), 2 * e.mean()]", None, "factor", 2.0),
    (LINE, MSE + "return [(e * x_true).mean() + 0.1 * m, e.mean()]", "m", "extra-term", None),
    (LINE, MSE + "return [-(e * x_true).mean(), e.mean() / 2]", None, "other", None),
    (LINE, MAE + "return [(e * x_true).mean(), e.mean()]", None, "value-instead-of-sign", None),
    (LINE, MAE + "return [(s * x_true).mean(), e.mean()]", "b", "value-instead-of-sign", None),
    (LINE, MAE + "return [s.mean(), s.mean()]", "m", "missing-inner-derivative", None),
    (LINE, MAE + "return [(s * x_true).sum(), s.sum()]", None, "sum-instead-of-mean", "N"),
    (
        LINE,
        HUBER + "g = u.clamp(-delta, delta)\n    return [g.mean(), g.mean()]",
        "m",
        "missing-inner-derivative",
        None,
    ),
    (LINE, SLOW + "m, b = m + 2 * (p - t) * x, b + 2 * (p - t)\n    return [m, b]", None, "sum-instead-of-mean", "N"),
    (
        LINE,
        SLOW + "m, b = m + 2 * (p - t) / n, b + 2 * (p - t) / n\n    return [m, b]",
        "m",
        "missing-inner-derivative",
        None,
    ),
    (PARABOLA, CURVE + "return [(e * x).mean(), (e * x ** 2).mean(), e.mean()]", None, "swapped", None),
    (PARABOLA, CURVE + "return [e.mean(), (e * x ** 2).mean(), (e * x).mean()]", None, "swapped", None),
    (PARABOLA, CURVE + "return [(e * x ** 2).mean(), (e * x).mean(), e.sum()]", "c", "sum-instead-of-mean", "N"),
    (PARABOLA, CURVE + "return [(e * x ** 2).mean(), e.mean(), e.mean()]", "b", "missing-inner-derivative", None),
    (PARABOLA, CURVE + "return [(e * x ** 2).mean(), -(e * x).mean(), -e.mean()]", None, "sign", -1.0),
    (DECAY, EXP + "return [(e * da).mean(), -(e * db).mean()]", "b", "sign", -1.0),
    (DECAY, EXP + "return [(e * da).mean(), (e * db / x).mean()]", "b", "missing-inner-derivative", None),
    (DECAY, EXP + "return [(e * da).mean(), (e * db).mean() / a]", "b", "missing-factor", None),
    (DECAY, EXP + "return [(e * db).mean(), (e * da).mean()]", None, "swapped", None),
    (LOGISTIC, BCE + "return [((p - y) * x).sum(), (p - y).sum()]", None, "sum-instead-of-mean", "N"),
    (
        LOGISTIC,
        BCE + "g = -y / p + (1 - y) / (1 - p)\n    return [(g * x).mean(), g.mean()]",
        None,
        "missing-inner-derivative",
        None,
    ),
    (LOGISTIC, BCE + "return [((y - p) * x).mean(), (y - p).mean()]", None, "sign", -1.0),
    (ARRAYS, ECM + "return np.array([np.sum(e * x), np.sum(e)])", None, "sum-instead-of-mean", "N"),
    (ARRAYS, ECM + "return np.array([np.mean(e), np.mean(e)])", "m", "missing-inner-derivative", None),
    (WEIGHTS, MATRIX + "return [X.T @ e, e.sum()]", None, "sum-instead-of-mean", "N"),
    (WEIGHTS, MATRIX + "return [-X.T @ e / len(e), e.mean()]", "w", "sign", -1.0),
    (ALONE, OWN + "return torch.stack([(e * x).sum(), e.sum()])", None, "sum-instead-of-mean", "N"),
    (ALONE, OWN + "return torch.stack([e.mean(), e.mean()])", "m", "missing-inner-derivative", None),
    (POINTWISE, AE + "return [s * curva_d_a(x, a, k), -s * curva_d_k(x, a, k)]", "k", "sign", -1.0),
    (
        POINTWISE,
        AE + "s = y_pred - y_true\n    return [s * curva_d_a(x, a, k), s * curva_d_k(x, a, k)]",
        None,
        "value-instead-of-sign",
        None,
    ),
]

BAD = [
    (LINE, "def grad_MSE(m, b): return [m, b]", "does not take"),
    (LINE, MSE + "return [(e * x_true).mean()]", "1 components where there are 2: m, b"),
    (LINE, MSE + "return {'m': (e * x_true).mean()}", "no component b"),
    (LINE, MSE + "return torch.stack([e, e.mean()])", "raised RuntimeError: stack expects each tensor"),
    (LINE, MSE + "return None", "returned nothing"),
    (LINE + DECAY, "def grad_SE(x, y_pred, y_true): return 2 * ((y_pred - y_true) * x).mean()", "is its model"),
    (LINE, "def grad_nothing(x, y, m, b): return [m, b]", "neither nothing_loss nor nothing"),
    ("def MSE_loss(y_pred, y_true): return ((y_pred - y_true) ** 2).mean()\n", MSE + "return [e, e]", "is its model"),
]


@pytest.fixture(autouse=True)
def english():
    with messages.speaking("en"):
        yield


def verdict_on(folder: Path, functions: str, gradient: str) -> Verdict:
    path = folder / "gradients.py"
    path.write_text(f"{HEAD}{functions}{gradient}\n", encoding="utf-8")
    (found,) = [verdict for verdict in check_file(path) if verdict.function.startswith("grad_")]
    return found


@pytest.mark.parametrize(("functions", "gradient"), RIGHT)
def test_a_right_gradient_is_right(tmp_path: Path, functions: str, gradient: str) -> None:
    found = verdict_on(tmp_path, functions, gradient)
    assert (found.verdict, found.argument) == ("right", None), found.sentence
    assert found.taylor_slope == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(("functions", "gradient", "component", "diagnosis", "factor"), WRONG)
def test_a_mistake_is_named_with_its_component(
    tmp_path: Path, functions: str, gradient: str, component: str | None, diagnosis: str, factor: float | str | None
) -> None:
    found = verdict_on(tmp_path, functions, gradient)
    assert (found.verdict, found.argument, found.diagnosis) == ("wrong", component, diagnosis), found.sentence
    assert found.factor == (pytest.approx(factor) if isinstance(factor, float) else factor)
    assert found.taylor_slope == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(("functions", "gradient", "sentence"), BAD)
def test_what_cannot_be_checked_says_why(tmp_path: Path, functions: str, gradient: str, sentence: str) -> None:
    found = verdict_on(tmp_path, functions, gradient)
    assert found.verdict == "unsure"
    assert sentence in found.sentence


def test_some_of_three_wrong_components_are_listed(tmp_path: Path) -> None:
    found = verdict_on(tmp_path, PARABOLA, CURVE + "return [(e * x ** 2).mean(), -(e * x).mean(), -e.mean()]")
    assert "Wrong are b, c." in found.sentence

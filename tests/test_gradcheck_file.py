"""`gradlab check FILE.py`: pairs found by name, the lesson's own file right, bad files told apart in a sentence."""

import json
from pathlib import Path

import pytest

from gradlab import messages
from gradlab.cli import main
from gradlab.errors import BadInputError
from gradlab.gradcheck import check_file

LESSON = '''
"""The lesson's derivatives, written anew; then it trains, asks, plots and ends, as such files do."""
import torch
import matplotlib.pyplot as plt

def line_model(m, b, inputs):
    return m * inputs + b

def AE_loss(y_pred, y_true):
    return torch.abs(y_pred - y_true)

def SE_loss(y_pred, y_true):
    return (y_pred - y_true) ** 2

def MAE_loss(y_pred, y_true):
    return AE_loss(y_pred, y_true).mean()

def MSE_loss(y_pred, y_true):
    return SE_loss(y_pred, y_true).mean()

def AE_loss_d_y_pred(y_pred, y_true):
    above = y_pred - y_true >= 0
    return above * 1 + ~above * -1

def SE_loss_d_y_pred(y_pred, y_true):
    return 2 * (y_pred - y_true)

def line_model_d_m(m, b, inputs):
    return inputs

def line_model_d_b(m, b, inputs):
    return 1.0

def grad_MAE(x_true, y_pred, y_true, m, b):
    outer = AE_loss_d_y_pred(y_pred, y_true)
    along_m = outer * line_model_d_m(m, b, x_true)
    along_b = outer * line_model_d_b(m, b, x_true)
    return torch.stack([along_m.mean(), along_b.mean()])

def grad_MSE(x_true, y_pred, y_true, m, b):
    outer = SE_loss_d_y_pred(y_pred, y_true)
    along_m = outer * line_model_d_m(m, b, x_true)
    along_b = outer * line_model_d_b(m, b, x_true)
    return torch.stack([along_m.mean(), along_b.mean()])

x = torch.rand(50) * 50
m = float(input("m? "))
for step in range(1_000_000_000):
    m = m - 1e-3 * grad_MAE(x, line_model(m, 0, x), x / 2, m, 0)[0]
    print(m)
plt.show()
raise SystemExit("the end")
'''

CHECKED = ["AE_loss_d_y_pred", "SE_loss_d_y_pred", "line_model_d_m", "line_model_d_b", "grad_MAE", "grad_MSE"]


@pytest.fixture(autouse=True)
def english():
    with messages.speaking("en"):
        yield


def write(folder: Path, source: str) -> Path:
    path = folder / "derivatives.py"
    path.write_text(source, encoding="utf-8")
    return path


def test_the_lesson_is_right(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    verdicts = check_file(write(tmp_path, LESSON))
    assert [(v.function, v.verdict, v.diagnosis) for v in verdicts] == [(name, "right", None) for name in CHECKED]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["AE_loss_d_y_pred", "grad_MAE"])
def test_the_lessons_choice_at_the_kink_is_explained(tmp_path: Path, name: str) -> None:
    (verdict,) = [v for v in check_file(write(tmp_path, LESSON)) if v.function == name]
    assert "kink" in verdict.sentence and "the lesson +1" in verdict.sentence


PLANTED = [
    ("2 * (y_pred - y_true)", "2 * (y_true - y_pred)", "SE_loss_d_y_pred", "y_pred", "sign", -1.0),
    ("2 * (y_pred - y_true)", "(y_pred - y_true)", "SE_loss_d_y_pred", "y_pred", "missing-factor", 0.5),
    ("2 * (y_pred - y_true)", "(y_pred - y_true)", "grad_MSE", None, "missing-factor", 0.5),
    ("2 * (y_pred - y_true)", "6 * (y_pred - y_true)", "SE_loss_d_y_pred", "y_pred", "factor", 3.0),
    ("2 * (y_pred - y_true)", "2 * (y_pred - y_true) ** 2", "SE_loss_d_y_pred", "y_pred", "wrong-power", None),
    ("above * 1 + ~above * -1", "y_pred - y_true", "AE_loss_d_y_pred", "y_pred", "value-instead-of-sign", None),
    ("above * 1 + ~above * -1", "y_pred - y_true", "grad_MAE", None, "value-instead-of-sign", None),
    ("return inputs\n", "return m\n", "line_model_d_m", "m", "swapped", None),
    ("return 1.0\n", "return inputs\n", "line_model_d_b", "b", "swapped", None),
    ("along_m.mean(), along_b.mean()", "along_b.mean(), along_m.mean()", "grad_MSE", None, "swapped", None),
    ("along_m.mean(), along_b.mean()", "along_m.sum(), along_b.sum()", "grad_MAE", None, "sum-instead-of-mean", "N"),
    ("along_m.mean(), along_b.mean()", "along_m.mean(), along_b.sum()", "grad_MSE", "b", "sum-instead-of-mean", "N"),
    ("along_m.mean(), along_b.mean()", "along_m.mean(), -along_b.mean()", "grad_MSE", "b", "sign", -1.0),
    ("outer * line_model_d_m(m, b, x_true)", "outer", "grad_MSE", "m", "missing-inner-derivative", None),
    ("outer * line_model_d_m(m, b, x_true)", "outer * 1.0", "grad_MAE", "m", "missing-inner-derivative", None),
    ("along_m.mean(),", "along_m.mean() / len(x_true),", "grad_MSE", "m", "factor", "1/N"),
]


@pytest.mark.parametrize(("right", "wrong", "function", "argument", "diagnosis", "factor"), PLANTED)
def test_mistakes_planted_in_the_lesson_are_named(
    tmp_path: Path, right: str, wrong: str, function: str, argument: str | None, diagnosis: str, factor: object
) -> None:
    assert right in LESSON
    found = {v.function: v for v in check_file(write(tmp_path, LESSON.replace(right, wrong)))}
    assert (found[function].argument, found[function].diagnosis) == (argument, diagnosis)
    assert found[function].factor == (pytest.approx(factor) if isinstance(factor, float) else factor)


def test_the_command_prints_what_is_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, LESSON.replace("2 * (y_pred - y_true)", "(y_pred - y_true)"))
    assert main(["check", str(path), "--json", "--lang", "en"]) == 1
    listed = json.loads(capsys.readouterr().out)
    assert [entry["function"] for entry in listed] == CHECKED
    assert set(listed[1]) == {"function", "argument", "verdict", "diagnosis", "factor", "sentence"}
    assert listed[1] | {"sentence": ""} == {
        "function": "SE_loss_d_y_pred",
        "argument": "y_pred",
        "verdict": "wrong",
        "diagnosis": "missing-factor",
        "factor": 0.5,
        "sentence": "",
    }


@pytest.mark.parametrize(("code", "word"), [("en", "right: 6"), ("es", "bien: 6")])
def test_all_right_is_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, word: str) -> None:
    assert main(["check", str(write(tmp_path, LESSON)), "--lang", code]) == 0
    assert word in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("def f(x):\n    return (x\n", "Line 2"),
        ("def f(x):\n    return x\n", "no derivatives to check.*NAME_d_ARG"),
        ("", "no derivatives to check"),
        ("import no_such_module\n", "no derivatives to check"),
    ],
)
def test_a_file_without_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, sentence: str) -> None:
    path = write(tmp_path, source)
    with pytest.raises(BadInputError, match=sentence):
        check_file(path)
    assert main(["check", str(path), "--lang", "en"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert main(["check", str(tmp_path / "nowhere.py")]) == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("raise ValueError('not yet')", "f_d_x raised ValueError: not yet"),
        ("pass", "f_d_x returned nothing"),
        ("return 'two'", "f_d_x returned 'two', which is no number"),
        ("return torch.ones(5)", "f_d_x returned shape"),
        ("return x[:, None]", "f_d_x returned shape"),
        ("return nowhere * x", "NameError"),
    ],
)
def test_a_function_that_cannot_be_used_is_named_in_its_own_entry(tmp_path: Path, body: str, sentence: str) -> None:
    f = f"import torch\ndef f(x): return x**2\ndef f_d_x(x): {body}\n"
    source = f + "def g(x): return x**3\ndef g_d_x(x): return 3*x**2\n"
    first, second = check_file(write(tmp_path, source))
    assert (first.verdict, second.verdict) == ("unsure", "right")
    assert sentence in first.sentence


def test_names_that_hold_d(tmp_path: Path) -> None:
    source = """
def f(x): return x**3
def f_d_x(x): return 3 * x**2
def f_d_x_d_x(x): return 6 * x
def sum_d_terms(x, d_y): return x * d_y
def sum_d_terms_d_d_y(x, d_y): return x
"""
    found = [(v.function, v.argument, v.verdict) for v in check_file(write(tmp_path, source))]
    assert found == [("f_d_x", "x", "right"), ("f_d_x_d_x", "x", "right"), ("sum_d_terms_d_d_y", "d_y", "right")]


def test_a_misspelt_argument_is_asked_about(tmp_path: Path) -> None:
    source = "def f(y_pred, y): return y_pred * y\ndef f_d_ypred(y_pred, y): return y\n"
    (verdict,) = check_file(write(tmp_path, source))
    assert (verdict.verdict, verdict.argument) == ("unsure", "ypred")
    assert "y_pred was probably meant" in verdict.sentence

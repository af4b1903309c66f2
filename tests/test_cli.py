"""The command as it is typed: exit statuses, what goes to which stream, and one sentence for every mistake."""

import csv
import json
import math
import subprocess
import sys
from itertools import pairwise

import pytest
import torch

from gradlab.cli import main


@pytest.fixture
def line_csv(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(5)))
    return path


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def refusal(outcome):
    """Exit status 2, nothing on stdout, one paragraph on stderr that is not a traceback."""
    status, out, err = outcome
    assert status == 2
    assert out == ""
    assert err.startswith("gradlab: ")
    assert "Traceback" not in err
    return err


def test_fit_as_json(run, line_csv):
    status, out, err = run("fit", line_csv, "--model", "line", "--lr", "0.1", "--steps", "300", "--json")
    found = json.loads(out)
    assert (status, err) == (0, "")
    assert found["params"]["m"] == pytest.approx(2, abs=1e-6)
    assert found["params"]["b"] == pytest.approx(1, abs=1e-6)
    assert found["least_squares"] == pytest.approx({"m": 2.0, "b": 1.0}, abs=1e-12)
    keys = {"params", "gradient", "loss", "steps", "outcome", "gradient_method", "engine", "model", "n"}
    assert keys <= found.keys()
    assert (found["steps"], found["n"], found["model"], found["gradient_method"]) == (300, 5, "line", "autograd")


@pytest.mark.parametrize("loss", ["mae", "huber:0.5", "mse"])
def test_the_optimum_of_the_runs_own_loss_stands_beside_it(run, loss):
    """A long descent ends there: the distance left is that to its own goal, not to the least squares."""
    options = ("--standardise", "--loss", loss, "--optimizer", "adam", "--lr", "0.01", "--steps", 4000, "--json")
    found = json.loads(run("fit", "lesson-line", "--model", "line", *options)[1])
    assert found["params"] == pytest.approx(found["optimum"], rel=0.02)
    assert (found["least_squares"] is not None) == (loss == "mse")


def test_history_has_a_row_for_every_point_of_the_trajectory(run, line_csv, tmp_path):
    path = tmp_path / "history.csv"
    run("fit", line_csv, "--model", "line", "--steps", 7, "--lr", "0.01", "--history", path, "--freeze", "b")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "loss", "mean_y", "mean_prediction", "m", "b", "grad_m", "grad_b"]
    assert [int(row["step"]) for row in rows] == list(range(8))
    x = torch.arange(5, dtype=torch.float64)
    for row, after in pairwise(rows):
        residual = float(row["m"]) * x + float(row["b"]) - (2 * x + 1)
        assert float(row["loss"]) == pytest.approx((residual**2).mean().item(), rel=1e-14)
        assert float(row["grad_b"]) == pytest.approx(2 * residual.mean().item(), rel=1e-13)
        assert float(after["m"]) == pytest.approx(float(row["m"]) - 0.01 * float(row["grad_m"]), rel=1e-14)
        assert float(row["b"]) == 0


@pytest.mark.parametrize("ending", ["json", "parquet", "csv"])
def test_resume_equals_the_unbroken_run(run, line_csv, tmp_path, ending):
    optimizer = "sgd" if ending == "csv" else "adam"
    common = ("fit", line_csv, "--model", "line", "--optimizer", optimizer, "--lr", "0.01", "--batch-size", 2)
    whole, half, rest = (tmp_path / f"{name}.{ending}" for name in ("whole", "half", "rest"))
    run(*common, "--steps", 20, "--history", whole)
    run(*common, "--steps", 8, "--history", half)
    run(*common, "--steps", 20, "--resume", half, "--history", rest)
    from gradlab.history import History

    one, two = History.load(whole), History.load(rest)
    for name in one.columns:
        assert torch.equal(one[name], two[name]), name


def test_resume_takes_what_is_not_said_from_the_file(run, line_csv, tmp_path):
    first = tmp_path / "first.json"
    run("fit", line_csv, "--model", "line", "--loss", "mae", "--optimizer", "adam", "--steps", 5, "--history", first)
    status, out, _ = run("fit", line_csv, "--resume", first, "--steps", 9, "--json")
    found = json.loads(out)
    assert (status, found["steps"], found["loss_name"], found["model"]) == (0, 9, "mae", "line")


def test_standardise_answers_in_the_units_that_were_measured(run):
    status, out, _ = run("fit", "Norris", "--model", "line", "--standardise", "--lr", "0.4", "--steps", 60, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["params"]["b"] == pytest.approx(-0.262323073774029, rel=1e-8)
    assert found["params"]["m"] == pytest.approx(1.00211681802045, rel=1e-9)
    assert found["standardise"]["params"]["b"] != found["params"]["b"]


def test_a_bundled_dataset_brings_its_model(run):
    status, out, _ = run("fit", "misra1a", "--lr", "1e-12", "--steps", 1, "--json")
    assert (status, json.loads(out)["model"]) == (0, "b1*(1 - exp(-b2*x))")


def test_divergence_is_status_one_with_the_largest_stable_lr(run, line_csv, tmp_path):
    path = tmp_path / "history.csv"
    status, out, err = run(
        "fit", line_csv, "--model", "line", "--lr", "10", "--steps", 2000, "--history", path, "--json"
    )
    found = json.loads(out)
    assert (status, found["outcome"]) == (1, "diverged")
    x = torch.arange(5, dtype=torch.float64)
    hessian = torch.tensor([[2 * (x**2).mean(), 2 * x.mean()], [2 * x.mean(), 2.0]])
    stable = 2 / torch.linalg.eigvalsh(hessian)[-1].item()
    assert f"{stable:.3g}" in err
    assert path.exists()


def test_log_speaks_both_languages(run, line_csv):
    _, english, _ = run("fit", line_csv, "--model", "line", "--steps", 1, "--log", "--quiet", "--lang", "en")
    _, spanish, _ = run("fit", line_csv, "--model", "line", "--steps", 1, "--log", "--quiet", "--lang", "es")
    assert "mean of y" in english
    assert "y" in spanish
    assert english != spanish


def test_figures_and_report_are_written(run, line_csv, tmp_path):
    figure, page = tmp_path / "fit.svg", tmp_path / "fit.html"
    status, out, _ = run("fit", line_csv, "--model", "line", "--figure", figure, "--report", page)
    assert status == 0
    assert page.read_text().startswith("<!doctype html")
    assert figure.read_text().lstrip().startswith("<?xml")
    assert str(figure) in out


@pytest.mark.parametrize("name", ["surface.png", "surface.csv"])
def test_surface_of_the_lessons_point(run, tmp_path, name):
    path = tmp_path / name
    axes = ("--over", "m=-5:5:11", "--over", "b=-5:5:21")
    status, _, _ = run("surface", "--point", "-4,4", "--model", "line", "--loss", "mae", *axes, "-o", path)
    assert status == 0
    if name.endswith("csv"):
        rows = list(csv.DictReader(path.open()))
        assert len(rows) == 11 * 21
        for row in rows:
            wanted = abs(float(row["m"]) * -4 + float(row["b"]) - 4)
            assert float(row["loss"]) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("asked", ["", ":loss", ":y_hat"])
def test_graph_of_a_script(run, tmp_path, asked):
    script, graph = tmp_path / "step.py", tmp_path / "graph.json"
    script.write_text(
        "import torch\nm = torch.tensor(2.0, requires_grad=True)\n"
        "y_hat = m * torch.tensor(3.0)\nloss = (y_hat - 1) ** 2\nloss.backward()\n"
    )
    assert run("graph", f"{script}{asked}", "-o", graph)[0] == 0
    assert "y_hat" in graph.read_text()


def test_data_line_is_the_lessons_line(run, tmp_path):
    path = tmp_path / "line.csv"
    status, _, _ = run("data", "line", "--m", "0.5", "--n", "20", "--seed", "3", "-o", path)
    assert status == 0
    assert len(list(csv.DictReader(path.open()))) == 20


def test_data_list(run):
    status, out, _ = run("data", "list", "--json")
    assert status == 0
    assert "Norris" in {each["name"] for each in json.loads(out)}
    assert "Norris" in run("data", "list")[1]


MISTAKES = {
    "unknown command": (["fti"], "fit"),
    "no data": (["fit"], "DATA"),
    "missing file": (["fit", "nowhere.csv", "--model", "line"], "nowhere.csv"),
    "no model": (["fit", "POINTS"], "--model"),
    "unknown model": (["fit", "POINTS", "--model", "lien"], "line"),
    "unknown loss": (["fit", "POINTS", "--model", "line", "--loss", "mea"], "mae"),
    "quantile out of range": (["fit", "POINTS", "--model", "line", "--loss", "quantile:1.5"], "1.5"),
    "unknown option": (["fit", "POINTS", "--modle", "line"], "--model"),
    "unknown start": (["fit", "POINTS", "--model", "line", "--start", "n=1"], "n"),
    "start without value": (["fit", "POINTS", "--model", "line", "--start", "m"], "NAME=VALUE"),
    "start not a number": (["fit", "POINTS", "--model", "line", "--start", "m=one"], "one"),
    "unknown freeze": (["fit", "POINTS", "--model", "line", "--freeze", "q"], "q"),
    "all frozen": (["fit", "POINTS", "--model", "line", "--freeze", "m", "--freeze", "b"], ""),
    "lr zero": (["fit", "POINTS", "--model", "line", "--lr", "0"], "0"),
    "lr nan": (["fit", "POINTS", "--model", "line", "--lr", "nan"], "nan"),
    "lr no number": (["fit", "POINTS", "--model", "line", "--lr", "fast"], "fast"),
    "steps negative": (["fit", "POINTS", "--model", "line", "--steps", "-1"], "-1"),
    "steps no whole number": (["fit", "POINTS", "--model", "line", "--steps", "1.5"], "1.5"),
    "delta zero": (["fit", "POINTS", "--model", "line", "--gradient", "finite-difference", "--delta", "0"], "0"),
    "kink": (["fit", "POINTS", "--model", "line", "--kink", "3"], "-1, 0, 1"),
    "dtype": (["fit", "POINTS", "--model", "line", "--dtype", "float16"], "float64"),
    "engine": (["fit", "POINTS", "--model", "line", "--engine", "warp"], "eager"),
    "batch": (["fit", "POINTS", "--model", "line", "--batch-size", "0"], "0"),
    "figure ending": (["fit", "POINTS", "--model", "line", "--figure", "f.gif"], ".png"),
    "history ending": (["fit", "POINTS", "--model", "line", "--history", "h.xml"], ".csv"),
    "output folder": (["fit", "POINTS", "--model", "line", "--history", "no/such/h.csv"], "no/such"),
    "resume missing": (["fit", "POINTS", "--model", "line", "--resume", "none.json"], "none.json"),
    "missing column": (["fit", "POINTS", "--model", "line", "--x", "xx"], "x"),
    "formula": (["fit", "POINTS", "--model", "a*x+"], "^"),
    "tower": (["fit", "POINTS", "--model", "9**9**9**9*a*x"], "^"),
    "long formula": (["fit", "POINTS", "--model", "a*x+" * 250_000 + "b"], "1000001"),
    "deep formula": (["fit", "POINTS", "--model", "(" * 3000 + "a*x" + ")" * 3000], ""),
    "grid of nothing": (["surface", "--point", "4,4", "--over", "m=-5:5:0", "--over", "b=-5:5:9", "-o", "s.png"], "0"),
    "grid backwards": (["surface", "--point", "4,4", "--over", "m=5:-5:9", "--over", "b=-5:5:9", "-o", "s.png"], "m"),
    "grid malformed": (["surface", "--point", "4,4", "--over", "m=5", "-o", "s.png"], "NAME=LOW:HIGH:COUNT"),
    "point malformed": (["surface", "--point", "4", "-o", "s.png"], "4,4"),
    "lrs malformed": (["sweep", "POINTS", "--model", "line", "--lr", "1e-3"], "LOW:HIGH:COUNT"),
    "lrs downwards": (["sweep", "POINTS", "--model", "line", "--lr", "1e-2:1e-3:5"], "1e-2:1e-3:5"),
    "sweep ending": (["sweep", "POINTS", "--model", "line", "-o", "s.gif"], ".csv"),
    "value missing": (["fit", "POINTS", "--model"], "--model"),
    "language": (["fit", "POINTS", "--lang", "fr"], "es"),
}


@pytest.mark.parametrize(("arguments", "mentions"), MISTAKES.values(), ids=MISTAKES)
def test_every_mistake_has_one_sentence(run, line_csv, tmp_path, monkeypatch, arguments, mentions):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    sentence = refusal(run(*(line_csv if argument == "POINTS" else argument for argument in arguments)))
    assert mentions in sentence
    assert len(sentence) < 1200
    assert sorted(tmp_path.iterdir()) == before, "something half-written was left"


def test_mistakes_are_told_in_spanish_too(run, line_csv):
    english = refusal(run("fit", line_csv, "--model", "lien", "--lang", "en"))
    spanish = refusal(run("fit", line_csv, "--model", "lien", "--lang", "es"))
    assert english != spanish


def test_an_exception_in_the_users_model_names_its_line(run, line_csv, tmp_path):
    model = tmp_path / "mine.py"
    model.write_text("def curve(x, a):\n    return a * x + missing\n")
    sentence = refusal(run("fit", line_csv, "--model", f"{model}:curve"))
    assert "NameError" in sentence
    assert "2" in sentence


@pytest.mark.parametrize(
    ("rows", "expected"),
    [("1,2\n", "one point"), ("1,2\n1,3\n1,5\n", "same everywhere")],
    ids=["one point", "constant x"],
)
def test_seldom_meant_is_allowed_with_a_warning(run, tmp_path, rows, expected):
    path = tmp_path / "few.csv"
    path.write_text("x,y\n" + rows)
    status, _, err = run("fit", path, "--model", "line", "--lang", "en")
    assert status == 0
    assert expected in err


def test_json_is_strict_even_when_numbers_are_not(run, line_csv):
    _, out, _ = run("fit", line_csv, "--model", "line", "--lr", "1e200", "--steps", 50, "--json")

    def refuse(constant):
        raise AssertionError(constant)

    found = json.loads(out, parse_constant=refuse)
    assert found["loss"] is None or math.isfinite(found["loss"])


def test_help_does_not_load_torch():
    code = "import sys; from gradlab.cli import main; main(['--help']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_a_closed_pipe_is_no_traceback(line_csv):
    command = f"{sys.executable} -m gradlab fit {line_csv} --model line --steps 3000 --log --lang en | head -1"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ended.stdout.startswith("----- step 0")
    assert ended.stderr == ""

"""The answer as a person reads it: text against golden files, the command, JSON, the page, the figure."""

import json
from pathlib import Path

import pytest
import torch

import gradlab
from gradlab.cli import main
from gradlab.messages import LANGUAGES, speaking
from gradlab.report import solution_report
from gradlab.solve import refine, search
from gradlab.text import solution_text

GOLDEN = Path(__file__).with_name("golden")
LINE = gradlab.Points([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.9, 5.2, 6.8, 9.1, 10.9])


def everything() -> str:
    """One of each, as it would come out of a terminal."""
    plain = gradlab.solve("line", LINE)
    curve = gradlab.solve("a*exp(-b*x) + c", gradlab.Points(LINE.x, [8.1, 5.0, 3.1, 2.2, 1.4, 1.1]), freeze=["c"])
    pieces = [
        solution_text(plain),
        solution_text(plain, 0.9, profile=plain.profile(0.9), validation=plain.validate(3)),
        solution_text(curve),
        solution_text(gradlab.solve("line", LINE, bounds={"m": (None, 1.5)})),
        solution_text(gradlab.solve("line", LINE, sigma_x=0.1, sigma_y=0.01)),
        solution_text(gradlab.solve("line", LINE, loss="mae")),
        solution_text(gradlab.solve("line", LINE, loss="huber:0.1")),
        solution_text(gradlab.solve("a*b*x", LINE)),
        solution_text(gradlab.solve("polynomial:5", LINE)),
        solution_text(gradlab.solve("b0 + b1*x", gradlab.dataset("Norris").points)),
    ]
    return "\n\n\n".join(pieces) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_that_of_the_golden_file(language: str) -> None:
    """To renew a golden file on purpose: delete it, run this test, read what it wrote."""
    path = GOLDEN / f"solve_{language}.txt"
    with speaking(language):
        shown = everything()
    if not path.exists():
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")
    assert max(map(len, shown.splitlines())) <= 80


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def noisy_csv(tmp_path: Path) -> Path:
    """x and y as in the lesson, with a column of weights and one of standard deviations."""
    points = gradlab.noisy_line(0.5, 1.0, 30, seed=3)
    rows = [f"{x},{y},{1 + i % 3},{0.5 + i % 2}" for i, (x, y) in enumerate(zip(points.x, points.y, strict=True))]
    path = tmp_path / "points.csv"
    path.write_text("\n".join(["x,y,w,s", *rows]) + "\n")
    return path


def test_a_bundled_dataset_brings_model_and_start(run) -> None:
    status, out, err = run("solve", "Misra1a", "--json")
    found, known = json.loads(out), gradlab.dataset("Misra1a")
    assert (status, err) == (0, "")
    assert found["params"] == pytest.approx(dict(known.certified), rel=1e-10)
    assert found["standard_errors"] == pytest.approx(dict(known.standard_errors), rel=1e-10)
    assert found["rss"] == pytest.approx(known.residual_sum_of_squares, rel=1e-10)
    low, high = found["intervals"]["b1"]
    assert (low + high) / 2 == pytest.approx(found["params"]["b1"])
    keys = "correlation covariance names dof residual_sd r_squared aic bic outcome sentence warnings method iterations"
    assert set(keys.split()) <= found.keys()


def test_options_mean_what_they_mean_in_python(run, noisy_csv: Path) -> None:
    points = gradlab.read(noisy_csv)
    weights, sigma = gradlab.read(noisy_csv, x="w").x, gradlab.read(noisy_csv, x="s").x
    cases = {
        ("--weights", "w"): {"weights": weights},
        ("--sigma-y", "s"): {"sigma_y": sigma},
        ("--sigma-y", "2"): {"sigma_y": 2.0},
        ("--sigma-x", "2", "--sigma-y", "s"): {"sigma_x": 2.0, "sigma_y": sigma},
        ("--loss", "quantile:0.8"): {"loss": "quantile:0.8"},
        ("--freeze", "b"): {"freeze": ["b"]},
        ("--bounds", "m=0:0.4", "--bounds", "b=:9"): {"bounds": {"m": (0, 0.4), "b": (None, 9)}},
    }
    for typed, options in cases.items():
        _, out, _ = run("solve", noisy_csv, "--model", "line", *typed, "--json")
        wanted = gradlab.solve("line", points, **options)
        assert json.loads(out)["params"] == {name: value.item() for name, value in wanted.params.items()}, typed


def test_profile_validation_level_page_and_figure(run, noisy_csv: Path, tmp_path: Path) -> None:
    page, figure = tmp_path / "answer.html", tmp_path / "answer.svg"
    options = ("--profile", "--folds", 5, "--level", 0.9, "--report", page, "--figure", figure)
    status, out, _ = run("solve", noisy_csv, "--model", "line", *options)
    assert status == 0
    assert "90 % profile interval" in out and "5-fold validation" in out
    assert page.read_text().startswith("<!doctype html>") and "90 % profile interval" in page.read_text()
    assert figure.read_text().lstrip().startswith("<?xml")


def test_what_is_not_finite_is_null(run, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("x,y\n0,1\n1,3\n")
    found = json.loads(run("solve", path, "--model", "line", "--json")[1])
    assert found["params"] == pytest.approx({"m": 2.0, "b": 1.0})
    assert found["standard_errors"] == {"m": None, "b": None}
    assert [warning["code"] for warning in found["warnings"]] == ["no_freedom"]


MISTAKES = {
    "no data": (["solve"], "DATA"),
    "no model": (["solve", "POINTS"], "--model"),
    "bounds without a colon": (["solve", "POINTS", "--model", "line", "--bounds", "m=1"], "NAME=LO:HI"),
    "bounds without a name": (["solve", "POINTS", "--model", "line", "--bounds", "1:2"], "NAME=LO:HI"),
    "bounds swapped": (["solve", "POINTS", "--model", "line", "--bounds", "m=2:1"], "m"),
    "start outside": (["solve", "POINTS", "--model", "line", "--start", "m=3", "--bounds", "m=0:1"], "outside"),
    "weights of no column": (["solve", "POINTS", "--model", "line", "--weights", "q"], "q"),
    "sigma_x alone": (["solve", "POINTS", "--model", "line", "--sigma-x", "1"], "sigma_y"),
    "sigma_x too often": (["solve", "POINTS", "--model", "line", "--sigma-x", "1", "--sigma-x", "2"], "2 times"),
    "sigma negative": (["solve", "POINTS", "--model", "line", "--sigma-y", "-1"], "positive"),
    "level": (["solve", "POINTS", "--model", "line", "--level", "95"], "0.95"),
    "folds": (["solve", "POINTS", "--model", "line", "--folds", "1"], "2 folds"),
    "profile of another loss": (["solve", "POINTS", "--model", "line", "--loss", "mae", "--profile"], "mse"),
    "report ending": (["solve", "POINTS", "--model", "line", "--report", "r.pdf"], ".html"),
    "no effect": (["solve", "POINTS", "--model", "a*x + 0*c"], "c"),
    "too many parameters": (["solve", "POINTS", "--model", "polynomial:40"], "41"),
}


@pytest.mark.parametrize(("arguments", "mentions"), MISTAKES.values(), ids=MISTAKES)
def test_every_mistake_has_one_sentence(run, noisy_csv: Path, arguments: list[str], mentions: str) -> None:
    status, out, err = run(*(noisy_csv if argument == "POINTS" else argument for argument in arguments))
    assert (status, out) == (2, "")
    assert err.startswith("gradlab: ") and mentions in err and "Traceback" not in err


def test_a_search_that_does_not_settle_has_status_one(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((search, "EVALUATIONS"), (search, "SHORT"), (refine, "STEPS")):
        monkeypatch.setattr(module, name, 2)
    status, out, _ = run("solve", "MGH17", "--json")
    assert (status, json.loads(out)["outcome"]) == (1, "unsettled")


def test_the_page_escapes_what_the_user_wrote() -> None:
    hostile = '"><script>alert(1)</script>'
    page = solution_report(gradlab.solve("line", gradlab.Points(LINE.x, LINE.y, (hostile,))), data=hostile)
    assert "<script" not in page


def test_several_columns_have_residuals_instead_of_a_curve() -> None:
    x = torch.stack([LINE.x, LINE.x**2], dim=1)
    page = solution_report(gradlab.solve("a*x1 + b*x2 + c", gradlab.Points(x, LINE.y)))
    assert page.count("<img") == 1

"""`gradlab sweep`: its numbers are those of `gradlab fit`, its files hold them."""

import csv
import json

import pytest

from gradlab.cli import main

LRS = ("--lr", "1e-3:1:7", "--start", "m=0.5", "--steps", "30")


@pytest.fixture
def points(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(5)))
    return str(path)


def swept(points, capsys):
    assert main(["sweep", points, "--model", "line", *LRS, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_run_is_that_of_fit(points, capsys):
    found = swept(points, capsys)["runs"]
    assert [each["lr"] for each in found] == pytest.approx([10 ** (-3 + i / 2) for i in range(7)])
    main(["fit", points, "--model", "line", "--lr", str(found[2]["lr"]), *LRS[2:], "--json"])
    assert found[2]["loss"] == pytest.approx(json.loads(capsys.readouterr().out)["loss"], rel=1e-12)
    assert {each["outcome"] for each in found} == {"steps-done", "diverged"}


@pytest.mark.parametrize("name", ["sweep.png", "sweep.svg", "sweep.csv"])
def test_files(points, tmp_path, capsys, name):
    """A run that diverges is an answer of a sweep: the status stays 0."""
    path = tmp_path / name
    assert main(["sweep", points, "--model", "line", *LRS, "-o", str(path), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "largest stable lr" in out and "diverged" in out and str(path) in out
    if name.endswith("csv"):
        lrs = [each["lr"] for each in swept(points, capsys)["runs"]]
        assert [float(row["lr"]) for row in csv.DictReader(path.open())] == lrs
    else:
        assert path.stat().st_size > 1_000

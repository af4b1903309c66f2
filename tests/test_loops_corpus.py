"""The corpus that judges the doctor tells the truth: every script really does what expected.json says of it.

Nothing of gradlab is used here; the outside truth is PyTorch itself. A healthy script must end and have learned, a sick
one must raise PyTorch's own exception or end with the evidence that `shows` names, an expression over the script's
final variables.
"""

import ast
import json
import runpy
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest
import torch

FOLDER = Path(__file__).parent / "loops"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
SICK = [row for row in EXPECTED if not row["healthy"]]
HEALTHY = [row for row in EXPECTED if row["healthy"]]
CODES = set(
    "accumulated-gradient lost-leaf update-in-graph inplace-on-leaf never-reached cut-graph no-grad-required "
    "cleared-before-use not-updated stale-optimizer ascending diverging non-finite broadcast retained-graph "
    "backward-twice non-scalar-loss numpy-on-grad".split()
)


@pytest.fixture(autouse=True)
def torch_left_as_found():
    """A sick script may leave gradients switched off, or another default dtype."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)


def run(path, monkeypatch):
    """Run a script as `python path` would; return its final variables and the exception that ended it."""
    monkeypatch.setattr(sys, "argv", [str(path)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return runpy.run_path(str(path), run_name="__main__"), None
        except Exception as raised:
            return {}, raised


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_script_behaves_as_stated(row, monkeypatch):
    variables, raised = run(FOLDER / row["file"], monkeypatch)
    assert (type(raised).__name__ if raised else None) == row["raises"], raised
    if raised:
        assert row["message"] in str(raised)
    else:
        assert eval(row["shows"], variables), row["shows"]


def test_expected_names_every_script_once():
    assert [row["file"] for row in EXPECTED] == sorted(path.name for path in FOLDER.glob("*_*.py"))


def test_names_say_what_they_are():
    assert all(row["file"].startswith("healthy_" if row["healthy"] else "sick_") for row in EXPECTED)


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_row_is_complete(row):
    assert row["half"] in ("tune", "hold")
    assert row["note"]
    assert (row["message"] if row["raises"] else row["shows"]) is not None
    if row["healthy"]:
        assert [row[key] for key in ("code", "severity", "line", "source", "raises")] == [None] * 5
    else:
        assert {row["code"], *row["also_ok"]} <= CODES
        assert row["severity"] in ("error", "warning", "note")


@pytest.mark.parametrize("row", SICK, ids=lambda row: row["file"])
def test_line_is_the_line_meant(row):
    lines = (FOLDER / row["file"]).read_text(encoding="utf-8").splitlines()
    assert lines[row["line"] - 1].strip() == row["source"]
    assert all(1 <= line <= len(lines) and line != row["line"] for line in row["also_lines"])
    assert row["variable"] is None or row["variable"] in "\n".join(lines)


@pytest.mark.parametrize("half", ["tune", "hold"])
def test_each_half_covers_each_code(half):
    assert {row["code"] for row in SICK if row["half"] == half} == CODES


def test_there_are_enough_of_each_kind():
    assert len(HEALTHY) >= 50
    assert len(SICK) >= 80
    assert min(Counter(row["code"] for row in SICK).values()) >= 3
    assert abs(sum(1 if row["half"] == "tune" else -1 for row in EXPECTED)) <= len(CODES) + 1


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_script_stands_alone(row):
    tree = ast.parse((FOLDER / row["file"]).read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in modules} <= {"torch", "numpy", *sys.stdlib_module_names}

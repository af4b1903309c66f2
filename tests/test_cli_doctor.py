"""`gradlab doctor` as it is typed: the script as without us, the report on stderr, the status, the JSON."""

import json
import subprocess
import sys

import pytest

SICK = """import sys, torch
torch.manual_seed(0)
x = torch.rand(50); y = 0.5 * x
m = torch.tensor(0.8, requires_grad=True)
for step in range(30):
    loss = ((m * x - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        m -= 0.1 * m.grad
print(__name__, sys.argv[1:], f"{m.item():.6f}")
"""
HEALTHY = SICK.replace("    with torch", "    g = m.grad; m.grad = None\n    with torch").replace(
    "m -= 0.1 * m.grad", "m -= 0.1 * g"
)


def doctor(*arguments, cwd):
    command = [sys.executable, "-m", "gradlab", "doctor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.fixture
def script(tmp_path):
    def write(text):
        (tmp_path / "train.py").write_text(text)
        return tmp_path

    return write


def test_a_sick_loop_is_named_and_its_output_left_alone(script):
    folder = script(SICK)
    plain = subprocess.run(
        [sys.executable, "train.py", "--lr", "3"], capture_output=True, text=True, check=True, cwd=folder
    )
    watched = doctor("--json", "found.json", "train.py", "--lr", "3", cwd=folder)
    assert watched.stdout == plain.stdout
    assert watched.returncode == 1
    (finding,) = json.loads((folder / "found.json").read_text())
    assert list(finding) == ["code", "severity", "line", "variable", "sentence"]
    assert (finding["code"], finding["severity"], finding["variable"]) == ("accumulated-gradient", "error", "m")
    assert "accumulated-gradient" in watched.stderr


def test_a_healthy_loop_passes_on_its_own_status(script):
    folder = script(HEALTHY)
    assert doctor("train.py", "--json", "theirs", cwd=folder).returncode == 0
    script(HEALTHY + "sys.exit(7)\n")
    assert doctor("train.py", cwd=folder).returncode == 7


def test_the_scripts_own_exception_is_shown_with_our_note(script):
    folder = script(SICK + "loss.backward()\nloss.backward()\n")
    watched = doctor("train.py", cwd=folder)
    assert watched.returncode == 1
    assert "RuntimeError: Trying to backward through the graph a second time" in watched.stderr
    assert "gradlab/doctor" not in watched.stderr


def test_after_ctrl_c_the_status_is_130_whatever_was_found(script):
    folder = script(SICK + "raise KeyboardInterrupt\n")
    watched = doctor("train.py", cwd=folder)
    assert watched.returncode == 130
    assert "accumulated-gradient" in watched.stderr
    assert "Traceback" not in watched.stderr


@pytest.mark.parametrize(
    ("text", "mentions"),
    [(None, "train.py"), ("import torch\nfor", "2"), ("x = 1\n", "backward")],
    ids=["none", "cut", "idle"],
)
def test_scripts_that_give_nothing_to_watch(script, tmp_path, text, mentions):
    folder = tmp_path if text is None else script(text)
    watched = doctor("train.py", cwd=folder)
    assert mentions in watched.stderr
    assert watched.returncode == (0 if text == "x = 1\n" else 2)
    assert "Traceback" not in watched.stderr

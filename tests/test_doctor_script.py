"""The doctor runs scripts and notebook cells: as Python would, with a report."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gradlab
from gradlab import messages
from gradlab.doctor import Finding, diagnose_script
from gradlab.errors import DataError


@pytest.fixture(autouse=True)
def in_english():
    with messages.speaking("en"):
        yield


# scripts


def script(tmp_path, text, name="train.py"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def python(*arguments, cwd):
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False, env=environment()
    )


def environment():
    return {**os.environ, "PYTHONPATH": str(Path(gradlab.__file__).parent.parent), "LANG": "C.UTF-8"}


WHO = """
import sys, os, torch
print(sys.argv, __name__, __file__, os.getcwd(), sys.path[0], sys.modules["__main__"].__dict__ is globals())
import pickle
class Box: pass
print(type(pickle.loads(pickle.dumps(Box()))).__module__)
sys.exit(7)
"""

IMPORTS = "import sys; from gradlab.doctor import diagnose_script; "
WATCHED = IMPORTS + "sys.exit(diagnose_script(sys.argv[1], sys.argv[2:]).status)"


def test_a_script_runs_as_python_would_run_it(tmp_path):
    (tmp_path / "deep").mkdir()
    script(tmp_path / "deep", WHO)
    plain = python("deep/train.py", "--lr", "0.1", cwd=tmp_path)
    watched = python("-c", WATCHED, "deep/train.py", "--lr", "0.1", cwd=tmp_path)
    assert plain.returncode == watched.returncode == 7
    assert plain.stdout == watched.stdout
    assert plain.stderr == watched.stderr == ""


def test_a_script_that_raises_keeps_its_traceback(tmp_path):
    text = "import torch\ndef f(t):\n    t.backward()\nf(torch.ones(2, requires_grad=True) * 2)\n"
    path = script(tmp_path, text)
    plain = python(path, cwd=tmp_path)
    show = "e = diagnose_script(sys.argv[1]).exception; sys.excepthook(type(e), e, e.__traceback__)"
    watched = python("-c", IMPORTS + show, path, cwd=tmp_path)
    told = watched.stderr.splitlines()
    assert told[: len(plain.stderr.splitlines())] == plain.stderr.splitlines()
    assert told[len(plain.stderr.splitlines())].startswith("gradlab doctor, non-scalar-loss:")


@pytest.mark.parametrize(
    ("leaving", "status"),
    [
        ("", 0),
        ("sys.exit()", 0),
        ("sys.exit(3)", 3),
        ("raise SystemExit('no')", 1),
        ("1 / 0", 1),
        ("raise KeyboardInterrupt", 130),
    ],
)
def test_the_scripts_status_is_kept(tmp_path, leaving, status):
    findings, kept, exception = diagnose_script(script(tmp_path, f"import sys\n{leaving}\n"))
    assert kept == status
    assert isinstance(exception, ZeroDivisionError) == (leaving == "1 / 0")
    assert [finding.code for finding in findings] == ["no-backward"]


def test_after_ctrl_c_it_tells_what_it_saw(tmp_path):
    text = """
import torch
m = torch.tensor(0.0, requires_grad=True)
for step in range(10**9):
    loss = (m - 1) ** 2
    loss.backward()
    with torch.no_grad():
        m -= 0.1 * m.grad
    if step == 5:
        raise KeyboardInterrupt
"""
    findings, status, exception = diagnose_script(script(tmp_path, text))
    assert ([finding.code for finding in findings], status, exception) == (["accumulated-gradient"], 130, None)


def test_scripts_that_cannot_be_run_are_refused_with_a_sentence(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.py cannot be read"):
        diagnose_script(str(tmp_path / "nowhere.py"))
    with pytest.raises(DataError, match="cannot be read"):
        diagnose_script(str(tmp_path))
    with pytest.raises(DataError, match="line 2"):
        diagnose_script(script(tmp_path, "a = 1\nb = = 2\n"))
    with pytest.raises(DataError, match="not valid Python"):
        diagnose_script(script(tmp_path, "a = 1\0\n"))


def test_a_finding_as_json():
    finding = Finding("numpy-on-grad", "error", 3, "y_hat", evidence={"shape": (2,)})
    assert finding.as_dict() == {
        "code": "numpy-on-grad",
        "severity": "error",
        "line": 3,
        "variable": "y_hat",
        "sentence": "y_hat (shape (2,)) belongs to the graph, and NumPy cannot follow it.",
    }


# notebooks


class Shell:
    """As much of IPython's shell as the magic uses."""

    def __init__(self):
        self.magics, self.space = {}, {}

    def register_magic_function(self, function, magic_kind):
        self.magics[function.__name__] = (function, magic_kind)

    def run_cell(self, cell):
        class Outcome:
            error_in_exec = None

        try:
            exec(compile(cell, "<cell>", "exec"), self.space)
        except Exception as failure:
            Outcome.error_in_exec = failure
        return Outcome


def test_the_cell_magic(capsys):
    from gradlab import doctor

    shell = Shell()
    doctor.load_ipython_extension(shell)
    magic, kind = shell.magics["gradlab_doctor"]
    magic("", "import torch\nm = torch.tensor(1.0, requires_grad=True)\nm -= 1")
    assert kind == "cell"
    assert "inplace-on-leaf" in capsys.readouterr().out

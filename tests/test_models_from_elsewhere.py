"""Models that come from elsewhere: a function in a person's file, a torch.nn.Module."""

import subprocess
import sys

import pytest
import torch

from gradlab.errors import ModelError
from gradlab.models import Model, resolve

X = torch.linspace(0.1, 4, 9, dtype=torch.float64)

# Files
SOURCE = """
import helper

LIMIT = 3

def saturating(x, vmax, km=2.0):
    return helper.identity(vmax * x / (km + x))

def hinge(x, at, slope):
    return slope * (x - at)

class Kind: ...
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "helper.py").write_text("print('hello')\ndef identity(value):\n    return value\n")
    (tmp_path / "mine.py").write_text(SOURCE)
    return tmp_path / "mine.py"


def test_a_model_from_a_file(file, capsys):
    model = resolve(f"{file}:saturating")
    assert isinstance(model, Model)
    assert model.name == f"{file}:saturating"
    assert model.start == {"vmax": 0.0, "km": 2.0}
    assert torch.equal(model(X, vmax=3.0, km=1.0), 3 * X / (1 + X))
    assert capsys.readouterr().out == ""
    assert str(file.parent) not in sys.path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (":saturatin", "did you mean saturating.*saturating, hinge"),
        (":zzzz", "Those there are|one of those there are: saturating, hinge"),
        (":", "saturating, hinge"),
        ("", "saturating, hinge"),
        (":LIMIT", "LIMIT .* is no function"),
        (":Kind", "Kind .* is no function"),
    ],
)
def test_no_such_function_in_the_file(file, name, said):
    with pytest.raises(ModelError, match=said):
        resolve(f"{file}{name}")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"def model(x, m):\n    return (m * x\n", "line 2"),
        (b"x = 1\nraise ValueError('sour {milk}')\n", "line 2 .*ValueError: sour {milk}"),
        (b"import gone_fishing\n", "line 1 .*No module named 'gone_fishing'"),
        (b"import sys\nsys.exit(3)\n", "line 2 .*SystemExit: 3"),
        (b"limit = 1\n", "defines no function"),
        (b"", "defines no function"),
        (b"a = '\x00'\n", "not Python"),
        (b"a = '\xff'\n", "not Python"),
        (b"a = " + b"(" * 3000 + b")" * 3000, "not Python"),
    ],
)
def test_a_file_that_cannot_be_loaded_says_where_and_why(tmp_path, source, said):
    (tmp_path / "bad.py").write_bytes(source)
    with pytest.raises(ModelError, match=said):
        resolve(f"{tmp_path}/bad.py:model")


def test_no_such_file_or_a_folder(tmp_path):
    with pytest.raises(ModelError, match=r"no file .*gone\.py"):
        resolve(f"{tmp_path}/gone.py:model")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(ModelError, match=r"folder\.py cannot be read"):
        resolve(f"{tmp_path}/folder.py:model")


# Modules
def test_a_module_is_a_function_of_its_parameters_and_stays_as_it_is():
    net = torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    net[0].bias.requires_grad_(False)
    before = {name: parameter.clone() for name, parameter in net.named_parameters()}
    model = resolve(net)
    assert model.parameters == ("0.weight", "2.weight", "2.bias")
    prediction = model(X, **model.start)
    torch.testing.assert_close(prediction, net(X.unsqueeze(1)).squeeze(1))
    moved = {name: value + 1 for name, value in model.start.items()}
    assert not torch.allclose(model(X, **moved), prediction)
    assert all(torch.equal(parameter, before[name]) for name, parameter in net.named_parameters())


def test_a_module_without_parameters_is_refused():
    with pytest.raises(ModelError, match="Tanh has no parameter"):
        resolve(torch.nn.Tanh())


def test_modules_do_not_wake_dynamo():
    """`torch._dynamo` costs up to 2.9 s to import, and nothing here needs it."""
    code = (
        "import sys, torch; from gradlab.models import resolve; m = resolve(torch.nn.Linear(1, 1)); "
        "m(torch.ones(3), **m.start); print('torch._dynamo' in sys.modules, 'sympy' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]

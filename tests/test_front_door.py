"""The front door: every name opens, costs nothing before it is asked for, and is known to type checkers."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import gradlab

DOOR = Path(gradlab.__file__)


def modules_after(code: str) -> set[str]:
    """The names of all modules that a fresh Python has loaded once it has run `code`."""
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stderr.split())


def test_each_name_opens_its_room_and_type_checkers_see_the_same() -> None:
    tree = ast.parse(DOOR.read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname: (node.module, alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(name for name in seen if name) == gradlab.__all__
    for name, (module, original) in seen.items():
        assert getattr(import_module(str(module)), original) is getattr(gradlab, str(name))


@pytest.mark.parametrize("name", gradlab.__all__)
def test_no_room_takes_the_place_of_a_name(name: str) -> None:
    """Python sets every module that is imported in its package, over a function of the same name."""
    before = getattr(gradlab, name)
    setattr(gradlab, name, ModuleType(f"gradlab.{name}"))
    assert getattr(gradlab, name) is before


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'cost'"):
        _ = gradlab.cost
    assert dir(gradlab) == gradlab.__all__


def test_opening_the_door_loads_nothing_heavy() -> None:
    assert modules_after("import gradlab").isdisjoint({"torch", "numpy", "matplotlib", "pyarrow"})


def test_help_does_not_load_pytorch() -> None:
    code = "import gradlab.cli; gradlab.cli.main(['--help'])"
    assert modules_after(code).isdisjoint({"torch", "numpy", "matplotlib", "pyarrow", "jinja2", "tqdm"})


FIRST_FIT = """
import gradlab
points = gradlab.noisy_line(m=0.5, b=0.0, n=50, seed=0)
for gradient in ("autograd", "chain-rule", "finite-difference"):
    for optimizer in ("sgd", "momentum", "nesterov", "adam"):
        gradlab.fit("line", points, gradient=gradient, optimizer=optimizer, steps=3)
"""


def test_a_first_fit_does_not_load_the_compiler() -> None:
    """`torch._dynamo` and sympy would cost more than a second, and come with any optimizer of `torch.optim`."""
    assert modules_after(FIRST_FIT).isdisjoint({"torch._dynamo", "sympy", "matplotlib"})

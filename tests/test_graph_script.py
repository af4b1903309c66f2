"""`graph_of_script`: an unchanged script, its output and arguments as without us, and one sentence for bad input."""

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gradlab.errors import BadInputError, OutputError
from gradlab.graph import graph_of_script, save
from gradlab.messages import speaking

Script = Callable[[str], Path]

LOOP = """
import torch
m = torch.tensor(0.0, requires_grad=True)
x, y = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0])
for step in range(3):
    y_hat = m * x
    loss = ((y_hat - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        m -= 0.1 * m.grad
    m.grad = None
print("m is", m.item(), __name__)
"""


@pytest.fixture
def script(tmp_path: Path) -> Script:
    def write(source: str) -> Path:
        path = tmp_path / "script.py"
        path.write_text(source, encoding="utf-8")
        return path

    return write


def refusal(path: Path, name: str | None = None) -> str:
    with speaking("en"), pytest.raises(BadInputError) as refused:
        graph_of_script(path, name)
    with speaking("en"):
        return str(refused.value).replace(f"{path.parent}/", "")


def test_the_root_is_that_of_the_last_backward(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    graph = graph_of_script(script(LOOP))
    assert graph.node(graph.root).name == "loss"
    m = graph["m"]
    assert m.kind == "leaf"
    assert m.value is not None and m.value.number == pytest.approx(2 * (1 - 0.5**2), abs=1e-6)
    assert capsys.readouterr().out == "m is 1.75 __main__\n"


def test_a_tensor_named_at_the_end(script: Script) -> None:
    graph = graph_of_script(script(LOOP), "y_hat")
    assert graph.node(graph.root).statement == "y_hat = m * x"
    assert graph.of == "loss"
    assert graph["y_hat"].gradient is not None


def test_a_tensor_named_in_a_function(script: Script) -> None:
    inside = "def main():\n" + "\n".join(f"    {line}" for line in LOOP.splitlines()) + "\nmain()\n"
    assert graph_of_script(script(inside), "y_hat")["y_hat"].text == "m * x"


def test_without_a_backward_one_of_our_own_leaves_grad_alone(script: Script) -> None:
    path = script("import torch\na = torch.tensor(2.0, requires_grad=True)\nb = a**3\n")
    graph = graph_of_script(path, "b")
    assert graph["a"].gradient is not None and graph["a"].gradient.number == 12
    assert not any(node.kind == "accumulation" for node in graph.nodes)


def test_arguments_path_and_main_are_the_scripts_own(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    path = script(LOOP + "import sys, nearby\nassert sys.argv == [__file__]\nassert sys.modules['__main__'].m is m\n")
    (path.parent / "nearby.py").write_text("")
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    graph_of_script(path)
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before


def test_exit_ends_the_script_like_its_end(script: Script) -> None:
    assert graph_of_script(script(LOOP + "raise SystemExit(3)\n"))["loss"].kind == "operation"


BAD = {
    "no backward": ("import torch\n", None, "No backward call was seen"),
    "does not parse": ("x = (1,\n", None, "script.py is not valid Python. Line 1: '(' was never closed. x = (1,"),
    "a NUL": ("x = 1\0", None, "script.py is not valid Python. Line 1: "),
    "raises": ("import torch\n\ntorch.ones(2) @ torch.ones(3)\n", None, "script.py stopped in line 3: RuntimeError"),
    "unknown name": (LOOP, "y_hta", "No tensor named y_hta was computed here; did you mean y_hat? There are: "),
    "no tensor": (LOOP, "step", "At the end of the script step is no tensor, but a value of type int."),
    "a constant": (LOOP, "x", "No operation that autograd follows made x"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_in_one_sentence(script: Script, case: str) -> None:
    source, name, told = BAD[case]
    assert refusal(script(source), name).startswith(told)


def test_a_script_that_is_not_there(script: Script) -> None:
    path = script(LOOP)
    assert refusal(path.with_name("scipt.py")).endswith("did you mean script.py?")
    assert "is a folder" in refusal(path.parent)


def test_saved_files(script: Script, tmp_path: Path) -> None:
    graph = graph_of_script(script(LOOP))
    for name in ("graph.svg", "graph.html", "graph.json"):
        save(graph, tmp_path / name)
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == graph.svg()
    assert (tmp_path / "graph.html").read_text(encoding="utf-8") == graph.html()
    assert json.loads((tmp_path / "graph.json").read_text(encoding="utf-8")) == graph.to_json()
    with pytest.raises(OutputError):
        save(graph, tmp_path / "graph.png")


LOOPS = Path(__file__).parent / "loops"
UNDISTURBED = """
healthy_validation_inference_mode healthy_ema_teacher healthy_gradient_hooks healthy_old_style_data_updates
healthy_lbfgs_closure_rosenbrock healthy_vector_backward_with_weights sick_cut_graph_no_grad_forward_then_requires_grad
sick_retained_graph_moving_average_of_loss healthy_foreach_update healthy_sparse_embedding
""".split()


@pytest.mark.parametrize("name", UNDISTURBED)
def test_loops_as_people_write_them_print_what_they_print_without_us(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = LOOPS / f"{name}.py"
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    alone = capsys.readouterr().out
    graph = graph_of_script(path)
    assert capsys.readouterr().out == alone
    assert graph.node(graph.root).gradient is not None

"""The surface against a plain double loop, closed forms, and models that no vectorised shortcut may get wrong."""

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.csv
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gradlab.data import Points, noisy_line
from gradlab.errors import OptionError, OutputError
from gradlab.losses import squared_error
from gradlab.models import resolve
from gradlab.objective import Objective
from gradlab.surface import memory, parts, surface

POINTS = noisy_line(0.5, 0.0, 50, seed=3)
PAIRS = Points(torch.stack([POINTS.x, POINTS.x**2 / 50], dim=1), POINTS.y, ("u", "v"))


def line(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * x + b


def centred(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    """Mixes points: another model on any subset of them."""
    return m * (x - x.mean()) + b


def hinge(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    """Branches in Python on the value of a parameter, which no vectorised pass can follow."""
    return m * x + b if m > 0 else b - m * x


def rounded(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return round(m.item(), 1) * x + b


def shape_dependent(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return m * x + b if m.dim() == 0 else torch.zeros_like(x)


def double_loop(objective: Objective, first: Tensor, second: Tensor, names: tuple[str, str]) -> Tensor:
    rows = [torch.stack([objective(dict(zip(names, (p, q), strict=True))) for q in second]) for p in first]
    return torch.stack(rows)


def absolute(prediction: Tensor, y: Tensor) -> Tensor:
    return (prediction - y).abs()


@pytest.mark.parametrize("model", [line, centred, hinge, rounded, shape_dependent])
@pytest.mark.parametrize("loss", [absolute, torch.nn.MSELoss()], ids=["elementwise", "scalar"])
def test_equals_a_double_loop(model: Callable[..., Tensor], loss: Callable[..., Tensor]) -> None:
    found = surface(model, POINTS, loss=loss, over={"b": (-5, 5, 7), "m": (-1, 2, 9)})
    truth = double_loop(Objective(model, loss, POINTS), *found.axes, ("b", "m"))
    assert found.names == ("b", "m") and found.values.shape == (7, 9)
    torch.testing.assert_close(found.values, truth, rtol=1e-13, atol=0)


@pytest.mark.parametrize(
    ("model", "method"), [(line, "sums"), ("m*x**b", "vectorised"), (hinge, "loop"), (rounded, "loop")]
)
def test_says_how_it_was_found(model: str | Callable[..., Tensor], method: str) -> None:
    assert surface(model, POINTS, over={"m": (-1, 1, 3), "b": (-1, 1, 3)}).method == method


def test_many_chunks_are_one_surface() -> None:
    points = noisy_line(0.5, 0.0, 5_000, seed=1)  # 900 cells at 52 to the chunk
    found = surface("line", points, loss=torch.nn.MSELoss(), over={"m": (-5, 5, 30), "b": (-5, 5, 30)})
    assert found.method == "vectorised"
    m, b = torch.meshgrid(*found.axes, indexing="ij")
    x, y = points.x, points.y
    moments = (m**2 * (x * x).mean() + b**2 + (y * y).mean(), m * b * x.mean(), m * (x * y).mean(), b * y.mean())
    square, product, slope, intercept = moments
    torch.testing.assert_close(found.values, square + 2 * product - 2 * slope - 2 * intercept, rtol=1e-11, atol=0)


@given(x=st.floats(-50, 50), y=st.floats(-50, 50))
def test_one_point_has_the_error_written_out(x: float, y: float) -> None:
    found = surface("line", Points([x], [y]), loss="mae", over={"m": (-5, 5, 11), "b": (-5, 5, 11)})
    m, b = torch.meshgrid(*found.axes, indexing="ij")
    assert torch.equal(found.values, (m * x + b - y).abs())
    assert found.n == 1 and found.loss == "mae"


def test_two_of_many_parameters_and_the_others_held() -> None:
    points = Points([0.0, 1.0, 2.0], [1.0, 2.0, 5.0])
    found = surface("a + b*x + c*x**2", points, over={"c": (0, 2, 5), "a": (0, 2, 5)}, at={"b": 0.5})
    assert set(found.at) == {"b"} and found.at["b"] == 0.5
    value = found.values[3, 1]  # c = 1.5, a = 0.5
    residuals = [0.5 + 0.5 * x + 1.5 * x**2 - y for x, y in zip((0, 1, 2), (1, 2, 5), strict=True)]
    assert value.item() == pytest.approx(sum(r * r for r in residuals) / 3)


def test_elements_of_a_tensor_parameter() -> None:
    def model(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return x @ w[0] + b

    at = {"w": torch.tensor([[7.0, 8.0]]), "b": 1.0}
    found = surface(model, PAIRS, over={"w[0,1]": (-1, 1, 5), "b": (-1, 1, 4)}, at=at)
    w, b = torch.tensor([7.0, found.axes[0][3]], dtype=torch.float64), found.axes[1][2]
    assert found.values[3, 2].item() == pytest.approx((PAIRS.x @ w + b - PAIRS.y).square().mean().item())


def test_the_lowest_cell() -> None:
    found = surface("line", POINTS, over={"m": (0, 1, 101), "b": (-5, 5, 101)})
    assert found.lowest()["loss"] == found.values.min().item()
    nowhere = surface("log(m*x) + log(b)", POINTS, over={"m": (-2, -1, 3), "b": (-2, -1, 3)})
    assert all(math.isnan(value) for value in nowhere.lowest().values())


def test_csv_has_a_row_per_cell_and_every_digit(tmp_path: Path) -> None:
    found = surface("line", POINTS, over={"m": (-1, 1, 3), "b": (-1, 1, 2)})
    found.save(tmp_path / "surface.csv")
    table = pyarrow.csv.read_csv(tmp_path / "surface.csv")
    assert table.column_names == ["m", "b", "loss"]
    assert table["loss"].to_pylist() == found.values.flatten().tolist()
    assert table["m"].to_pylist() == [-1, -1, 0, 0, 1, 1]
    with pytest.raises(OutputError):
        found.save(tmp_path / "no" / "surface.csv")


GOOD = (-1.0, 1.0, 3)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"m": GOOD}, "two parameters"),
        ({"m": GOOD, "b": GOOD, "c": GOOD}, "two parameters"),
        ({"m": GOOD, "c": GOOD}, "no parameter c"),
        ({"mm": GOOD, "b": GOOD}, "did you mean m?"),
        ({"m": GOOD, "b": (-1.0, 1.0, 0)}, "0 values of b"),
        ({"m": GOOD, "b": (-1.0, 1.0, 1)}, "1 values of b"),
        ({"m": GOOD, "b": (1.0, -1.0, 3)}, "lower one first"),
        ({"m": GOOD, "b": (1.0, 1.0, 3)}, "lower one first"),
        ({"m": GOOD, "b": (math.nan, 1.0, 3)}, "finite"),
        ({"m": GOOD, "b": (0.0, math.inf, 3)}, "finite"),
        ({"m": (-1.0, 1.0, 10**6), "b": (-1.0, 1.0, 10**6)}, "at most"),
        ({"m": GOOD, "b[0]": GOOD}, "no element b[0]"),
        ({"m": GOOD, "[0]": GOOD}, "no parameter [0]"),
    ],
)
def test_a_grid_that_cannot_be(over: dict[str, tuple[float, float, int]], words: str) -> None:
    with pytest.raises(OptionError) as caught:
        surface("line", POINTS, over=over)
    assert words in str(caught.value)


def test_an_unknown_parameter_to_hold_and_a_whole_tensor_as_a_side() -> None:
    with pytest.raises(OptionError, match="no parameter c"):
        surface("line", POINTS, over={"m": GOOD, "b": GOOD}, at={"c": 1.0})
    with pytest.raises(OptionError, match=r"such as w\[0,0\]"):
        at = {"w": torch.zeros(1, 2), "b": 0.0}
        surface(lambda x, w, b: x @ w[0] + b, PAIRS, over={"w": GOOD, "b": GOOD}, at=at)


def test_an_error_of_the_model_is_the_model_s_own() -> None:
    def broken(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        surface(broken, POINTS, over={"m": GOOD, "b": GOOD})


def test_memory_stays_bounded() -> None:
    """90,000 cells of 1,000 points are 720 MB in one piece."""
    script = """
import resource
from gradlab.data import noisy_line
from gradlab.surface import surface
points = noisy_line(0.5, 0.0, 1_000)
surface("abs(m)*x + b", points, over={"m": (-5, 5, 300), "b": (-5, 5, 3)})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
surface("abs(m)*x + b", points, over={"m": (-5, 5, 300), "b": (-5, 5, 300)})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
    grown = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert float(grown.stdout) < 64


def of_its_number(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    """No operation tells that it knows how many points there are."""
    return abs(m) * x / len(x) + b


def of_the_first(x: Tensor, m: Tensor, b: Tensor) -> Tensor:
    return abs(m) * x + b * x[0]


@pytest.mark.parametrize(("model", "parted"), [("abs(m)*x + b", True), (of_its_number, False), (of_the_first, False)])
def test_many_points_in_parts_only_where_each_stands_for_itself(
    model: str | Callable[..., Tensor], parted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MANY", 150)
    monkeypatch.setattr(parts, "PART", 60)
    points, axes = noisy_line(0.5, 0.0, 200, seed=1), (torch.linspace(-1, 2, 3).double(), torch.ones(2).double())
    objective = Objective(resolve(model), squared_error, points)
    found = parts.parts_of(objective, lambda p, q: {"m": p, "b": q}, axes)
    assert [len(part.points) for part in found or []] == ([60, 60, 60, 20] if parted else [])
    grid = surface(model, points, over={"m": (-1, 2, 3), "b": (-1, 1, 4)})
    torch.testing.assert_close(grid.values, double_loop(objective, *grid.axes, ("m", "b")), rtol=1e-13, atol=0)


def test_memory_that_is_not_there_is_refused_with_its_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    monkeypatch.setattr(memory, "_MEMINFO", meminfo)
    assert memory.free_bytes() is None  # a system that does not tell
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:   1000 kB\n")
    surface("line", POINTS, over={"m": (-1, 1, 50), "b": (-1, 1, 50)})
    with pytest.raises(OptionError, match="1024000"):
        surface("line", POINTS, over={"m": (-1, 1, 500), "b": (-1, 1, 500)})

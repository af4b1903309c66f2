"""Figures: what is drawn is what was given, nothing overlaps, nothing global is touched, and files are reproducible."""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from awkward import FIGURES, ONE, POINTS, exploding, lesson, overflowing
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import gradlab
from gradlab.errors import OptionError, OutputError
from gradlab.figures import draw_evolution, draw_loss, draw_parameters, draw_residuals, draw_surface, rendered, save
from gradlab.figures.steps import draw_curve, gradient_norm
from gradlab.figures.style import SERIES, look
from gradlab.messages import LANGUAGES, speaking


def drawn_texts(figure: Figure) -> Iterator[Text]:
    """Ticks within their axes, their names, powers of ten beside them, titles."""
    for axes in figure.axes:
        for side in (axes.xaxis, axes.yaxis, *([axes.zaxis] if axes.name == "3d" else [])):
            low, high = sorted(side.get_view_interval())
            slack = 1e-12 * max(abs(low), abs(high)) if axes.name == "3d" else 0
            ticks = [tick for tick in side.get_major_ticks() if low - slack <= tick.get_loc() <= high + slack]
            yield from (label for tick in ticks for label in (tick.label1, tick.label2) if label.get_visible())
            yield side.get_offset_text()
            if axes.name != "3d":  # there a name is slanted, and the box around it says little
                yield side.label
        yield axes.title
    yield from figure.texts


def places(figure: Figure) -> list[tuple[str, Bbox]]:
    """Each text that was drawn, and where, in pixels."""
    canvas = FigureCanvasAgg(figure)
    with look():
        canvas.draw()
    renderer = canvas.get_renderer()
    found = [(text.get_text(), text.get_window_extent(renderer)) for text in drawn_texts(figure) if text.get_visible()]
    return [(text, box) for text, box in found if text.strip() and box.width > 0]


@pytest.mark.parametrize("name", FIGURES)
def test_labels_neither_overlap_nor_leave_the_picture(name: str) -> None:
    with speaking("es"), warnings.catch_warnings():  # its words are the longer ones
        warnings.simplefilter("error")
        found = places(figure := FIGURES[name]())
    width, height = figure.bbox.size
    outside = [text for text, box in found if min(box.x0, box.y0) < -2 or box.x1 > width + 2 or box.y1 > height + 2]
    shrunk = [(text, box.padded(-1)) for text, box in found]
    overlapping = [(a, b) for (a, one), (b, other) in combinations(shrunk, 2) if one.overlaps(other)]
    assert (outside, overlapping) == ([], [])


def test_the_test_of_overlaps_sees_one() -> None:
    figure = Figure(layout="none")
    figure.text(0.5, 0.5, "here")
    figure.text(0.51, 0.5, "there")
    (_, one), (_, other) = places(figure)
    assert one.overlaps(other)


def test_the_true_curve_is_the_true_line() -> None:
    """The lesson's first figure multiplies by the true b where it means to add it."""
    axes = draw_evolution("line", POINTS, lesson(), true={"m": 2.0, "b": 3.0}).axes[0]
    (true,) = [line for line in axes.lines if line.get_label() == "true curve"]
    np.testing.assert_allclose(true.get_ydata(), 2 * np.asarray(true.get_xdata()) + 3)


def test_evolution_draws_each_step_and_the_points() -> None:
    history = lesson()
    axes = draw_evolution("line", POINTS, history).axes[0]
    slopes = [np.polyfit(line.get_xdata(), line.get_ydata(), 1)[0] for line in axes.lines]
    np.testing.assert_allclose(slopes, history["m"].numpy())
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), torch.stack([POINTS.x, POINTS.y], 1).numpy())


def test_evolution_of_a_long_run_draws_its_beginning_its_end_and_not_all() -> None:
    history = gradlab.fit("line", POINTS, lr=1e-4, steps=1_000)
    axes = draw_evolution("line", POINTS, history).axes[0]
    slopes = [np.polyfit(line.get_xdata(), line.get_ydata(), 1)[0] for line in axes.lines]
    assert 30 < len(slopes) <= 60
    assert slopes[0] == pytest.approx(0, abs=1e-12) and slopes[-1] == pytest.approx(history["m"][-1].item())


def test_evolution_of_a_model_that_mixes_points_is_drawn_at_the_points() -> None:
    def centred(x: torch.Tensor, m: torch.Tensor) -> torch.Tensor:
        return m * (x - x.mean())

    history = gradlab.fit(centred, POINTS, steps=5)
    last = draw_evolution(centred, POINTS, history).axes[0].lines[-1]
    x, order = POINTS.x.sort()
    np.testing.assert_array_equal(last.get_xdata(), x)
    np.testing.assert_allclose(last.get_ydata(), centred(POINTS.x, history["m"][-1])[order])


def test_evolution_of_several_columns_is_refused() -> None:
    plane = gradlab.Points(torch.rand(9, 2), torch.rand(9))
    with pytest.raises(OptionError, match="2 columns"):
        draw_evolution("plane", plane, gradlab.fit("plane", plane, steps=1))


def line_of(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    (line,) = [line for line in axes.lines if line.get_label() == label]
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


def test_surface_shows_the_grid_the_path_and_its_ends() -> None:
    found, history = gradlab.surface("line", POINTS, over={"m": (-5, 5, 41), "b": (-5, 5, 21)}), lesson()
    heat, relief, _ = draw_surface(found, history=history).axes
    np.testing.assert_array_equal(line_of(heat, "descent"), torch.stack([history["m"], history["b"]]).numpy())
    assert line_of(heat, "start")[0][0] == 0.8 and line_of(heat, "end")[0][0] == history["m"][-1]
    assert line_of(heat, "lowest cell of the grid")[0][0] == found.lowest()["m"]
    assert (heat.get_xlabel(), heat.get_ylabel(), relief.get_xlabel()) == ("m", "b", "m")
    levels = heat.collections[0].levels
    assert len(levels) == 50 and (levels[0], levels[-1]) == (found.values.min(), found.values.max())


def test_a_path_that_overflows_crosses_the_grid_only_where_it_did() -> None:
    """All its points lie on b = m / 10; coordinates of 1e300 would be drawn anywhere."""
    found = gradlab.surface("line", POINTS, over={"m": (-5, 5, 5), "b": (-5, 5, 5)})
    heat = draw_surface(found, history=overflowing()).axes[0]
    m, b = line_of(heat, "descent")
    assert m[0] == 1 and np.nanmax(np.abs(m)) > 1e5 and np.isnan(m[-1])
    np.testing.assert_allclose(b, m / 10, atol=1e-9)
    assert "end" not in [line.get_label() for line in heat.lines]  # it is not in the picture


def test_the_path_runs_on_the_surface() -> None:
    found, history = gradlab.surface("line", POINTS, loss="mae", over={"m": (0, 1, 101), "b": (-1, 1, 41)}), lesson()
    relief = draw_surface(found, history=history).axes[1]
    _, _, heights = relief.lines[0].get_data_3d()
    np.testing.assert_allclose(heights, history.losses, rtol=0.01)


def test_a_known_minimum_is_marked_instead_of_the_lowest_cell() -> None:
    found = gradlab.surface("line", POINTS, over={"m": (0, 1, 11), "b": (-1, 1, 11)})
    heat = draw_surface(found, history=lesson(), minimum={"m": 0.48, "b": 0.1}).axes[0]
    assert line_of(heat, "minimum") == (0.48, 0.1)
    assert "lowest cell of the grid" not in [line.get_label() for line in heat.lines]


def test_a_path_without_these_parameters_is_refused() -> None:
    found = gradlab.surface("a*x + c", POINTS, over={"a": (0, 1, 3), "c": (0, 1, 3)})
    with pytest.raises(OptionError, match="no parameter a"):
        draw_surface(found, history=lesson())


def test_loss_and_gradient_norm_are_those_of_the_history() -> None:
    history = lesson()
    above, below = draw_loss(history).axes
    np.testing.assert_array_equal(above.lines[0].get_ydata(), history.losses)
    np.testing.assert_allclose(below.lines[0].get_ydata(), history["grad_m"].abs())  # b is frozen
    assert gradient_norm(history)[-1] == pytest.approx(history.outcome.gradient_norm)


def test_a_long_curve_is_drawn_by_its_extremes() -> None:
    values = np.random.default_rng(0).normal(size=123_457)
    axes = Figure().add_subplot()
    draw_curve(axes, np.arange(values.size, dtype=float), values, "noise")
    x, y = (np.asarray(side, dtype=float) for side in axes.lines[0].get_data())
    assert x.size <= 3 * 2_000 and x[0] == 0 and x[-1] == values.size - 1
    np.testing.assert_array_equal(y, values[x.astype(int)])
    length = values.size // 2_000
    for part in range(0, 2_000, 50):
        seen = y[(x >= part * length) & (x < (part + 1) * length)]
        whole = values[part * length : (part + 1) * length]
        assert (seen.min(), seen.max()) == (whole.min(), whole.max())


def test_a_run_that_breaks_says_where() -> None:
    history = exploding()
    history.losses[-2:] = torch.nan
    texts = [text.get_text() for axes in draw_loss(history).axes for text in axes.texts]
    assert texts == [f"not finite from step {history.steps - 1}"]


def test_parameters_and_residuals_are_those_given() -> None:
    history = lesson()
    grid = draw_parameters(history, exact={"m": 0.49}).axes
    np.testing.assert_array_equal(grid[0].lines[0].get_ydata(), history["m"])
    np.testing.assert_array_equal(grid[3].lines[0].get_ydata(), history["grad_b"])
    assert "frozen" in grid[2].get_ylabel()
    scatter = draw_residuals(ONE, torch.tensor([1.0])).axes[0].collections[-1]
    np.testing.assert_array_equal(scatter.get_offsets(), [[4.0, 3.0]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_axis_has_a_name_in_the_language_in_force(language: str) -> None:
    with speaking(language):
        figures = [draw_loss(lesson()), draw_residuals(POINTS, POINTS.y), draw_evolution("line", POINTS, lesson())]
    names = {name for figure in figures for axes in figure.axes for name in (axes.get_xlabel(), axes.get_ylabel())}
    assert {"en": "step", "es": "paso"}[language] in names
    assert {"en": "gradient norm", "es": "norma del gradiente"}[language] in names


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_files_are_the_same_bytes_each_time(ending: str, tmp_path: Path) -> None:
    found = gradlab.surface("line", POINTS, over={"m": (0, 1, 9), "b": (-1, 1, 9)})
    figure, again = (draw_surface(found, history=lesson()) for _ in range(2))
    save(figure, tmp_path / f"figure{ending.upper()}")
    written = (tmp_path / f"figure{ending.upper()}").read_bytes()
    assert written == rendered(again, ending) == rendered(figure, ending)
    assert [path.name for path in tmp_path.iterdir()] == [f"figure{ending.upper()}"]


def test_an_unknown_ending_is_refused_with_those_known(tmp_path: Path) -> None:
    for name in ("figure.jpeg", "figure"):
        with pytest.raises(OutputError, match=r"\.png, \.svg"):
            save(Figure(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_settings_of_the_user_neither_matter_nor_change() -> None:
    plain = rendered(draw_loss(lesson()), ".png")
    with matplotlib.rc_context({"axes.facecolor": "black", "lines.linewidth": 9, "font.size": 30}):
        before = dict(matplotlib.rcParams)
        assert rendered(draw_loss(lesson()), ".png") == plain
        assert dict(matplotlib.rcParams) == before


def test_no_pyplot_and_no_global_figure() -> None:
    script = """
import sys
import gradlab
from gradlab.figures import draw_loss, rendered
points = gradlab.noisy_line(0.5, 0.0, 9)
rendered(draw_loss(gradlab.fit("line", points, steps=2)), ".svg")
print("matplotlib.pyplot" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Red, green, blue as seen without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_curves_stay_apart_for_every_eye(kind: str) -> None:
    linear = np.array([matplotlib.colors.to_rgb(color) for color in SERIES[:5]]) ** 2.2
    seen = np.clip(linear @ np.array(BLINDNESS[kind]).T, 0, 1) ** (1 / 2.2)
    assert min(np.abs(one - other).max() for one, other in combinations(seen, 2)) > 0.15

"""Text against golden files in both languages, and against what any terminal of 80 columns must get."""

import re
from itertools import islice
from pathlib import Path
from types import GeneratorType

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gradlab
from gradlab.messages import LANGUAGES, speaking
from gradlab.text import dataset_table, step_log, summary

GOLDEN = Path(__file__).with_name("golden")
POINTS = gradlab.Points([0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 2.0, 3.0])  # with lr 1/64 every number here is exact in binary
LEAST_SQUARES = {"m": torch.tensor(0.6, dtype=torch.float64), "b": torch.tensor(1.1, dtype=torch.float64)}


def small_run() -> gradlab.History:
    return gradlab.fit("line", POINTS, start={"b": 1.0}, freeze=["b"], lr=1 / 64, steps=3)


def diverging_run() -> gradlab.History:
    return gradlab.fit("line", POINTS, lr=64.0, steps=40)


def absolute_run() -> gradlab.History:
    options = {"loss": "mae", "gradient": "finite-difference", "delta": 0.5, "batch_size": 2, "seed": 3}
    return gradlab.fit("line", POINTS, lr=1 / 64, steps=2, **options)


def tensor_run() -> gradlab.History:
    def model(x: torch.Tensor, w: torch.Tensor, bias_of_the_last_layer: torch.Tensor) -> torch.Tensor:
        return x * w.sum() + bias_of_the_last_layer

    start = {"w": torch.zeros(5, 5, dtype=torch.float64), "bias_of_the_last_layer": 0.5}
    return gradlab.fit(model, POINTS, start=start, lr=1 / 64, steps=1)


def everything() -> str:
    """One of each, as it would come out of a terminal."""
    small, absolute, tensors = small_run(), absolute_run(), tensor_run()
    parts = [
        "\n".join(step_log(small)),
        summary(small, LEAST_SQUARES),
        "\n".join(step_log(absolute, at_most=2)),
        summary(absolute, LEAST_SQUARES),
        "\n".join(step_log(tensors)),
        summary(tensors),
        summary(small, LEAST_SQUARES, own={"m": torch.tensor(0.5), "b": torch.tensor(1.0)}),
        summary(diverging_run()),
        dataset_table(map(gradlab.dataset, ("BoxBOD", "ENSO", "Norris"))),
    ]
    return "\n\n\n".join(parts) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_that_of_the_golden_file(language: str) -> None:
    """To renew a golden file on purpose: delete it, run this test, read what it wrote."""
    path = GOLDEN / f"text_{language}.txt"
    with speaking(language):
        text = everything()
    if not path.exists():
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_a_terminal(language: str) -> None:
    with speaking(language):
        assert max(map(len, everything().splitlines())) <= 80


def test_the_numbers_of_the_log_are_those_of_the_history() -> None:
    history = small_run()
    log = "\n".join(step_log(history))
    slopes = [float(m) for m in re.findall(r"^m = (\S+),", log, re.M)]
    assert slopes == pytest.approx(history["m"].tolist(), rel=1e-5)
    updates = [sign + number for sign, number in re.findall(r"update: m ([+-]) ([^,]+), b frozen", log)]
    assert [float(update) for update in updates] == pytest.approx((-history["grad_m"][:-1] / 64).tolist(), rel=1e-5)
    assert log.count("gradient") == 4 and log.count("update") == 3


def test_the_log_is_made_as_it_is_read() -> None:
    history = gradlab.fit("line", POINTS, steps=100)
    log = step_log(history)
    assert isinstance(log, GeneratorType)
    assert list(islice(log, 2)) == ["----- step 0", "m = 0, b = 0"]


@given(steps=st.integers(0, 12), at_most=st.integers(0, 15))
def test_a_shorter_log_keeps_both_ends_and_counts_the_rest(steps: int, at_most: int) -> None:
    history = gradlab.fit("line", POINTS, lr=1e-3, steps=steps)
    text = "\n".join(step_log(history, at_most))
    kept = [int(step) for step in re.findall(r"^----- step (\d+)", text, re.M)]
    left_out = sum(map(int, re.findall(r"steps left out: (\d+)", text)))
    assert len(kept) + left_out == steps + 1
    assert kept[0] == 0 and kept[-1] == steps and kept == sorted(set(kept))
    assert len(kept) == min(steps + 1, max(2, at_most))


def test_names_cannot_send_commands_to_the_terminal() -> None:
    history = gradlab.fit("line", POINTS, steps=1)
    history.settings["model"] = "\x1b[31mred\n" + "x" * 500
    shown = summary(history)
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) <= 80


def test_a_run_from_a_csv_has_no_settings_and_still_a_summary(tmp_path: Path) -> None:
    small_run().save(tmp_path / "run.csv")
    shown = summary(gradlab.History.load(tmp_path / "run.csv"))
    assert "m  " in shown and "lr" not in shown

"""A History and its Outcome as values."""

import math

import pytest
import torch

from gradlab import descent, messages
from gradlab.data import noisy_line
from gradlab.history import History, Outcome

POINTS = noisy_line(m=0.5, b=0.0, n=20, seed=0)


def momentum_run(steps: int = 5) -> History:
    return descent.fit("line", POINTS, start={"m": 0.8}, optimizer="momentum", lr=1e-4, steps=steps)


def test_a_row_a_table_and_the_ends_of_a_run():
    history = momentum_run()
    assert len(history) == 6 and history.steps == 5 and history.engine == "eager"
    assert torch.equal(history.losses, history["loss"])
    assert history.row(-1) == {name: column[-1].item() for name, column in history.columns.items()}
    assert history.params == {"m": history["m"][-1], "b": history["b"][-1]}
    assert history.gradient == {"m": history["grad_m"][-1], "b": history["grad_b"][-1]}
    assert history.table()["step"] == [0, 1, 2, 3, 4, 5]


OUTCOMES = [
    Outcome("steps-done", 25, 1.5, 0.5),
    Outcome("converged", 25, 1.5, 1e-7),
    Outcome("interrupted", 25, 1.5, 0.5),
    Outcome("diverged", 25, math.nan, math.nan, "non-finite", lr=0.1),
    Outcome("diverged", 25, 1e9, 1e9, "rising", lr=0.1, stable_lr=0.05),
    Outcome("diverged", 25, 1e9, 1e9, "rising", lr=0.01, stable_lr=0.05),
    Outcome("diverged", 25, 1e9, 1e9, "rising", lr=0.01, stable_lr=math.inf),
]


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("outcome", OUTCOMES, ids=range(len(OUTCOMES)))
def test_every_outcome_has_a_sentence_with_its_numbers(outcome, language):
    with messages.speaking(language):
        sentence = outcome.sentence()
    assert "25" in sentence
    if outcome.stable_lr not in (None, math.inf):
        assert "0.05" in sentence

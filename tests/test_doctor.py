"""The doctor on small loops: silence, mistakes that come late or stand elsewhere, notes on what PyTorch raises.

What it says of whole scripts is in tests/test_doctor_corpus.py, its manners are in tests/test_doctor_manners.py.
"""

import contextlib
import traceback
from pathlib import Path

import pytest
import torch

from gradlab import messages
from gradlab.doctor import watch, wrong

x = torch.linspace(0, 1, 20)
y = 2 * x + 0.5


@pytest.fixture(autouse=True)
def in_english():
    with messages.speaking("en"):
        yield


def codes(watching):
    return [finding.code for finding in watching.findings]


def descend(m, steps=8, lr=0.1):
    """The right loop."""
    for _ in range(steps):
        loss = (m * x - y).square().mean()
        loss.backward()
        with torch.no_grad():
            m -= lr * m.grad
        m.grad = None
    return loss


def leaf(value=0.0):
    return torch.tensor(value, requires_grad=True)


# silence


def test_nothing_is_said_of_a_right_loop():
    with watch() as w:
        descend(leaf())
    assert w.findings == ()
    assert not wrong(w.findings)


def test_a_parameter_left_alone_is_a_note():
    m, b = leaf(0.8), leaf()
    with watch() as w:
        for _ in range(5):
            ((m * x + b - y).abs().mean()).backward()
            with torch.no_grad():
                m -= 0.1 * m.grad
            m.grad = b.grad = None
    assert [(f.code, f.severity, f.variable) for f in w.findings] == [("not-updated", "note", "b")]
    assert not wrong(w.findings)


def test_gradients_that_are_studied_are_no_training():
    """Fisher information, a saliency map: the gradient is what is wanted, nothing is to be updated."""
    model, fisher = torch.nn.Linear(3, 1), torch.zeros(1, 3)
    with watch() as w:
        for _ in range(6):
            model.zero_grad()
            model(torch.randn(4, 3)).square().mean().backward()
            fisher += model.weight.grad**2
    assert not [finding for finding in w.findings if finding.variable == "model.weight"]


def test_a_line_search_tries_values_without_keeping_them():
    w_ = torch.zeros(1, requires_grad=True)
    with watch() as w:
        for _ in range(6):
            loss = (w_ * x - y).square().mean()
            (g,) = torch.autograd.grad(loss, w_)
            step = 1.0
            with torch.no_grad():
                while ((w_ - step * g) * x - y).square().mean() > loss and step > 1e-3:
                    step /= 2
                w_ -= step * g
    assert w.findings == ()


# late mistakes


@pytest.mark.parametrize("when", [3, 150])
def test_a_late_mistake_is_found(when):
    m, b = leaf(), leaf()
    with watch() as w:
        for step in range(when + 4):
            loss = (m * x + b - y).square().mean()
            loss.backward()
            with torch.no_grad():
                m -= 0.1 * m.grad
                b -= 0.1 * b.grad
            if step < when:
                m.grad = None
            b.grad = None
    assert [(f.code, f.variable) for f in w.findings] == [("accumulated-gradient", "m")]


def test_a_name_lost_late_is_found():
    m = leaf()
    with watch() as w:
        descend(m, 40)
        loss = (m * x - y).square().mean()
        loss.backward()
        with torch.no_grad():
            m = m - 0.1 * m.grad
        with pytest.raises(RuntimeError) as raised:
            (m * x - y).square().mean().backward()
    assert [(f.code, f.variable) for f in w.findings] == [("lost-leaf", "m")]
    assert any("lost-leaf" in note for note in raised.value.__notes__)


# names, lines, moving code about


def update(parameters, lr):
    for p in parameters:
        p.data = p.data + lr * p.grad


class Trainer:
    def __init__(self):
        self.slope = leaf()

    def step(self):
        loss = (self.slope * x - y).square().mean()
        self.slope.grad = None
        loss.backward()
        update([self.slope], 0.1)


def test_the_mistake_is_found_where_it_was_moved_to():
    trainer = Trainer()
    with watch() as w:
        for _ in range(6):
            trainer.step()
    (finding,) = w.findings
    assert (finding.code, finding.variable) == ("ascending", "trainer.slope")
    assert finding.source == "p.data = p.data + lr * p.grad"
    assert Path(finding.file).name == "test_doctor.py"


# what PyTorch raises


def test_the_users_own_exception_gets_the_note_and_loses_our_frames():
    m = leaf()
    with pytest.raises(RuntimeError, match="leaf Variable") as raised, watch() as w:
        m -= 0.1
    assert codes(w) == ["inplace-on-leaf"]
    text = "".join(traceback.format_exception(raised.value))
    assert "gradlab/doctor" not in text
    assert "with torch.no_grad():\n            m -= 0.1" in raised.value.__notes__[0]


def test_the_note_speaks_the_users_language():
    with messages.speaking("es"), pytest.raises(RuntimeError) as raised, watch():
        leaf().mul(x).backward()
    assert "backward parte de uno solo" in raised.value.__notes__[0]


def test_backward_appears_once_in_the_traceback():
    with pytest.raises(RuntimeError) as raised, watch():
        torch.zeros(3).sum().backward()
    frames = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    with pytest.raises(RuntimeError) as plain:
        torch.zeros(3).sum().backward()
    assert frames == [frame.name for frame in traceback.extract_tb(plain.value.__traceback__)]


def test_a_gradient_that_is_none_is_explained():
    m, lr = torch.tensor(1.0), 0.1
    b = leaf()
    with pytest.raises(TypeError) as raised, watch() as w:
        (m * x + b - y).square().mean().backward()
        m = m - lr * m.grad
    assert [(f.code, f.variable) for f in w.findings] == [("no-grad-required", "m")]
    assert "requires_grad_(True)" in raised.value.__notes__[0]


@pytest.mark.parametrize(("times", "status"), [(1, "note"), (2, "error")])
def test_an_exception_that_was_caught_once_is_but_a_note(times, status):
    with watch() as w:
        descend(leaf())
        for _ in range(times):
            with contextlib.suppress(RuntimeError):
                (leaf() * x).numpy()
    assert [(f.code, f.severity) for f in w.findings] == [("numpy-on-grad", status)]


# explosions


def test_a_loss_that_is_infinite_at_the_third_step_diverges():
    torch.manual_seed(0)
    layers = torch.nn.Sequential(*(torch.nn.Linear(8, 8) for _ in range(5)))
    optimizer, data = torch.optim.SGD(layers.parameters(), lr=5.0), 10 * torch.ones(4, 8)
    with watch() as w:
        for _ in range(6):
            optimizer.zero_grad()
            layers(data).square().mean().backward()
            optimizer.step()
    assert codes(w) == ["diverging"]


def test_the_stable_lr_is_the_one_of_the_curvature():
    """y = m·x has the curvature 2·mean(x²) in m."""
    m = leaf(1.0)
    curvature = 2 * x.square().mean().item()
    with watch() as w:
        descend(m, 12, lr=2.6 / curvature)
    assert codes(w) == ["diverging"]
    assert w.findings[0].evidence["curvature"] == pytest.approx(curvature, rel=1e-3)
    assert w.findings[0].evidence["stable"] == pytest.approx(2 / curvature, rel=1e-3)


def test_a_logarithm_of_zero_is_no_divergence():
    m = leaf()
    with watch() as w:
        for _ in range(4):
            torch.log(m * x).mean().backward()
            with torch.no_grad():
                m -= 0.1 * m.grad
            m.grad = None
    assert codes(w) == ["non-finite"]


def test_a_loss_that_rises_because_the_task_changed_is_no_divergence():
    m = leaf()
    with watch() as w:
        for task in range(4):
            for _ in range(20):
                loss = (m * x - 10.0**task * y).square().mean()
                loss.backward()
                with torch.no_grad():
                    m -= 0.1 * m.grad
                m.grad = None
    assert w.findings == ()

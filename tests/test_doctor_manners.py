"""The doctor's manners: it changes nothing, raises nothing, keeps nothing alive, and says what it could not see."""

import gc
import threading
import warnings
import weakref
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from gradlab import messages
from gradlab.doctor import report, watch

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


# what may not change


def test_warnings_point_at_the_users_line():
    with warnings.catch_warnings(record=True) as caught, watch():
        warnings.simplefilter("always")
        F.mse_loss(leaf() * x, y[:, None])
        float(leaf())
    assert {Path(warning.filename).name for warning in caught} == {Path(__file__).name}
    assert any("target size" in str(warning.message) for warning in caught)


def test_the_same_warning_is_shown_once_a_line():
    with warnings.catch_warnings(record=True) as caught, watch():
        warnings.simplefilter("default")
        for _ in range(3):
            F.mse_loss(leaf() * x, y[:, None])
        F.mse_loss(leaf() * x, y[:, None])
    assert len([warning for warning in caught if "target size" in str(warning.message)]) == 2


def survivors_of_three_steps():
    """What is alive of the tensors of each step when it is over. (No assert in here: pytest's use locals().)"""
    m, alive = leaf(), []
    for _ in range(3):
        prediction = m * x
        loss = (prediction - y).square().mean()
        gone = [weakref.ref(prediction), weakref.ref(loss)]
        loss.backward()
        gone.append(weakref.ref(m.grad))
        m.grad = None
        del prediction, loss
        gc.collect()
        alive += [reference() for reference in gone if reference() is not None]
    return alive


def survivors_of_fifty_runs():
    alive = []
    for _ in range(50):
        m = leaf()
        descend(m, 4)
        gone = weakref.ref(m)
        del m
        gc.collect()
        alive += [gone()] if gone() is not None else []
    return alive


@pytest.mark.parametrize("run", [survivors_of_three_steps, survivors_of_fifty_runs])
def test_nothing_is_kept_alive(run):
    with watch() as w:
        alive = run()
    assert alive == []
    assert "stopped" not in codes(w)


def test_a_fault_of_ours_ends_the_watching_not_the_run(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("gradlab.doctor.ledger.Ledger.leaf", broken)
    m = leaf()
    with watch() as w:
        loss = descend(m)
    assert loss < 1.1
    assert codes(w) == ["stopped"]
    assert "planted" in w.findings[0].sentence
    assert "Traceback" not in report(w.findings)


def test_everything_is_put_back():
    before = torch.Tensor.backward, torch.optim.Optimizer.zero_grad, warnings.showwarning, threading.getprofile()
    with pytest.raises(KeyError), watch():
        assert torch.Tensor.backward is not before[0]
        raise KeyError
    assert before == (
        torch.Tensor.backward,
        torch.optim.Optimizer.zero_grad,
        warnings.showwarning,
        threading.getprofile(),
    )
    assert torch._C._len_torch_function_stack() == 0


def test_a_step_that_raises_does_not_end_the_watching():
    m = leaf()
    optimizer = torch.optim.SGD([m], lr=0.1)
    with watch() as w:
        (m * x).sum().backward()
        optimizer.register_step_pre_hook(lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            optimizer.step()
        optimizer = torch.optim.SGD([m], lr=0.1)
        for _ in range(3):
            (m * x - y).square().mean().backward()
            optimizer.step()
    assert codes(w) == ["accumulated-gradient"]


# what cannot be seen


def test_no_backward_call_is_a_note():
    with watch() as w:
        (x * 2).sum()
    assert [(f.code, f.severity) for f in w.findings] == [("no-backward", "note")]
    assert "No backward call was seen" in w.findings[0].sentence


def test_training_in_another_thread_is_a_note():
    with watch() as w:
        thread = threading.Thread(target=descend, args=(leaf(),))
        thread.start()
        thread.join()
    assert codes(w) == ["no-backward", "partly-unseen"]


def test_threads_that_do_not_train_are_nothing_to_tell():
    with watch() as w:
        thread = threading.Thread(target=sum, args=(range(100),))
        thread.start()
        descend(leaf())
        thread.join()
    assert w.findings == ()


def test_functional_transforms_are_left_alone():
    with watch() as w:
        slope = torch.func.vmap(lambda a: a * 2)(x)
        gradient = torch.func.grad(lambda m: (m * x - y).square().mean())(torch.tensor(1.0))
    assert slope.shape == x.shape
    assert gradient != 0
    assert "stopped" not in codes(w)

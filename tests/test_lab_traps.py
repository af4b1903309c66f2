"""The trap gallery: wrong loops that really run, beside the right one."""

import json

import pytest
import torch

from gradlab.descent import fit
from gradlab.lab.session import Session
from gradlab.lab.state import lesson_points
from gradlab.lab.traps import TRAPS

BOTH = {"loss": "mse", "freeze": [], "start": {"m": 0.2, "b": 1}, "lr": 5e-4, "steps": 30}


def ask(name, state=None, lang="en"):
    message = {"type": "trap", "id": 1, "name": name, "state": state or {}, "lang": lang}
    ((header, arrays),) = Session().handle(message)
    json.dumps(header, allow_nan=False)
    return header, arrays


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("state", [{}, BOTH, {"model": "exponential", "start": {}, "freeze": [], "optimizer": "adam"}])
def test_the_right_loop_is_the_historys(name, state):
    header, arrays = ask(name, state)
    settings = {"loss": "mae", "start": {"m": 0.8}, "freeze": ["b"], "steps": 25} | state
    model, _ = settings.pop("model", "line"), settings.pop("optimizer", None)
    history = fit(model, lesson_points(), **settings)
    assert header["name"] == name
    torch.testing.assert_close(arrays["right_loss"], history.losses, rtol=1e-10, atol=0)
    assert arrays["right_params"].shape == (len(history), len(history.parameters))
    assert header["differs"]["wrong"] or header["differs"]["right"]


def differing(header):
    code = {side: header[f"code_{side}"].splitlines() for side in ("wrong", "right")}
    return tuple([code[side][n - 1].strip() for n in header["differs"][side]] for side in ("wrong", "right"))


def test_gradients_that_are_not_cleared_add_up():
    header, arrays = ask("no-zero", BOTH)
    assert header["raised"] is None
    points, lr = lesson_points(), BOTH["lr"]
    m, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.2, 1.0))
    for row in range(31):
        wanted = torch.stack([m.detach(), b.detach()])
        torch.testing.assert_close(arrays["wrong_params"][row], wanted, rtol=1e-10, atol=0)
        ((m * points.x + b - points.y) ** 2).mean().backward()
        with torch.no_grad():
            m -= lr * m.grad
            b -= lr * b.grad
    assert any("grad.zero_()" in line for line in differing(header)[1])
    assert differing(header)[0] == []


def test_a_name_bound_anew_loses_its_gradient():
    header, arrays = ask("rebind")
    assert differing(header) == (["m = m - lr * m.grad"], ["m -= lr * m.grad"])
    assert header["raised"] == "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'"
    assert header["raised_step"] == 1
    assert header["code_wrong"].splitlines()[header["raised_line"] - 1].strip() == "m = m - lr * m.grad"
    assert len(arrays["wrong_params"]) == 2
    both, _ = ask("rebind", BOTH)
    assert both["raised"].startswith("RuntimeError: element 0 of tensors does not require grad")


def test_an_update_within_the_graph_is_refused_by_pytorch():
    header, arrays = ask("no-no-grad")
    assert header["raised"].startswith("RuntimeError: a leaf Variable that requires grad")
    assert header["raised_step"] == 0
    assert "with torch.no_grad():" in differing(header)[1]
    assert len(arrays["wrong_loss"]) == 1


def test_the_wrong_sign_climbs():
    header, arrays = ask("wrong-sign", BOTH)
    assert differing(header)[0] == ["m += lr * m.grad", "b += lr * b.grad"]
    assert (arrays["wrong_loss"].diff() > 0).all()


def test_a_column_of_y_broadcasts_in_silence():
    header, arrays = ask("broadcast", BOTH | {"steps": 100})
    assert header["raised"] is None
    points = lesson_points()
    m, b = arrays["wrong_params"][0]
    every_pair = ((m * points.x + b) - points.y[:, None]) ** 2
    assert arrays["wrong_loss"][0].item() == pytest.approx(every_pair.mean().item(), rel=1e-12)


def test_too_high_an_lr_diverges():
    header, arrays = ask("lr-too-high", BOTH)
    assert arrays["wrong_loss"][-1] > arrays["wrong_loss"][0]
    lr = float(differing(header)[0][0].removeprefix("lr = "))
    x = lesson_points().x
    moments = torch.tensor([[(x**2).mean(), x.mean()], [x.mean(), 1.0]])
    top = torch.linalg.eigvalsh(2 * moments)
    assert lr == pytest.approx(1.1 * 2 / top[-1].item(), rel=1e-3)


def test_an_unknown_trap_is_refused():
    header, _ = ask("pit")
    assert header["type"] == "refused"
    assert "no-zero" in header["sentence"]


CODES = {
    "no-zero": "accumulated-gradient",
    "rebind": "lost-leaf",
    "no-no-grad": "inplace-on-leaf",
    "wrong-sign": "ascending",
    "broadcast": "broadcast",
    "lr-too-high": "diverging",
}


@pytest.mark.parametrize("name", TRAPS)
def test_the_doctor_names_the_trap(name):
    header, _ = ask(name, BOTH)
    first = header["findings"][0]
    assert (first["code"], first["severity"]) == (CODES[name], "error")
    assert first["sentence"] != ask(name, BOTH, lang="es")[0]["findings"][0]["sentence"]
    assert header["code_wrong"].splitlines()[first["line"] - 1].strip()

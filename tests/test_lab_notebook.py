"""The notebook's host and `open_lab`: messages through a comm, your own function as model, Ctrl-C in the browser's."""

import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import torch

import gradlab
from gradlab.descent import fit
from gradlab.lab import opening
from gradlab.lab.session import Session
from gradlab.lab.state import lesson_points


class FakeComm:
    """The kernel's end of the wire: keeps what is sent, and whom to tell what arrives."""

    def __init__(self, **options):
        self.comm_id, self.sent = "fake", []

    def send(self, data=None, metadata=None, buffers=None):
        json.dumps(data)
        self.sent.append((data, buffers))

    def on_msg(self, tell):
        self.arrived = tell

    def on_close(self, tell):
        pass

    def close(self, *args, **options):
        pass


@pytest.fixture
def widget(monkeypatch):
    comm = pytest.importorskip("comm")
    pytest.importorskip("anywidget")
    monkeypatch.setattr(comm, "create_comm", FakeComm)
    monkeypatch.setattr(opening, "in_notebook", lambda: True)
    return gradlab.open_lab(lesson_points())


def test_a_widget_answers_as_the_session_does(widget):
    ask = {"type": "solve", "id": 5, "state": {"steps": 4, "loss": "mse"}}
    before = len(widget.comm.sent)
    widget._handle_msg({"content": {"data": {"method": "custom", "content": ask}}, "buffers": []})
    ((data, buffers),) = widget.comm.sent[before:]
    assert data["method"] == "custom"
    header = data["content"]
    assert (header["type"], header["id"], header["rows"]) == ("solution", 5, 5)
    place = [name for name, _, _ in header["buffers"]].index("loss")
    history = fit("line", lesson_points(), loss="mse", steps=4, start={"m": 0.8}, freeze=["b"])
    assert torch.equal(torch.frombuffer(bytearray(buffers[place]), dtype=torch.float64), history.losses)


def test_a_widget_brings_the_built_front(widget):
    assert "export" in widget._esm
    assert ".gradlab" in widget._css
    assert widget.lang in ("en", "es")


def two_slopes(x, left, right=0.5):
    return torch.where(x < 20, left * x, 20 * left + right * (x - 20))


def broken(x, m):
    raise ZeroDivisionError("mine")


def ask(session, kind, **message):
    ((header, arrays),) = session.handle({"type": kind, "id": 1, **message})
    return header, arrays


def test_your_own_function_is_a_model():
    session = Session(lesson_points(), two_slopes)
    welcome, _ = ask(session, "hello")
    assert welcome["state"]["model"] == "two_slopes"
    assert welcome["models"][-1] == {
        "name": "two_slopes",
        "parameters": ["left", "right"],
        "start": {"left": 0, "right": 0.5},
    }
    state = {**welcome["state"], "steps": 7, "lr": 1e-4}
    solution, arrays = ask(session, "solve", state=state)
    history = fit(two_slopes, lesson_points(), loss=state["loss"], steps=7, lr=1e-4)
    assert torch.equal(arrays["params"][:, 0], history["left"])
    header, _ = ask(session, "step", state=state, index=5)
    assert "y_pred = two_slopes(x, left=left, right=right)" in header["code"]
    assert "def two_slopes(x, left, right=0.5):" in header["code"]
    assert header["gradients"]["autograd"]["left"] == arrays["gradient"][5, 0].item()
    by_hand = state | {"gradient": "chain-rule"}
    assert ask(session, "step", state=by_hand, index=5)[0]["key"] == "lab.no_written_derivative"
    assert ask(Session(), "solve", state=state)[0]["type"] == "refused"
    assert solution["elements"] == ["left", "right"]


def test_a_function_that_fails_leaves_the_tab_usable():
    session = Session(lesson_points(), broken)
    header, _ = ask(session, "solve", state={"model": "broken", "start": {}, "freeze": []})
    assert header["type"] == "refused"
    assert "mine" in header["sentence"]
    assert ask(session, "hello")[0]["type"] == "welcome"


def test_elsewhere_it_serves_and_opens_the_browser(monkeypatch):
    told = []
    monkeypatch.setattr("gradlab.lab.server.serve", lambda opened, port, token, ready: (opened(), ready("http://here")))
    monkeypatch.setattr("webbrowser.open", told.append)
    assert gradlab.open_lab(lesson_points(), "a*x + c") is None
    assert told == ["http://here"]


def test_a_plain_python_is_no_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert not opening.in_notebook()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1)))
    assert opening.in_notebook()


def test_ctrl_c_ends_the_server_at_once_even_with_a_tab_open():
    from websockets.sync.client import connect

    command = [sys.executable, "-m", "gradlab", "lab", "--no-browser", "--port", "0", "--lang", "en"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    try:
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http://"))
        with connect(url.replace("http", "ws").replace("/?", "/ws?")):
            began = time.perf_counter()
            process.send_signal(signal.SIGINT)
            _, problem = process.communicate(timeout=20)
            seconds = time.perf_counter() - began
    finally:
        process.kill()
    assert process.returncode == 0, problem
    assert "Traceback" not in problem
    assert seconds < 4  # a quiet machine needs half a second; this one may be busy

"""What is taken away from the lab: code that, executed, gives every number of the run; tables; a page."""

import base64
import contextlib
import io
import json
import subprocess
import sys

import pytest
import torch
from lab_page import CHROMIUM, FLAGS, require_chromium
from test_lab_step import STATES

from gradlab.history import History
from gradlab.lab.session import Session

MORE = {
    "mae": {"loss": "mae", "optimizer": "adam", "freeze": [], "lr": 0.1, "batch": 7, "seed": 3},
    "huber": {"loss": "huber", "optimizer": "nesterov", "freeze": []},
    "sine": {"model": "sine", "start": {}, "freeze": ["omega"], "loss": "logcosh", "lr": 0.01},
    "logistic": {"model": "logistic", "start": {"a": 20, "x0": 25}, "freeze": [], "optimizer": "momentum"},
    "michaelis": {"model": "michaelis-menten", "start": {}, "freeze": [], "optimizer": "adam", "lr": 0.1},
    "diverging": {"loss": "mse", "lr": 0.01, "steps": 500, "freeze": []},
    "steep": {"loss": "mse", "lr": 1.0, "steps": 2000, "freeze": []},
    "no step": {"steps": 0},
    "quadratic batches": {"model": "polynomial:2", "standardise": True, "batch": 16, "start": {}, "freeze": []},
    "torch's own": {"optimizer": "torch:RMSprop", "freeze": []},
    "torch's own, by hand": {"optimizer": "torch:AdamW", "gradient": "chain-rule", "freeze": [], "loss": "mse"},
    "kink of the lesson": {"gradient": "chain-rule", "kink": 1, "points": {"x": [1, 2, 3], "y": [0.8, 1, 4]}},
}
ALL = STATES | MORE


def exported(what, state, lang="en"):
    message = {"type": "export", "id": 1, "what": what, "state": state, "lang": lang}
    ((header, arrays),) = Session().handle(message)
    assert header["type"] == "export", header
    return header, bytes(arrays["data"].tolist())


def run_of(state):
    ((header, arrays),) = Session().handle({"type": "solve", "id": 1, "state": state})
    return header, arrays


def executed(pieces):
    variables = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for piece in pieces:
            exec(compile(piece, "taken-away", "exec"), variables)
    return variables["history"], printed.getvalue()


def compare(rows, state):
    """Bit for bit; a chain rule written out multiplies in another order, and may differ in the last digits, as may a
    long run, which the fused engine made."""
    header, arrays = run_of(state)
    assert len(rows) == header["rows"]
    exact = state.get("gradient") != "chain-rule" and header["engine"] == "eager"
    close = {"rtol": 0, "atol": 0} if exact else {"rtol": 1e-9, "atol": 1e-9}
    told = {name: torch.tensor([row[name] for row in rows], dtype=torch.float64) for name in rows[0]}
    wanted = {"loss": arrays["loss"], "mean_prediction": arrays["mean_prediction"]}
    for column, name in enumerate(header["parameters"]):
        wanted |= {name: arrays["params"][:, column], f"grad_{name}": arrays["gradient"][:, column]}
    assert set(told) == {"step", "mean_y", *wanted}
    for name, column in wanted.items():
        torch.testing.assert_close(told[name], column, **close, equal_nan=True, msg=lambda m, name=name: f"{name}: {m}")


@pytest.mark.parametrize("name", ALL)
def test_the_script_gives_every_number(name):
    _, script = exported("py", ALL[name])
    rows, printed = executed([script.decode()])
    compare(rows, ALL[name])
    assert printed.count("\n") == len(rows)


@pytest.mark.parametrize("name", ["lesson", "adam", "batches", "standardised", "diverging", "differences"])
def test_the_notebook_gives_every_number(name):
    header, file = exported("ipynb", ALL[name], lang="es")
    notebook = json.loads(file)
    cells = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    compare(executed(cells)[0], ALL[name])
    assert header["filename"] == "gradlab.ipynb"
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(nbformat.from_dict(notebook))


def test_the_script_needs_nothing_but_pytorch(tmp_path):
    _, script = exported("py", {"batch": 9})
    (tmp_path / "mine.py").write_bytes(script)
    ran = subprocess.run([sys.executable, "-I", "mine.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(ran.stdout.splitlines()) == 26
    assert "gradlab" not in [line for line in script.decode().splitlines() if line.startswith(("import", "from"))]


@pytest.mark.parametrize("what", ["csv", "json"])
def test_tables_load_again_as_the_history(what, tmp_path):
    header, file = exported(what, {"loss": "mse", "freeze": [], "optimizer": "adam"})
    path = tmp_path / header["filename"]
    path.write_bytes(file)
    _, arrays = run_of({"loss": "mse", "freeze": [], "optimizer": "adam"})
    history = History.load(path)
    assert torch.equal(history.losses, arrays["loss"])
    assert torch.equal(history["grad_m"], arrays["gradient"][:, 0])


def test_what_cannot_be_written_is_refused():
    for what in ("exe", None, ["py"]):
        ((header, _),) = Session().handle({"type": "export", "id": 1, "what": what, "state": {}})
        assert header["type"] == "refused"
        assert header["sentence"]


def test_the_page_holds_the_sessions_own_frames():
    state = {"steps": 3, "loss": "mse"}
    _, file = exported("html", state)
    page = file.decode()
    recorded = json.loads(page.partition('id="recorded">')[2].partition("</script>")[0])
    header, arrays = run_of(state)
    frame = base64.b64decode(recorded["solve"])
    length = int.from_bytes(frame[:4], "little")
    kept = json.loads(frame[4 : 4 + length])
    assert (kept["rows"], kept["outcome"]) == (4, header["outcome"])
    assert bytes(arrays["params"].numpy().tobytes()) in frame
    assert list(recorded["steps"]) == ["0", "1", "2", "3"]


def test_a_long_run_keeps_some_insides_and_the_last():
    _, file = exported("html", {"steps": 150, "grid": 10})
    recorded = json.loads(file.decode().partition('id="recorded">')[2].partition("</script>")[0])
    assert list(recorded["steps"]) == [str(index) for index in [*range(0, 150, 3), 150]]


def test_the_page_replays_without_python_and_without_network(tmp_path):
    require_chromium()
    _, file = exported("html", {"steps": 4, "loss": "mse"}, lang="en")
    path = tmp_path / "replay.html"
    path.write_bytes(file)
    sync_api = pytest.importorskip("playwright.sync_api")
    asked, said = [], []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(".gradlab[data-ready]", timeout=20_000)
        rows = page.evaluate("document.querySelector('.gradlab').store.solution.rows")
        browser.close()
    assert rows == 5
    assert [line for line in said if "GL Driver Message" not in line] == []
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked)

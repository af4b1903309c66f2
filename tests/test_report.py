"""The report: one file that asks nobody for anything, says what the history says, and can be repeated from."""

import base64
import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch
from torch import Tensor

import gradlab
from gradlab.cli import main
from gradlab.descent.standardise import standardised
from gradlab.history import Outcome
from gradlab.messages import LANGUAGES, speaking
from gradlab.models import Model, resolve
from gradlab.report import report
from gradlab.report.landscape import surface_around
from gradlab.solve import in_own_units, least_squares

POINTS = gradlab.noisy_line(0.5, 0.0, 30, seed=2)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
VOID = {"meta", "img", "br"}
ALLOWED = set(
    "html head meta title style body main header h1 code p section h2 h3 div table thead tbody tr th td figure img "
    "figcaption dl dt dd details summary pre footer".split()
)


class Page(HTMLParser):
    """A page as its elements, and a complaint where a tag is left open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def images(self) -> list[bytes]:
        return [base64.b64decode((a["src"] or "").partition(",")[2]) for tag, a in self.elements if tag == "img"]

    def shown(self) -> str:
        return " ".join(" ".join(self.texts).split())


def lesson() -> gradlab.History:
    return gradlab.fit("line", POINTS, loss="mae", start={"m": 0.8}, freeze=["b"], steps=25)


def is_self_contained(text: str) -> Page:
    page = Page(text)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        links = [value or "" for name, value in attributes.items() if name in ("src", "href", "srcset", "action")]
        assert all(link.startswith("data:image/svg+xml;base64,") for link in links)
    for image in page.images():
        assert not re.search(rb'href="(?!#|data:)|url\((?!#)|<script|@import', image)
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_one_page_in_one_language_with_the_numbers_of_the_history(language: str) -> None:
    history, free = lesson(), ("m",)
    exact = least_squares(resolve("line"), POINTS, history.params, free)
    with speaking(language):
        page = is_self_contained(report(history, POINTS, "line", exact=exact, true={"m": 0.5, "b": 0.0}))
        assert history.outcome.sentence() in page.shown()
    assert page.elements[0] == ("html", {"lang": language})
    assert exact is not None
    shown = page.shown().replace("−", "-")
    assert f"{history['m'][-1]:.10g}" in shown and f"{history['grad_b'][-1]:.4g}" in shown
    assert f"{exact['m']:.10g}" in shown
    assert len(page.images()) == 5
    assert {"en": "Settings", "es": "Ajustes"}[language] in page.shown()


def test_what_the_user_wrote_stays_text() -> None:
    def function(x: Tensor, **params: Tensor) -> Tensor:
        return params[HOSTILE] * x

    points = replace(POINTS, names=(HOSTILE,))
    model = Model(HOSTILE, function, (HOSTILE,), {HOSTILE: 0.0})
    history = gradlab.fit(model, points, steps=30, freeze=[])
    page = is_self_contained(report(history, points, model, data=HOSTILE, y=HOSTILE))
    assert page.shown().count(HOSTILE) >= 4


def test_a_long_run_shows_its_ends_and_unfolds_the_rest() -> None:
    page = Page(report(gradlab.fit("line", POINTS, lr=1e-4, steps=1_000), POINTS, "line"))
    assert "Steps left out: 991." in page.shown()
    assert ("details", {}) in page.elements
    assert sum(tag == "tr" for tag, _ in page.elements) == 3 + 12 + 402
    short = Page(report(gradlab.fit("line", POINTS, steps=3), POINTS, "line"))
    assert ("details", {}) not in short.elements and "left out" not in short.shown()


def test_a_very_long_noisy_run_stays_a_page_that_opens() -> None:
    rows, generator = 100_000, torch.Generator().manual_seed(0)
    noise = 1 + torch.rand(rows, generator=generator, dtype=torch.float64)
    names = ("loss", "mean_y", "mean_prediction", "m", "b", "grad_m", "grad_b")
    columns = {"step": torch.arange(rows)} | dict.fromkeys(names, noise)
    history = gradlab.History(columns, ("m", "b"), Outcome("steps-done", rows - 1, 1.0, 1.0), lesson().settings)
    assert len(report(history, POINTS, "line")) < 1_500_000


def norris() -> tuple[gradlab.History, str]:
    data = gradlab.dataset("Norris")
    history = gradlab.fit(data.formula, data.points, lr=0.3, steps=50, standardise=True)
    model, seen = resolve(data.formula), standardised(data.points)[0]
    own = in_own_units(model, data.points, seen, history.params)
    return history, report(history, seen, model, own=own, data="Norris")


def test_a_standardised_run_gives_the_parameters_of_the_measured_x() -> None:
    history, text = norris()
    page = is_self_contained(text)
    assert "−0.262323" in page.shown() and "1.00211" in page.shown()
    assert "standardised x" in page.shown()
    assert history["b1"][-1] > 300  # the learned one is in units of the spread


def test_awkward_runs_have_a_report_too(tmp_path: Path) -> None:
    plane = gradlab.Points(torch.rand(20, 2, dtype=torch.float64), torch.rand(20, dtype=torch.float64))
    one = gradlab.Points([4.0], [4.0])

    def many(x: Tensor, w: Tensor) -> Tensor:
        return x * w.sum()

    lesson().save(tmp_path / "run.csv")
    start = {"w": torch.zeros(60, dtype=torch.float64)}
    runs = {
        "diverging": (gradlab.fit("line", POINTS, lr=1.0, steps=500), POINTS, "line"),
        "overflowing": (gradlab.fit("exp(a*x)", POINTS, start={"a": 3.0}, lr=9.0, steps=9), POINTS, "exp(a*x)"),
        "two columns": (gradlab.fit("plane", plane, steps=2), plane, "plane"),
        "one point, no step": (gradlab.fit("line", one, steps=0), one, "line"),
        "sixty numbers": (gradlab.fit(many, POINTS, start=start, steps=2), POINTS, many),
        "a loss of one's own": (gradlab.fit("line", POINTS, loss=torch.nn.L1Loss(), steps=2), POINTS, "line"),
        "from a CSV": (gradlab.History.load(tmp_path / "run.csv"), POINTS, "line"),
    }
    pages = {name: is_self_contained(report(*run)) for name, run in runs.items()}
    assert "and 20 more" in pages["sixty numbers"].shown()
    assert "no line written here would repeat it" in pages["sixty numbers"].shown()
    assert "no line written here would repeat it" in pages["from a CSV"].shown()
    assert len(pages["a loss of one's own"].images()) == 4  # no surface of a loss that has no name


OPTIONS = {
    "plain": ("line", {"lr": 1e-4}),
    "the lesson's": ("line", {"loss": "mae", "start": {"m": 0.8}, "freeze": ["b"], "gradient": "chain-rule"}),
    "with all options": (
        "a*x + b",
        {"loss": "huber:1.5", "gradient": "finite-difference:forward", "delta": 1e-3, "optimizer": "adam"}
        | {"batch_size": 7, "seed": 5, "until": 1e-9, "standardise": True, "dtype": torch.float32},
    ),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_the_lines_on_the_page_repeat_the_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    points = replace(POINTS, names=("dose in mg",))
    gradlab.write(points, "my points.csv")
    model, options = OPTIONS[name]
    history = gradlab.fit(model, points, steps=9, **options)
    page = Page(report(history, points, model, data="my points.csv"))
    command, code = (text for text in page.texts if text.startswith(("gradlab fit", "import gradlab")))
    assert max(map(len, f"{command}\n{code}".splitlines())) <= 80

    namespace: dict[str, gradlab.History] = {}
    exec(code, namespace)
    assert torch.equal(namespace["history"].losses, history.losses)

    words = shlex.split(command.replace("\\\n", " "))
    assert main([*words[1:], "--history", "again.json", "--quiet"]) == 0
    assert torch.equal(gradlab.History.load("again.json").losses, history.losses)


def test_the_surface_around_a_run_holds_path_and_goal() -> None:
    history = gradlab.fit("line", POINTS, lr=1e-3, steps=100)
    exact = least_squares(resolve("line"), POINTS, history.params, ("m", "b"))
    assert exact is not None
    goal = {name: value.item() for name, value in exact.items()}
    found = surface_around(history, POINTS, resolve("line"), goal)
    assert found is not None and found.names == ("m", "b")
    for name, axis in zip(found.names, found.axes, strict=True):
        inside = torch.cat([history[name], exact[name].reshape(1)])
        assert axis[0] < inside.min() and inside.max() < axis[-1]
    centre = found.values[1:-1, 1:-1].min()
    assert centre < found.values[0].min() and centre < found.values[:, 0].min()  # the valley is in the picture

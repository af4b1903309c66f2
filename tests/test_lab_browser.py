"""The lab as a person meets it: a real Chromium, a real server, every number from a real run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_page import Lab, Server, lesson_history, opened_browser, require_chromium, three_points
from playwright.sync_api import sync_playwright

import gradlab

require_chromium()
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Any, server: Server) -> Iterator[Lab]:
    with opened_browser(playwright, server) as lab:
        yield lab


@pytest.fixture
def lab(browser: Lab) -> Iterator[Lab]:
    browser.errors.clear()
    browser.strangers.clear()
    browser.page.set_viewport_size({"width": 1440, "height": 900})
    yield browser
    assert browser.strangers == []
    assert browser.errors == []


def test_the_lesson_end_to_end(lab: Lab) -> None:
    lab.open()
    history = lesson_history()
    for step in (0, 7, 25):
        lab.slide("step", step)
        assert lab.value("loss") == pytest.approx(history.losses[step].item(), rel=1e-15)
        assert lab.value("param-m") == pytest.approx(history["m"][step].item(), rel=1e-15)
        assert lab.value("grad-m") == pytest.approx(history["grad_m"][step].item(), rel=1e-15)


def test_all_panes_show_the_same_step(lab: Lab) -> None:
    lab.open("lang=en&at=9")
    history = lesson_history()
    predictions = history["m"][9] * gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=0).x
    assert lab.store("[...store.solution.row(store.solution.prediction, store.state.step)]") == pytest.approx(
        predictions.tolist(), rel=1e-6
    )
    line = lab.page.locator(".residuals line").first
    circle = lab.page.locator("circle.point").first
    assert float(line.get_attribute("y1")) == pytest.approx(float(circle.get_attribute("cy")), abs=0.01)


def test_forward_and_back_is_the_same_picture(lab: Lab) -> None:
    lab.open("lang=en&at=5")
    picture = "() => [...document.querySelectorAll('.data path, .data line, .readout dd')].map(e => e.outerHTML).join()"
    before = lab.page.evaluate(picture)
    for _ in range(6):
        lab.field("forward").click()
    lab.settle()
    assert lab.page.evaluate(picture) != before
    for _ in range(6):
        lab.field("back").click()
    lab.settle()
    assert lab.page.evaluate(picture) == before


def test_points_dragged_onto_a_line_are_fitted_by_it(lab: Lab) -> None:
    """The descent reaches the least squares of where the mouse has put them."""
    lab.open("lang=en&loss=mse&lr=0.05&steps=2000&freeze=&p=" + three_points())
    for index, (dx, dy) in enumerate([(0, -60), (10, 40), (-10, -20)]):
        box = lab.page.locator("circle.point").nth(index).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        lab.page.mouse.move(x, y)
        lab.page.mouse.down()
        lab.page.mouse.move(x + dx, y + dy, steps=4)
        lab.page.mouse.up()
    lab.settle()
    points = lab.store("store.state.points")
    m, b = np.polyfit(points["x"], points["y"], 1)
    lab.slide("step", 2000)
    curve = lab.store("[[...store.solution.curve_x], [...store.solution.row(store.solution.curve_y, 2000)]]")
    fitted = [m * x + b for x in curve[0]]
    assert lab.store("store.state.source.kind") == "own"
    assert curve[1] == pytest.approx(fitted, rel=1e-4, abs=1e-4)


def test_a_link_reopens_exactly_the_same_run(lab: Lab) -> None:
    lab.open("lang=en")
    lab.field("loss").select_option("mse")
    lab.slide("lr", -3.4)
    lab.page.locator("circle.point").nth(4).focus()
    lab.page.keyboard.press("ArrowUp")
    lab.settle()
    lab.slide("step", 11)
    losses, link = lab.store("[...store.solution.loss]"), "location.hash"
    lab.page.wait_for_timeout(400)
    fragment = lab.page.evaluate(link).lstrip("#")
    lab.open(fragment)
    assert lab.store("[...store.solution.loss]") == losses
    assert lab.store("store.state.step") == 11
    assert lab.page.evaluate(link).lstrip("#") == fragment


def test_both_languages_live_with_their_numbers(lab: Lab) -> None:
    lab.open("lang=en&at=3")
    assert lab.page.locator("h2", has_text="Error surface").is_visible()
    english = lab.page.locator('dd[data-value="loss"]').inner_text()
    lab.page.get_by_text("ES", exact=True).click()
    lab.settle()
    assert lab.page.locator("h2", has_text="Superficie de error").is_visible()
    assert lab.page.locator('dd[data-value="loss"]').inner_text() == english.replace(".", ",")
    ticks = lab.page.locator(".map text.tick").all_text_contents()
    assert any("," in tick for tick in ticks)
    assert not any("." in tick for tick in ticks)
    assert lab.store("store.state.step") == 3


def test_by_keyboard_alone(lab: Lab) -> None:
    lab.open()
    press = lab.page.keyboard.press
    lab.page.evaluate("() => document.activeElement.blur()")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        press(key)
    assert lab.store("store.state.step") == 1
    lab.page.locator("circle.point").first.focus()
    before = lab.store("store.state.points.x[0]")
    press("ArrowRight")
    assert lab.store("store.state.points.x[0]") > before
    press("+")
    lab.settle()
    assert lab.page.locator("circle.point").count() == 51
    press("Delete")
    lab.settle()
    assert lab.page.locator("circle.point").count() == 50
    lab.page.locator(".map").focus()
    start = lab.store("store.state.start.m")
    press("ArrowLeft")
    lab.settle()
    assert lab.store("store.state.start.m") < start
    assert lab.store("store.solution.param(0, 'm')") == lab.store("store.state.start.m")


def test_a_click_on_the_map_chooses_the_start(lab: Lab) -> None:
    lab.open()
    lab.page.locator(".map").click(position={"x": 150, "y": 90})
    lab.settle()
    start = lab.store("store.state.start")
    assert start["m"] != 0.8
    assert lab.store("store.solution.param(0, 'm')") == start["m"]


LINKS = [
    "lang=en&at=3",
    "lang=es&at=3&theme=dark&loss=mse",
    *(f"lang=es&tab={t}" for t in "traps race delta_lab take".split()),
]


@pytest.mark.parametrize("link", LINKS)
def test_axe_finds_nothing(lab: Lab, link: str) -> None:
    lab.open(link)
    results = Axe().run(lab.page)
    assert results.violations_count == 0, results.generate_report()


def test_without_webgl_the_relief_is_painted(playwright: Any, server: Server) -> None:
    with opened_browser(playwright, server, "--disable-3d-apis") as lab:
        lab.open()
        assert lab.page.locator(".relief").get_attribute("data-engine") == "painter"
        colours = "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
        assert lab.page.locator(".relief canvas.mesh").evaluate(colours) > 50


def test_phone_width_needs_no_sideways_scrolling(lab: Lab) -> None:
    lab.page.set_viewport_size({"width": 390, "height": 844})
    lab.open("lang=es")
    assert lab.page.evaluate("() => document.scrollingElement.scrollWidth") <= 390


def test_without_the_server_scrubbing_goes_on_and_it_comes_back(playwright: Any) -> None:
    server = Server()
    with opened_browser(playwright, server) as lab:
        lab.open()
        server.stop()
        lab.page.wait_for_selector(".banner.offline:visible")
        before = lab.value("loss")
        lab.page.locator("[data-field=step]").evaluate("i => { i.value = 20; i.dispatchEvent(new Event('input')); }")
        lab.page.wait_for_function(f"() => document.querySelector('dd[data-value=loss]').dataset.exact !== '{before}'")
        assert lab.value("loss") < before
        assert lab.value("loss") == pytest.approx(lesson_history().losses[20].item(), rel=1e-15)


def test_the_server_that_goes_and_comes_is_found_again(lab: Lab) -> None:
    """A laptop that was closed: the socket breaks, the page reconnects by itself and solves again."""
    sockets: list[Any] = []

    def between(socket: Any) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    lab.page.route_web_socket("**/ws*", between)
    lab.open()
    solves = lab.store("store.solves")
    sockets[-1].close()
    lab.page.wait_for_selector(".banner.offline:visible")
    lab.page.wait_for_selector(".banner.offline", state="hidden")
    lab.settle()
    assert len(sockets) == 2
    assert lab.store("store.solves") > solves
    assert lab.value("loss") == pytest.approx(lesson_history().losses[0].item(), rel=1e-15)


def test_a_locked_control_cannot_be_changed_and_a_hidden_one_is_not_there(lab: Lab) -> None:
    lab.open("lang=en&lock=lr,points&hide=optimizer,surface")
    assert lab.field("lr").is_disabled()
    assert lab.field("loss").is_enabled()
    assert lab.field("optimizer").count() == 0
    assert lab.page.locator(".map").count() == 0
    before = lab.store("store.state.points.x[0]")
    lab.page.locator("circle.point").first.focus()
    lab.page.keyboard.press("ArrowRight")
    assert lab.store("store.state.points.x[0]") == before


def test_every_situation_has_its_prediction_checked(lab: Lab) -> None:
    expected = {"speeds": 0, "delta": 1, "sign": 0, "kink": 1, "both": 0, "too_high": 2}
    for name, answer in expected.items():
        lab.open(f"lang=en&sit={name}")
        lab.field(f"prediction-{answer}").check()
        lab.field("situation-look").click()
        assert lab.page.locator(".what-happened").get_attribute("data-right") == "true", name


def test_a_pasted_table_becomes_the_points(lab: Lab) -> None:
    lab.open()
    lab.page.locator("summary", has_text="Change the points").click()
    lab.page.locator(".source textarea").fill("x,y\n1,2\n2,4\n3,6.5\n")
    lab.page.get_by_role("button", name="Use this table").click()
    lab.settle()
    assert lab.store("store.state.points") == {"x": [1, 2, 3], "y": [2, 4, 6.5]}
    assert lab.page.locator("circle.point").count() == 3


def test_divergence_is_shown_as_it_is(lab: Lab) -> None:
    lab.open("lang=en&loss=mse&lr=0.0013&freeze=&steps=60&at=31")
    assert lab.page.locator(".outcome").get_attribute("data-kind") == "diverged"
    assert lab.value("loss") > 1e7
    assert lab.page.locator(".field.slider.over [data-field=lr]").count() == 1


def test_inside_the_step_the_phases_light_their_lines(lab: Lab) -> None:
    lab.open("lang=en&at=4")
    lab.page.wait_for_selector(".step-grid[data-fresh=true]")
    lit = {}
    for phase in ("predict", "loss", "gradient", "update", "zero"):
        lab.field(f"phase-{phase}").click()
        lab.settle()
        lit[phase] = " ".join(lab.page.locator(".code .lit").all_inner_texts())
    assert "m * x + b" in lit["predict"]
    assert "loss.backward()" in lit["gradient"]
    assert "m -= lr * m.grad" in lit["update"]
    assert ".zero_()" in lit["zero"]
    row = lab.page.locator('.gradients-card tr[data-method="autograd"] .value').first
    assert float(row.inner_text()) == pytest.approx(lesson_history()["grad_m"][4].item(), rel=1e-7)
    lab.field("phase-gradient").click()
    grad = lab.page.locator('[data-cell="m.grad"]')
    assert float(grad.inner_text()) == pytest.approx(lesson_history()["grad_m"][4].item(), rel=1e-6)


def test_a_trap_is_shown_with_what_pytorch_says(lab: Lab) -> None:
    lab.open("lang=en&tab=traps")
    lab.field("trap-no-no-grad").click()
    lab.page.wait_for_selector(".raised")
    assert "leaf Variable" in lab.page.locator(".raised").inner_text()
    assert lab.page.locator(".code .wrong").count() >= 1


def test_the_script_taken_away_is_a_file(lab: Lab) -> None:
    lab.open("lang=en&tab=take")
    with lab.page.expect_download() as taken:
        lab.field("take-py").click()
    text = Path(taken.value.path()).read_text(encoding="utf-8")
    assert "loss.backward()" in text

"""A headless Chromium on a real server of the lab, for tests: what a person does, and what is then on the screen."""

import base64
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import gradlab

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def require_chromium() -> None:
    """Skip the whole file without Chromium, with one loud line; fail instead where the environment demands one."""
    if Path(CHROMIUM).exists():
        return
    told = (
        f"NO CHROMIUM at {CHROMIUM}: the lab is NOT tested in a browser (the README names the script that installs it)"
    )
    if os.environ.get("GRADLAB_REQUIRE_BROWSER") == "1":
        pytest.fail(told, pytrace=False)
    pytest.skip(told, allow_module_level=True)


class Server:
    """`gradlab lab` in a process of its own, on a port of its own that it keeps when it is started again."""

    def __init__(self) -> None:
        self.port = "0"  # any that is free
        self.start()

    def start(self) -> None:
        code = "import sys; from gradlab.cli import main; sys.exit(main(sys.argv[1:]))"
        environment = os.environ | {"LANGUAGE": "en", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", code, "lab", "--no-browser", "--port", self.port]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        line = next(line for line in self.process.stdout if "http://" in line)
        self.url = line[line.index("http://") :].split()[0]
        self.port = str(urlsplit(self.url).port)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@dataclass
class Lab:
    """One tab of it."""

    page: Any
    server: Server
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, link: str = "lang=en", expect: str = "[data-ready]") -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self.server.url}#{link}")
        self.page.wait_for_selector(expect)
        self.settle()

    def settle(self) -> None:
        """Until the latest change has been solved and drawn."""
        self.page.wait_for_function("() => document.querySelector('.gradlab').store.idle()")
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def field(self, name: str) -> Any:
        return self.page.locator(f'[data-field="{name}"]')

    def value(self, name: str) -> float:
        """A number of the time bar with all its digits."""
        return float(self.page.locator(f'dd[data-value="{name}"]').get_attribute("data-exact"))

    def store(self, expression: str) -> Any:
        """Something of the page's own state."""
        return self.page.evaluate(
            f"() => {{ const store = document.querySelector('.gradlab').store; return {expression}; }}"
        )

    def slide(self, name: str, position: float) -> None:
        """Move a slider as a hand does: the value, then the event."""
        self.field(name).evaluate(
            "(input, to) => { input.value = to; input.dispatchEvent(new Event('input', {bubbles: true})); }", position
        )
        self.settle()


@contextmanager
def opened_browser(playwright: Any, server: Server, *flags: str, **options: Any) -> Iterator[Lab]:
    """A fresh browser: everything that is not on this machine is refused and written down."""
    folder = tempfile.mkdtemp()
    options = {"viewport": {"width": 1440, "height": 900}} | options
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, headless=True, args=[*FLAGS, *flags], **options
    )
    lab = Lab(context.pages[0], server)

    def judge(route: Any) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            lab.strangers.append(route.request.url)
            route.abort()

    context.route("**/*", judge)
    lab.page.on("pageerror", lambda error: lab.errors.append(str(error)))
    lab.page.on("console", lambda said: said.type == "error" and lab.errors.append(said.text))
    try:
        yield lab
    finally:
        context.close()
        shutil.rmtree(folder, ignore_errors=True)


def lesson_history() -> gradlab.History:
    """The run that the lab opens with, made without it."""
    points = gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=0)
    return gradlab.fit("line", points, loss="mae", start={"m": 0.8}, freeze=["b"], lr=1e-3, steps=25)


def three_points() -> str:
    """(1, 1), (2, 3), (4, 4) as the link carries them."""
    packed = struct.pack("<6f", 1, 1, 2, 3, 4, 4)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")

"""What a person gets from `pip install`: the wheel, built from this checkout and looked at from outside of it."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.xdist_group("wheel")  # one process builds it, for all the tests of this file

CHECKOUT = Path(__file__).parent.parent
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, CHECKOUT]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("gradlab-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "--target", folder, wheel], check=True)
    return folder


def run(installed: Path, folder: Path, *command: str | Path) -> str:
    """What `command` prints, run in an empty folder where only the installed package can be found."""
    environment = os.environ | {"PYTHONPATH": str(installed), "LANGUAGE": "en"}
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    source = CHECKOUT / "src"
    files = {
        path.relative_to(source).as_posix()
        for path in source.joinpath("gradlab").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= set(ZipFile(wheel).namelist())


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    strangers = [name for name in ZipFile(wheel).namelist() if not name.startswith(("gradlab/", "gradlab-"))]
    assert strangers == []


def test_the_package_found_is_the_installed_one(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, sys.executable, "-c", "import gradlab; print(gradlab.__file__)")
    assert Path(where.strip()).is_relative_to(installed)


def test_the_command_answers(installed: Path, tmp_path: Path) -> None:
    usage = run(installed, tmp_path, sys.executable, installed / "bin" / "gradlab", "--help")
    assert "gradlab" in usage.splitlines()[0]
    assert run(installed, tmp_path, sys.executable, "-m", "gradlab", "--help") == usage


def test_datasets_come_along(installed: Path, tmp_path: Path) -> None:
    assert "Norris" in run(installed, tmp_path, sys.executable, "-m", "gradlab", "data", "list")
    run(installed, tmp_path, sys.executable, "-m", "gradlab", "fit", "Norris", "--model", "line", "--standardise")


def test_the_lesson_comes_along(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, sys.executable, "-m", "gradlab", "lesson", "--lang", "es", "-o", "lesson")
    assert "Universidad de Málaga" in (tmp_path / "lesson" / "lesson.html").read_text(encoding="utf-8")

"""The lesson: its scripts, their run, and what is written; every number in it comes from the run."""

import ast
import json
import re
import runpy
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest

from gradlab.lesson import script, teach
from gradlab.lesson.outputs import Picture, Printed
from gradlab.lesson.run import Executed, run

pytestmark = pytest.mark.xdist_group("lesson")  # one process runs it, for all the tests of this file

LANGUAGES = script.LANGUAGES
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
TIMED = "microseconds("
"""What a cell calls when its numbers are times."""


def cells(language: str) -> list[script.Cell]:
    return script.read(script.path_of(language))


def numbers(one: Executed) -> list[str]:
    """The numbers that a cell printed or said, in order."""
    texts = [o.text if isinstance(o, Printed) else o.markdown for o in one.outputs if not isinstance(o, Picture)]
    return NUMBER.findall(" ".join(texts))


def timeless(lesson: list[Executed]) -> list[Executed]:
    """The code cells without those that measure times."""
    return [one for one in lesson if one.cell.kind == "code" and TIMED not in one.cell.source]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {language: tmp_path_factory.mktemp("lesson") / language for language in LANGUAGES}


@pytest.fixture(scope="module")
def lessons(folders: dict[str, Path]) -> dict[str, list[Executed]]:
    """The lesson of each language, run from end to end with seed 0 and written into its folder."""
    return {language: teach(language, seed=0, folder=folder) for language, folder in folders.items()}


# --- the scripts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scripts_are_notebooks(language: str) -> None:
    """Jupytext reads the same cells from the file as we do."""
    theirs = jupytext.reads(script.path_of(language).read_text(encoding="utf-8"), fmt="py:percent").cells
    kinds = {"markdown": "prose", "code": "code"}
    assert [(cell.kind, cell.source) for cell in cells(language)] == [(kinds[c.cell_type], c.source) for c in theirs]


class _WithoutWords(ast.NodeTransformer):
    """Code with every string emptied, and the values inside an f-string in an order that no grammar dictates."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.List:
        values = [self.visit(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.List(sorted(values, key=ast.dump), ast.Load())


def wordless(source: str) -> str:
    return ast.dump(_WithoutWords().visit(ast.parse(source)))


def test_both_languages_run_the_same_code() -> None:
    english, spanish = cells("en"), cells("es")
    assert [cell.kind for cell in english] == [cell.kind for cell in spanish]
    for one, other in zip(english, spanish, strict=True):
        if one.kind == "code":
            assert wordless(one.source) == wordless(other.source), one.source
    stations = [
        [cell.station.partition(" · ")[0] for cell in lesson if cell.station[0].isdigit()]
        for lesson in (english, spanish)
    ]
    assert stations[0] == stations[1]
    assert set(stations[0]) == {"1", "2", "3", "4", "5"}


def test_parity_would_notice_other_code() -> None:
    assert wordless('say(f"{a} then {b}")') == wordless('say(f"de {b} a {a}")')
    assert wordless("a = 1") != wordless("a = 2")
    assert wordless('say(f"{a}")') != wordless('say(f"{b}")')


@pytest.mark.parametrize("language", LANGUAGES)
def test_prose_holds_no_number(language: str) -> None:
    """Outside formulas, headings, code and links, numbers are said by code cells, out of the run."""
    for cell in cells(language):
        if cell.kind == "prose":
            prose = re.sub(r"(?m)^(#|>).*$|`[^`]*`|<http[^>]*>|\b(L1|L2)\w*|[²³]|1/N|\b2r\b", "", cell.source)
            assert re.findall(r".*\d.*", prose) == []


# --- the run ----------------------------------------------------------------------------------------------------------


def test_every_cell_ran_and_both_languages_say_the_same_numbers(lessons: dict[str, list[Executed]]) -> None:
    english, spanish = (timeless(lessons[language]) for language in ("en", "es"))
    assert len(english) > 30
    for one, other in zip(english, spanish, strict=True):
        assert sorted(numbers(one)) == sorted(numbers(other)), one.cell.source


SAME_FOR_EVERY_SEED = {
    "0.050000", "0.005000",  # half of Δ: theory, and what the descent does
    "0.49761", "0.49058",  # 0.5 times the factors of flattening
    "0.800000",  # the start
    "-2.0000", "-1.0000", "-0.3333", "+0.0000", "+0.3333",  # a line through two of three points
    "0.0000",  # a gradient after zero_()
}  # fmt: skip


def is_measured(number: str) -> bool:
    """Whether a number has enough digits that two runs do not agree on it by accident."""
    return "." in number and len(re.sub(r"e.*|[-+.]", "", number).lstrip("0")) >= 4


def test_another_seed_changes_every_number(lessons: dict[str, list[Executed]]) -> None:
    path = script.path_of("en")
    other = timeless(list(run(script.read(path), path, seed=1)))
    same, compared = set(), 0
    for one, another in zip(timeless(lessons["en"]), other, strict=True):
        here, there = numbers(one), numbers(another)
        assert len(here) == len(there), one.cell.source
        pairs = [(a, b) for a, b in zip(here, there, strict=True) if is_measured(a) or is_measured(b)]
        same |= {a for a, b in pairs if a == b}
        compared += len(pairs)
    assert same <= SAME_FOR_EVERY_SEED
    assert compared > 150


def test_it_runs_as_plain_python_and_what_it_claims_is_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lesson: dict[str, Any] = runpy.run_path(str(script.path_of("en")), run_name="__main__")
    assert abs(lesson["steepest"] - float(lesson["direction"])) < 2e-3  # radians; a tenth of a degree was the step
    for name, factor in lesson["theory"].items():
        found = lesson["shaken"][name]
        assert abs(found.mean() - 0.5 * factor) < 5 * found.std() / lesson["sets"] ** 0.5, name
        assert abs(lesson["still"][name].mean() - 0.5) < 5 * lesson["still"][name].std() / lesson["sets"] ** 0.5, name
    assert abs(lesson["grads_b"].std() - 50**-0.5) < 0.02
    in_place, tracked = (lesson["learn"](lesson[way], 25) for way in ("in_place", "rebound_and_tracked"))
    assert in_place == tracked == lesson["m_evolution"][-1] == lesson["history"].params["m"]
    assert len(list(tmp_path.glob("*.png"))) + len(list(tmp_path.glob("*.svg"))) == 10


def test_the_errors_shown_are_the_real_ones(lessons: dict[str, list[Executed]]) -> None:
    shown = " ".join(o.text for one in lessons["en"] for o in one.outputs if isinstance(o, Printed))
    for error in (
        "element 0 of tensors does not require grad",
        "Can't call numpy() on Tensor that requires grad",
        "grad can be implicitly created only for scalar outputs",
        "Trying to backward through the graph a second time",
        "a leaf Variable that requires grad is being used in an in-place operation",
        "unsupported operand type(s) for *: 'float' and 'NoneType'",
    ):
        assert error in shown


# --- what is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_folder(language: str, lessons: dict[str, list[Executed]], folders: dict[str, Path]) -> None:
    folder = folders[language]
    pictures = {o.file for one in lessons[language] for o in one.outputs if isinstance(o, Picture)}
    assert {file.name for file in folder.iterdir()} == pictures | {"lesson.md", "lesson.html", "lesson.ipynb"}
    assert set(re.findall(r"!\[[^]]+\]\(([^)]+)\)", (folder / "lesson.md").read_text("utf-8"))) == pictures
    notebook = json.loads((folder / "lesson.ipynb").read_text("utf-8"))
    nbformat.validate(notebook)
    assert sum("image/png" in o.get("data", {}) for c in notebook["cells"] for o in c.get("outputs", ())) > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_beside_it(language: str, lessons: Any, folders: dict[str, Path]) -> None:
    page = (folders[language] / "lesson.html").read_text("utf-8")
    assert f'<html lang="{language}">' in page
    assert re.findall(r"<(?:script|link|iframe)\b", page) == []
    assert all(source.startswith("data:image/") for source in re.findall(r'src="([^"]*)"', page))
    anchors = re.findall(r'<a href="#([^"]+)"', page)
    assert len(anchors) == 5
    assert all(f'id="{anchor}"' in page for anchor in anchors)


def test_pictures_have_the_same_names_in_both_languages(folders: dict[str, Path], lessons: Any) -> None:
    english, spanish = ({file.name for file in folder.iterdir()} for folder in folders.values())
    assert english == spanish

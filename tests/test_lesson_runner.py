"""The runner of the lesson: failing cells, refusals, the command, and what a script calls to be heard and seen."""

import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gradlab import messages
from gradlab.cli import main
from gradlab.errors import LessonError, OptionError, OutputError
from gradlab.lesson import say, script, show, teach
from gradlab.lesson.outputs import Picture, Printed, Sentence
from gradlab.lesson.run import run

FAILING = """\
# %% [markdown]
# # A lesson

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## 1 · Shipwreck

# %%
print("so far so good")

# %%
depth = 12

print(depth / seed)
"""


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "lesson_en.py"
    path.write_text(FAILING, encoding="utf-8")
    monkeypatch.setattr(script, "path_of", lambda language: path)
    return path


def test_a_failing_cell_is_named_and_nothing_is_written(failing: Path, tmp_path: Path) -> None:
    with pytest.raises(LessonError) as failure:
        teach("en", seed=0, folder=tmp_path / "out")
    assert str(failure.value) == (
        'The lesson stopped in station "1 · Shipwreck", code cell 2 (lesson_en.py, line 16): '
        "ZeroDivisionError: division by zero. Nothing was written."
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_the_seed_reaches_the_cells(failing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = teach("en", seed=4)
    assert lesson[1].cell.source == "seed = 4"
    assert lesson[-1].outputs == (Printed("3.0\n"),)
    assert "3.0" in capsys.readouterr().out


@pytest.mark.parametrize(("folder", "sentence"), [("lesson_en.py", "is a file"), ("not/there", "no folder")])
def test_a_folder_that_cannot_be_used_is_refused_before_the_run(
    failing: Path, tmp_path: Path, folder: str, sentence: str
) -> None:
    with pytest.raises(OutputError, match=sentence):
        teach("en", seed=0, folder=tmp_path / folder)


def test_the_command_line(failing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "--seed", "3", "-o", str(tmp_path / "out"), "--lang", "en"]) == 0
    assert (tmp_path / "out" / "lesson.html").exists()
    assert main(["lesson", "-o", str(tmp_path / "out"), "--lang", "en"]) == 1
    assert capsys.readouterr().err.startswith("gradlab: The lesson stopped in station")
    assert main(["lesson", "--seed", "1e30", "--lang", "en"]) == 2
    assert main(["lesson", "-o", str(tmp_path / "not" / "there"), "--lang", "en"]) == 2


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(OptionError, match="en, es"):
        script.path_of("eo")


def test_in_a_plain_script_figures_are_saved_and_sentences_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    show("<svg/>", "empty", "nothing to see")
    say("It is **so**.")
    assert Path("empty.svg").read_text() == "<svg/>"
    assert capsys.readouterr().out == "[empty.svg] nothing to see\nIt is so.\n"


def test_in_a_notebook_both_are_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    kernel = SimpleNamespace(kernel=object())
    kinds = {name: partial(lambda name, content, **_: (name, content), name) for name in ("Markdown", "SVG", "Image")}
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: kernel))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=shown.append, **kinds))
    say("It is **so**.")
    show("<svg/>", "empty", "nothing to see")
    assert shown == [("Markdown", "It is **so**."), ("SVG", b"<svg/>")]


def test_outputs_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "lesson_en.py"
    path.write_text(
        '# %%\nfrom gradlab.lesson import say, show\nprint("a")\nsay("b")\nshow("<svg/>", "c", "d")\nprint("e")\n'
    )
    (one,) = run(script.read(path), path, seed=0)
    assert one.outputs == (Printed("a\n"), Sentence("b"), Picture("c", "d", "svg", b"<svg/>"), Printed("e\n"))


def test_the_terminal_speaks_the_language(failing: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    teach("es", seed=4, folder=tmp_path / "out")
    assert "Escrito en" in capsys.readouterr().out
    assert messages.language() == "en"

"""Every example of the README, and of its Spanish twin, gives what is printed there."""

import doctest
import re
import shlex
from operator import attrgetter
from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images

import gradlab
from gradlab import cli, messages

CHECKOUT = Path(__file__).parent.parent
READMES = {"README.md": "en", "README.es.md": "es"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of one language, top to bottom."""
    text = CHECKOUT.joinpath(name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(block: str) -> list[tuple[str, str]]:
    """Each line after a `$` (a backslash goes on in the next line), and the output that the block shows for it."""
    return [
        (command.replace("\\\n", " "), output)
        for command, output in re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


@pytest.fixture(params=READMES)
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each README in turn; its reader works in an empty folder, and the locale there is in the README's language."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", READMES[request.param])
    messages.set_language(None)
    return request.param


def test_commands_do_what_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = [pair for block in blocks(name, "console") for pair in commands(block)]
    assert shown
    for command, output in shown:
        program, *arguments = shlex.split(command)
        assert program == "gradlab"
        assert cli.main(arguments) == 0, (command, capsys.readouterr().err)
        printed = capsys.readouterr().out
        assert not output or doctest.OutputChecker().check_output(output, printed, FLAGS), (command, printed)
    assert compare_images(str(CHECKOUT / "docs" / f"fit.{READMES[name]}.png"), "fit.png", tol=5) is None


def test_python_does_what_is_shown(name: str) -> None:
    text = "\n".join(blocks(name, "pycon"))
    example = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert example.examples
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(example, out=report.append)
    assert report == []


def test_the_twins_show_the_same_commands_and_names() -> None:
    english, spanish = (
        [[command for block in blocks(name, "console") for command, _ in commands(block)], *code_words(name)]
        for name in READMES
    )
    assert english == spanish


def code_words(name: str) -> list[str]:
    """What the tables say in code, row by row."""
    rows = re.findall(r"^\|.*\|$", CHECKOUT.joinpath(name).read_text(encoding="utf-8"), re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def test_the_names_in_the_table_are_there() -> None:
    paths = [path for word in code_words("README.md") for path in re.findall(r"^gradlab\.([.\w]+)", word)]
    assert paths
    for path in paths:
        assert callable(attrgetter(path)(gradlab)), path


def test_links_lead_to_files_that_exist(name: str) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)\)", CHECKOUT.joinpath(name).read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not CHECKOUT.joinpath(target).exists()] == []

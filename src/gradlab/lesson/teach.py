"""The lesson from end to end: run the script of a language, print it, write it into a folder."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from gradlab import messages
from gradlab.errors import OptionError, OutputError
from gradlab.lesson import documents, page, script, terminal
from gradlab.lesson.outputs import Output, Picture, Printed, Sentence
from gradlab.lesson.run import Executed, run

NAME = "lesson"
"""What its files are called, before the dot."""
MAX_SEED = 10**9


def teach(language: str, seed: int = 0, folder: Path | None = None) -> list[Executed]:
    """Run the lesson, printing prose and outputs as they come; with `folder`, write text and pictures there.

    The folder gets `lesson.md`, `lesson.html` (one file that needs nothing beside it), `lesson.ipynb` and a file a
    picture. It is made if its parent is there, and gets nothing unless the whole lesson has run.

    Raises LessonError when a cell fails, OutputError when the folder cannot be written, OptionError for a seed below 0
    or beyond 10⁹ (the lesson makes seeds of its own out of it).
    """
    if not 0 <= seed <= MAX_SEED:
        raise OptionError("lesson.seed", seed=seed, most=MAX_SEED)
    path = script.path_of(language)
    with messages.speaking(language):
        if folder is not None:
            _make(folder)
        executed = []
        for one in run(script.read(path), path, seed=seed):
            executed.append(one)
            for text in _shown(one):
                print(text, end="\n\n", flush=True)
        if folder is not None:
            write(executed, folder)
            print(messages.text("lesson.written", folder=folder, pictures=len(list(_pictures(executed)))))
    return executed


def write(executed: list[Executed], folder: Path) -> None:
    """Write the lesson that has run into `folder`: first beside, then renamed, so that nothing is half-written."""
    contents = {picture.file: picture.image for picture in _pictures(executed)}
    texts = {"md": documents.markdown, "ipynb": documents.notebook, "html": page.page}
    contents |= {f"{NAME}.{ending}": text(executed).encode() for ending, text in texts.items()}
    try:
        with TemporaryDirectory(dir=folder, prefix=".lesson-") as beside:
            for name, content in contents.items():
                Path(beside, name).write_bytes(content)
            for name in contents:
                Path(beside, name).replace(folder / name)
    except OSError as failure:
        raise _refusal(folder, failure) from failure


def _make(folder: Path) -> None:
    """Before the lesson runs: a folder that cannot be written is known at once, not after half a minute."""
    if folder.exists() and not folder.is_dir():
        raise OutputError("lesson.not_a_folder", folder=folder)
    if not folder.parent.is_dir():
        raise OutputError("files.no_folder", path=folder, folder=folder.parent)
    try:
        folder.mkdir(exist_ok=True)
        TemporaryDirectory(dir=folder, prefix=".lesson-").cleanup()
    except OSError as failure:
        raise _refusal(folder, failure) from failure


def _refusal(folder: Path, failure: OSError) -> OutputError:
    return OutputError("lesson.cannot_write", folder=folder, reason=failure.strerror or failure)


def _pictures(executed: list[Executed]) -> Iterator[Picture]:
    return (output for one in executed for output in one.outputs if isinstance(output, Picture))


def _shown(one: Executed) -> Iterator[str]:
    if one.cell.kind == "prose":
        yield terminal.plain(one.cell.source)
    yield from map(_in_terminal, one.outputs)


def _in_terminal(output: Output) -> str:
    match output:
        case Printed(text):
            return text.rstrip()
        case Sentence(sentence):
            return terminal.plain(sentence)
        case Picture(caption=caption, file=file):
            return messages.text("lesson.picture", file=file, caption=caption)

"""The tables of a report, as rows of text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from gradlab.history import History
from gradlab.history.columns import Element
from gradlab.messages import text
from gradlab.text.result import Numbers, numbers_left_out, result_rows

MOST_PARAMETERS = 40
MOST_COLUMNS = 6
SHOWN_STEPS = 5
MOST_STEPS = 400

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A header, rows, and a line on what was left out of them, if anything."""

    header: Cells
    rows: list[Cells]
    rest: str = ""


def result_table(history: History, exact: Numbers | None, own: Numbers | None) -> Table:
    """Each number that was fitted: value, partial derivative, exact answer and the distance that is left."""
    header, *rows = result_rows(history, exact, own, MOST_PARAMETERS, digits=10)
    return Table(header, signed(rows), numbers_left_out(history, MOST_PARAMETERS))


def signed(rows: Sequence[Cells]) -> list[Cells]:
    """Rows whose numbers have a true minus; their first cell is a name."""
    return [[name, *(cell.replace("-", "−") for cell in cells)] for name, *cells in rows]


def step_tables(history: History) -> tuple[Table, Table | None]:
    """The first and the last steps; and all of them, or of a long run the first and last hundreds, to be unfolded."""
    rows = len(history)
    if rows <= 2 * SHOWN_STEPS + 2:
        return _steps(history, rows), None
    return _steps(history, 2 * SHOWN_STEPS), _steps(history, min(rows, MOST_STEPS))


def _steps(history: History, most: int) -> Table:
    elements = list(islice(history.elements(), MOST_COLUMNS))
    header = [text("text.head_step"), text("text.label_loss")]
    header += [cell for element in elements for cell in (element.name, f"∂L/∂{element.name}")]
    count = len(history)
    head = most - most // 2
    rows = [_row(history, elements, row) for row in range(head)]
    if most < count:
        rows.append(["⋮"] * len(header))
    rows += [_row(history, elements, row) for row in range(count - most // 2, count)]
    return Table(header, rows, text("report.left_out", count=count - most) if most < count else "")


def _row(history: History, elements: Sequence[Element], row: int) -> Cells:
    numbers = [number[row].item() for element in elements for number in (element.values, element.gradient)]
    return [f"{int(history['step'][row])}", *(_number(number) for number in [history.losses[row].item(), *numbers])]


def settings_table(history: History) -> list[tuple[str, str]]:
    """What the run was made with, in words; what was not set is not named."""
    settings = {name: value for name, value in history.settings.items() if value not in (None, "", [], {})}
    shown = [name for name in _SETTINGS if name in settings]
    return [(text(f"report.setting_{name}"), _worded(name, settings[name])) for name in shown]


_SETTINGS = (
    "model loss n x gradient delta kink optimizer lr steps batch_size seed freeze until standardise dtype".split()
)
_SETTINGS += ["device", "engine"]


def _worded(name: str, value: object) -> str:
    if name == "standardise" and isinstance(value, Mapping):
        mean, sd = (", ".join(f"{number:.6g}" for number in value[key]) for key in ("mean", "sd"))
        return text("report.standardised", mean=mean, sd=sd)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")

"""The bundled datasets as a table."""

from collections.abc import Iterable

from gradlab.data import Dataset
from gradlab.messages import text
from gradlab.text.lines import WIDTH, aligned, plain


def dataset_table(datasets: Iterable[Dataset]) -> str:
    """One row per dataset: its name, points, parameters, difficulty and formula, in 80 columns.

    >>> print(dataset_table([gradlab.dataset("Norris")]))
    dataset  points  parameters  level  formula
    Norris       36           2  lower  b0 + b1*x
    """
    columns = ("dataset", "points", "parameters", "level")
    rows = [[text(f"text.head_{column}") for column in columns]]
    found = list(datasets)
    for each in found:
        level = text(f"text.level_{each.level}")
        rows.append([each.name, str(len(each.points)), str(len(each.parameters)), level])
    lines = aligned(rows)
    room = WIDTH - max(map(len, lines)) - 2
    formulas = [text("text.head_formula"), *(plain(each.formula, room) for each in found)]
    width = max(map(len, lines))
    return "\n".join(f"{line:<{width}}  {formula}" for line, formula in zip(lines, formulas, strict=True))

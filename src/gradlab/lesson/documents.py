"""A lesson that has run, as Markdown and as a notebook that holds its outputs."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from gradlab.lesson.outputs import Output, Picture, Printed, Sentence
from gradlab.lesson.run import Executed


def markdown(executed: Sequence[Executed]) -> str:
    """Prose, code, what it printed, and links to the pictures."""
    parts: list[str] = []
    for one in executed:
        parts.append(one.cell.source if one.cell.kind == "prose" else f"```python\n{one.cell.source}\n```")
        parts.extend(map(_markdown_of, one.outputs))
    return "\n\n".join(parts) + "\n"


def _markdown_of(output: Output) -> str:
    match output:
        case Printed(text):
            return f"```text\n{text.rstrip()}\n```"
        case Sentence(sentence):
            return sentence
        case Picture(caption=caption, file=file):
            return f"![{caption}]({file})"


def notebook(executed: Sequence[Executed]) -> str:
    """The JSON of a Jupyter notebook, format 4.5, as if it had just been run."""
    counts = iter(range(1, len(executed) + 1))
    cells = [_notebook_cell(index, one, counts) for index, one in enumerate(executed)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1
    )


def _notebook_cell(index: int, one: Executed, counts: Any) -> dict[str, Any]:
    common = {"id": f"cell-{index}", "metadata": {}, "source": one.cell.source}
    if one.cell.kind == "prose":
        return {"cell_type": "markdown", **common}
    outputs = [_notebook_output(output) for output in one.outputs]
    return {"cell_type": "code", **common, "execution_count": next(counts), "outputs": outputs}


def _notebook_output(output: Output) -> dict[str, Any]:
    match output:
        case Printed(text):
            return {"output_type": "stream", "name": "stdout", "text": text}
        case Sentence(sentence):
            data: dict[str, str] = {"text/markdown": sentence, "text/plain": sentence}
        case Picture(caption=caption, suffix="svg", image=image):
            data = {"image/svg+xml": image.decode(), "text/plain": caption}
        case Picture(caption=caption, image=image):
            data = {"image/png": base64.b64encode(image).decode(), "text/plain": caption}
    return {"output_type": "display_data", "data": data, "metadata": {}}

"""An exception in code that the user brought is told as theirs: what was raised, in which line of which file."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradlab.errors import GradlabError, ModelError


@contextmanager
def users_code(model: str) -> Iterator[None]:
    """Around whatever may call the model: an exception that came out of `FILE.py` of a `FILE.py:FUNCTION` is theirs.

    Raises ModelError instead of it; an exception of anybody else's passes unchanged.
    """
    try:
        yield
    except GradlabError:
        raise
    except Exception as failure:
        file = Path(model.rpartition(":")[0])
        frames = [f for f in traceback.extract_tb(failure.__traceback__) if Path(f.filename).name == file.name]
        if file.suffix != ".py" or not frames:
            raise
        raised = f"{type(failure).__name__}: {failure}"
        raise ModelError("cli.model_raised", model=model, raised=raised, line=frames[-1].lineno) from None

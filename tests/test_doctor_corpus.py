"""The doctor on the corpus: what it says of the tuning half, and that on every script it changes nothing.

The other half is only measured, by `bench/diagnoses.py`; no test looks at single scripts of it.
"""

import io
import json
import re
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import torch

from gradlab import messages
from gradlab.doctor import diagnose_script, report, watch

FOLDER = Path(__file__).parent / "loops"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
TUNE = [row for row in EXPECTED if row["half"] == "tune"]


@pytest.fixture(autouse=True)
def torch_left_as_found(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["script.py"])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
    torch.set_num_threads(threads)
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)


def parts(name):
    return set(re.split(r"[.\[\]'\"]+", name or "")) - {"self", ""}


@pytest.mark.parametrize("row", TUNE, ids=lambda row: row["file"])
def test_diagnosis(row):
    findings, _, _ = diagnose_script(str(FOLDER / row["file"]))
    serious = [finding for finding in findings if finding.severity != "note"]
    assert "stopped" not in {finding.code for finding in findings}
    if row["healthy"]:
        assert serious == []
        return
    codes = {row["code"], *row["also_ok"]}
    told = [finding for finding in (findings if row["severity"] == "note" else serious) if finding.code in codes]
    assert told
    assert {finding.code for finding in serious} <= codes
    assert told[0].line in {row["line"], *row["also_lines"]}
    if row["variable"] and told[0].code == row["code"]:
        assert parts(row["variable"]) & parts(told[0].variable)


@pytest.mark.parametrize("row", TUNE, ids=lambda row: row["file"])
def test_every_finding_can_be_told_in_both_languages(row):
    findings, _, exception = diagnose_script(str(FOLDER / row["file"]))
    for language in messages.LANGUAGES:
        with messages.speaking(language):
            text = report(findings)
        assert "{" not in text.replace("{'", "")
        assert all(finding.code in text for finding in findings)
    if exception is not None:
        assert len(exception.__notes__) == 1


def variables_after(path, watched):
    """All variables of a script at its end, and the state of PyTorch's generator."""
    torch.manual_seed(0)
    torch.set_grad_enabled(True)
    space = {"__name__": "__main__", "__file__": str(path)}
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    watching = watch()
    try:
        if watched:
            with watching:
                exec(code, space)
        else:
            exec(code, space)
    except Exception as failure:
        space["raised"] = (type(failure), str(failure))
    return space, torch.get_rng_state()


def numbers(value):
    """What of a variable can be compared: tensors, numbers and whatever holds them."""
    if isinstance(value, torch.Tensor):
        return (
            value.dtype,
            value.requires_grad,
            value.detach().clone(),
            numbers(value.grad) if value.is_leaf else None,
        )
    if isinstance(value, torch.nn.Module):
        return [numbers(tensor) for tensor in value.state_dict().values()]
    if isinstance(value, (list, tuple)):
        return [numbers(member) for member in value]
    if isinstance(value, dict):
        return {key: numbers(member) for key, member in value.items()}
    return value if isinstance(value, (int, float, str, torch.Size, torch.dtype, type(None))) else type(value).__name__


def equal(one, other):
    if isinstance(one, torch.Tensor):
        return (
            torch.equal(one.nan_to_num(1e30), other.nan_to_num(1e30))
            if one.is_floating_point()
            else torch.equal(one, other)
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return one == other or one != one


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_watching_changes_no_number(row):
    plain, state = variables_after(FOLDER / row["file"], watched=False)
    watched, state_watched = variables_after(FOLDER / row["file"], watched=True)
    names = {name for name in plain if not name.startswith("__")}
    assert names == {name for name in watched if not name.startswith("__")}
    differing = [name for name in names if not equal(numbers(plain[name]), numbers(watched[name]))]
    assert differing == []
    assert torch.equal(state, state_watched)

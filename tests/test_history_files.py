"""A History through files and back without losing a digit, and the files that are no History."""

import csv
import json
import math
import re
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradlab import descent
from gradlab.data import noisy_line
from gradlab.errors import DataError, OutputError
from gradlab.history import History, Outcome
from gradlab.history.codec import decode, encode

SUFFIXES = ["csv", "json", "parquet"]
POINTS = noisy_line(m=0.5, b=0.0, n=20, seed=0)


def equal(one, other) -> bool:
    """Equal as bits, NaN included, dtypes and kinds of container too."""
    if isinstance(one, torch.Tensor):
        same_kind = isinstance(other, torch.Tensor) and (one.dtype, one.shape) == (other.dtype, other.shape)
        return (
            same_kind
            and torch.equal(one.isnan(), other.isnan())
            and torch.equal(one[~one.isnan()], other[~one.isnan()])
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other or (one != one and other != other)


def through(history: History, path: Path) -> History:
    history.save(path)
    return History.load(path)


def momentum_run(steps: int = 5) -> History:
    return descent.fit("line", POINTS, start={"m": 0.8}, optimizer="momentum", lr=1e-4, steps=steps)


@st.composite
def histories(draw, shapes=((), (2,), (1, 3))) -> History:
    """Any numbers at all, in float32 or float64, with parameters of several shapes."""
    width = draw(st.sampled_from([32, 64]))
    dtype = {32: torch.float32, 64: torch.float64}[width]
    shapes = draw(st.dictionaries(st.sampled_from(["m", "b", "layer.w"]), st.sampled_from(shapes), min_size=1))
    rows = draw(st.integers(1, 4))

    def column(shape):
        numbers = st.lists(st.floats(width=width), min_size=rows * math.prod(shape), max_size=rows * math.prod(shape))
        return torch.tensor(draw(numbers), dtype=dtype).reshape(rows, *shape)

    columns = {"step": torch.arange(rows)}
    columns |= {name: column(()) for name in ("loss", "mean_y", "mean_prediction")}
    columns |= {f"{kind}{name}": column(shape) for kind in ("", "grad_") for name, shape in shapes.items()}
    outcome = Outcome(
        "diverged", rows - 1, draw(st.floats()), draw(st.floats()), "rising", 0.1, draw(st.none() | st.floats())
    )
    state = {"velocity": {name: column(shape)[0] for name, shape in shapes.items()}, "step": draw(st.integers())}
    return History(columns, tuple(shapes), outcome, {"lr": 0.1, "batch": None, "names": ["x"]}, state)


@given(history=histories(shapes=((), (2,), (1, 3), (0,))))  # one without elements has no column in a CSV
@pytest.mark.parametrize("suffix", ["json", "parquet"])
def test_round_trip_keeps_everything(suffix, history, tmp_path_factory):
    back = through(history, tmp_path_factory.getbasetemp() / f"history.{suffix}")
    assert equal(back.columns, history.columns) and equal(back.state, history.state)
    assert repr(back.outcome) == repr(history.outcome) and back.settings == history.settings


@given(history=histories())
def test_round_trip_through_csv_keeps_every_digit(history, tmp_path_factory):
    back = through(history, tmp_path_factory.getbasetemp() / "history.csv")
    assert back.state is None and back.settings == {}
    assert list(back.columns) == list(history.columns) and back.parameters == history.parameters
    for name, column in history.columns.items():
        assert equal(back[name].to(column.dtype), column), name
        assert equal(back[name], column.double() if name != "step" else column), name


def test_the_columns_of_the_csv_are_those_that_are_promised(tmp_path):
    """And its numbers are read alike by Python's own csv module."""
    history = momentum_run()
    history.save(tmp_path / "run.csv")
    rows = list(csv.DictReader((tmp_path / "run.csv").read_text().splitlines()))
    assert list(rows[0]) == ["step", "loss", "mean_y", "mean_prediction", "m", "b", "grad_m", "grad_b"]
    assert [row["step"] for row in rows] == ["0", "1", "2", "3", "4", "5"]
    assert [float(row["grad_m"]) for row in rows] == history["grad_m"].tolist()


def test_elements_of_a_tensor_parameter_have_columns_of_their_own(tmp_path):
    columns = {name: torch.zeros(2) for name in ("loss", "mean_y", "mean_prediction")}
    columns = {
        "step": torch.arange(2),
        **columns,
        "w": torch.arange(8.0).reshape(2, 2, 2),
        "grad_w": torch.ones(2, 2, 2),
    }
    history = History(columns, ("w",), Outcome("steps-done", 1, 0.0, 2.0))
    assert history.table()["w[1,0]"] == [2.0, 6.0]
    history.save(tmp_path / "run.csv")
    header = (tmp_path / "run.csv").read_text().splitlines()[0]
    assert header.startswith('step,loss,mean_y,mean_prediction,"w[0,0]","w[0,1]","w[1,0]","w[1,1]","grad_w[0,0]"')


def test_json_is_strict_json(tmp_path):
    columns = {
        name: torch.tensor([math.nan, -math.inf]) for name in ("loss", "mean_y", "mean_prediction", "m", "grad_m")
    }
    history = History(
        {"step": torch.arange(2), **columns}, ("m",), Outcome("diverged", 1, math.nan, math.inf, "non-finite")
    )
    history.save(tmp_path / "run.json")

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    document = json.loads((tmp_path / "run.json").read_text(), parse_constant=refuse)
    assert document["columns"]["loss"] == ["nan", "-inf"] and document["outcome"]["loss"] == "nan"


NESTED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.builds(torch.tensor, st.lists(st.floats(), max_size=3)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(tuple, st.lists(inner, max_size=3))
        | st.dictionaries(st.sampled_from(["tensor", "dict", "float", "shape", 0, 1]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(NESTED)
def test_any_state_survives_json(value):
    assert equal(decode(json.loads(json.dumps(encode(value), allow_nan=False))), value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_saving_leaves_the_old_file_if_it_fails(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"run.{suffix}"
    path.write_text("what was there before")

    def full(history, temporary):
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    from gradlab.history import files

    monkeypatch.setattr(files, "WRITERS", dict.fromkeys(files.WRITERS, full))
    with pytest.raises(OutputError, match="full"):
        momentum_run().save(path)
    assert path.read_text() == "what was there before" and list(tmp_path.iterdir()) == [path]


def test_endings_and_places_that_cannot_be_are_refused(tmp_path):
    history = momentum_run()
    for refused, said in [("run.xlsx", "xlsx"), ("missing/run.csv", "missing")]:
        with pytest.raises(OutputError, match=said):
            history.save(tmp_path / refused)
    for refused, said in [("run.xlsx", ".csv, .json, .parquet"), ("run.csv", "no history")]:
        with pytest.raises(DataError, match=re.escape(said)):
            History.load(tmp_path / refused)
    for folder in (tmp_path, tmp_path / "folder.json"):
        folder.mkdir(exist_ok=True)
        with pytest.raises(DataError, match="is a folder"):
            History.load(folder)
    for nowhere in ("nul\0.json", "long" * 100 + ".json"):
        with pytest.raises(DataError):
            History.load(tmp_path / nowhere)


HEADER = "step,loss,mean_y,mean_prediction,m,grad_m\n"
DAMAGED_CSV = {
    "": "header",
    "\n": "header",
    "x,y\n1,2\n": "header",
    "step,loss,mean_y,mean_prediction\n0,1,1,1\n": "header",
    "step,loss,mean_y,mean_prediction,m,grad_b\n0,1,1,1,1,1\n": "header",
    "step,loss,mean_y,mean_prediction,w[1],grad_w[1]\n0,1,1,1,1,1\n": "header",
    "step,loss,mean_y,mean_prediction,w[999999999],grad_w[999999999]\n0,1,1,1,1,1\n": "header",
    "step,loss,mean_y,mean_prediction,m,m,grad_m,grad_m\n0,1,1,1,1,1,1,1\n": "header",
    ",".join(map(str, range(1_000_000))): "header",
    HEADER: "no_rows",
    HEADER + "0,1,1,1,1\n": "ragged",
    HEADER + "0,1,1,one,1,1\n": "cell",
    HEADER + "1,1,1,1,1,1\n": "damaged",
    HEADER + "0,1,1,1,1,1\n2,1,1,1,1,1\n": "damaged",
    HEADER + "nan,1,1,1,1,1\n": "damaged",
}


@pytest.mark.parametrize("content", DAMAGED_CSV, ids=range(len(DAMAGED_CSV)))
def test_damaged_csv_is_told_in_one_sentence(content, tmp_path):
    (tmp_path / "run.csv").write_text(content)
    with pytest.raises(DataError) as refusal:
        History.load(tmp_path / "run.csv")
    assert refusal.value.key == f"history.{DAMAGED_CSV[content]}" and str(tmp_path) in str(refusal.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(garbage=st.binary(max_size=200))
def test_garbage_is_refused(suffix, garbage, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / f"garbage.{suffix}"
    path.write_bytes(garbage)
    with pytest.raises(DataError):
        History.load(path)


def put(document, place, value):
    *way, last = place
    for key in way:
        document = document[key]
    document[last] = value


DAMAGES = [
    (("format",), "another", "foreign"),
    (("version",), 2, "version"),
    (("parameters",), None, "damaged"),
    (("parameters", "m"), [10**9], "damaged"),
    (("parameters", "m"), [-1], "damaged"),
    (("columns",), [], "damaged"),
    (("columns", "m"), [1.0], "damaged"),
    (("columns", "m"), "text", "damaged"),
    (("columns", "m"), [[1.0] * 6] * 6, "damaged"),
    (("columns", "extra"), [1.0] * 6, "damaged"),
    (("columns", "step"), [0, 1, 2, 3, 4, 6], "damaged"),
    (("dtypes", "m"), "load", "damaged"),
    (("outcome", "kind"), "finished", "damaged"),
    (("outcome", "loss"), None, "damaged"),
    (("outcome", "step"), "many", "damaged"),
    (("settings",), 3, "damaged"),
    (("state",), {"tensor": [1.0], "shape": [2], "dtype": "float64"}, "damaged"),
    (("state",), {"other": 1}, "damaged"),
]


@pytest.mark.parametrize("place, value, key", DAMAGES)
def test_damaged_json_is_told_in_one_sentence(place, value, key, tmp_path):
    momentum_run().save(tmp_path / "run.json")
    document = json.loads((tmp_path / "run.json").read_text())
    put(document, place, value)
    (tmp_path / "run.json").write_text(json.dumps(document))
    with pytest.raises(DataError) as refusal:
        History.load(tmp_path / "run.json")
    assert refusal.value.key == f"history.{key}"


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a": ', "3", "null", "[]", '{"format": []}'])
def test_json_that_is_something_else_is_refused(content, tmp_path):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(DataError):
        History.load(tmp_path / "run.json")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_off_anywhere_is_refused_or_is_shorter(suffix, tmp_path):
    """Only a CSV can lose whole rows without a trace; what it has left is then still true."""
    history, path = momentum_run(), tmp_path / f"run.{suffix}"
    history.save(path)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        path.write_bytes(whole[:length])
        try:
            rest = History.load(path)
        except DataError:
            continue
        assert suffix == "csv" and len(rest) < len(history) + 1
        assert torch.equal(rest["m"], history["m"][: len(rest)])


def test_parquet_without_our_notes_is_refused(tmp_path):
    import pyarrow
    from pyarrow.parquet import write_table

    write_table(pyarrow.table({"x": [1.0], "y": [2.0]}), tmp_path / "points.parquet")
    with pytest.raises(DataError, match="no gradlab history"):
        History.load(tmp_path / "points.parquet")

"""Points out of files, and one sentence for everything that is no such file."""

import os
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.data import dataset, read
from gradlab.errors import DataError
from gradlab.messages import LANGUAGES, speaking


@pytest.fixture(autouse=True)
def _in_english():
    with speaking("en"):
        yield


@pytest.fixture
def file(tmp_path):
    """A CSV file of the bytes or text that the test gives."""

    def make(content, name="points.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


# What is read
@pytest.mark.parametrize(
    "content",
    [
        "x,y\n1,2\n3,4\n",
        "x,y\n1,2\n3,4",
        "x,y\r\n1,2\r\n3,4\r\n",
        "x,y\r1,2\r3,4\r",
        "\n\nx,y\n\n1,2\n\n3,4\n\n",
        "\ufeffx,y\n1,2\n3,4\n",
        'x,y\n"1","2"\n"3","4"\n',
        '"x","y"\n1,2\n3,4\n',
        " x , y \n 1 ,\t2\n3, 4 \n",
        "y,note,x\n2,año,1\n4,,3\n",
        "y,z,x,z\n2,7,1,8\n4,7,3,8\n",
        "x,y\n+1,2.\n.3e1,40E-1\n",
    ],
)
def test_csv_as_programs_and_people_write_it(file, content):
    points = read(file(content))
    assert points.x.tolist() == [1, 3]
    assert points.y.tolist() == [2, 4]
    assert points.x.dtype == torch.float64


def test_columns_that_are_asked_for(file):
    path = file("mass,speed,force\n1,10,100\n2,20,200\n")
    points = read(path, x=("speed", "mass"), y="force")
    assert points.x.tolist() == [[10, 1], [20, 2]]
    assert points.names == ("speed", "mass")
    assert read(path, x="speed", y="mass", dtype=torch.float32).y.dtype == torch.float32


def test_the_ending_may_be_in_capitals(file):
    assert len(read(file("x,y\n1,2\n", "POINTS.CSV"))) == 1


def test_bundled_datasets_by_name():
    assert torch.equal(read("norris").y, dataset("Norris").points.y)
    assert read("LONGLEY").names == ("x1", "x2", "x3", "x4", "x5", "x6")
    assert torch.equal(read("Longley", x="x3").x, dataset("Longley").points.x[:, 2])


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.int16(), pa.uint64(), pa.decimal128(25, 1)])
def test_parquet_of_any_kind_of_number(tmp_path, kind):
    table = pa.table({"x.a": pa.array([1, 2]).cast(kind), "y": pa.array([3, 4]).cast(kind)})
    pq.write_table(table, tmp_path / "points.parquet")
    points = read(tmp_path / "points.parquet", x="x.a")
    assert points.x.tolist() == [1, 2]
    assert points.y.tolist() == [3, 4]


def test_pyarrow_waits_until_a_file_is_read():
    code = "import sys, gradlab.data; print([name for name in sys.modules if name.startswith('pyarrow')])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


# What is refused, each with its numbers, in both languages
BAD_CSV = {
    "empty": ("", "is empty"),
    "blank": ("\n  \n\n", "is empty"),
    "header only": ("x,y\n", "no row of data"),
    "header only, no line end": ("x,y", "no row of data"),
    "header only, then blank": ("x,y\n\n\n", "no row of data"),
    "too many": ("x,y\n1,2\n\n3,4,5\n", r"Line 4 of .* has 3 value\(s\) where the header has 2"),
    "too few": ("x,y\n1,2\n3\n", r"Line 3 of .* has 1 value\(s\)"),
    "decimal comma, ragged": ("x,y\n1,5,2,5\n", r"Line 2 of .* has 4 value\(s\).*1,5 for 1.5"),
    "decimal comma, quoted": ('x,y\n1,2\n"1,5",2\n', r"x of .* holds \"1,5\" in row 2 \(line 3\).*point, not a comma"),
    "semicolons": ("x;y\n1,5;2\n", "by semicolons"),
    "tabs": ("x\ty\n1\t2\n", "by tabs"),
    "text": ("x,y\n1,2\n\n3,many\n", r"Column y of .* holds \"many\" in row 2 \(line 4\)"),
    "text that is long": ("x,y\n1," + "z" * 10_000 + "\n", r"holds \"z{59}…\" in row 1 \(line 2\)"),
    "hexadecimal": ("x,y\n1,0x10\n", 'holds "0x10" in row 1'),
    "no header": ("1,2\n3,4\n", "begins with numbers"),
    "missing column": ("x,Y\n1,2\n", "no column y; did you mean Y.*: x, Y"),
    "missing column, none near": ("x,force\n1,2\n", "no column y. Those there are: x, force"),
    "two of the name": ("x,y,y\n1,2,3\n", "2 columns called y"),
    "empty cell": ("x,y\n1,2\n\n3,\n,4\n", r"Column x of .* has 1 cell.* row 3 \(line 5\)"),
    "NaN": ("x,y\n1,nan\n3,NaN\n5,6\n7,inf\n", r"y of .* has 3 cell.* row 1 \(line 2\)"),
    "beyond float64": ("x,y\n1,1e999\n", r"y of .* has 1 cell.* row 1 \(line 2\)"),
    "UTF-16": ("x,y\n1,2\n".encode("utf-16"), "written in UTF-16"),
    "Latin-1": ("año,y\n1,2\n".encode("latin-1"), "not in UTF-8"),
    "zeros": (b"\x00" * 1000, "not text"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00\x06\x00\x08", "not text"),
    "an open quote": ('"x,y\n1,2\n', "cannot be read as CSV"),
    "braces": ("x,y\n1,{value}\n", 'holds "{value}"'),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_a_bad_csv_file_gets_one_sentence(file, case):
    content, said = BAD_CSV[case]
    path = file(content)
    with pytest.raises(DataError, match=said) as refusal:
        read(path)
    for language in LANGUAGES:
        with speaking(language):
            sentence = str(refusal.value)
        assert path.name in sentence
        assert "\n" not in sentence
        assert len(sentence) < 400 + len(str(path))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_garbage_is_read_or_refused_never_more(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("garbage") / "points.csv"
    for garbage in (content, b"x,y\n1,2\n" + content):
        path.write_bytes(garbage)
        try:
            points = read(path)
        except DataError as refusal:
            assert str(refusal)
        else:
            assert points.x.isfinite().all()


@pytest.mark.parametrize("name", ["z", "c999999"])
def test_a_header_of_a_million_columns(file, name):
    path = file(",".join(f"c{column}" for column in range(1_000_000)) + "\n")
    began = time.perf_counter()
    with pytest.raises(DataError) as refusal:
        read(path, x="c5", y=name)
    assert len(str(refusal.value)) < 400 + len(str(path))
    assert time.perf_counter() - began < 30  # seconds; it takes less than one


def test_one_row_of_a_hundred_thousand_columns_is_read(file):
    names = [f"c{column}" for column in range(100_000)]
    path = file(",".join(names) + "\n" + ",".join("7" for _ in names))
    assert read(path, x="c5", y="c99999").y.tolist() == [7]


def test_no_column_twice(file):
    path = file("x,y\n1,2\n")
    with pytest.raises(DataError, match="column x is asked for twice"):
        read(path, x=("x", "x"))
    with pytest.raises(DataError, match="column y is asked for twice"):
        read(path, x="y")


def test_no_such_file(tmp_path, file):
    file("x,y\n1,2\n")
    with pytest.raises(DataError, match=r"no file .*ponts\.csv here; did you mean points\.csv"):
        read(tmp_path / "ponts.csv")
    with pytest.raises(DataError, match="no file Noris here; did you mean Norris"):
        read("Noris")
    for name in ("nowhere/at/all.csv", "a\0b.csv", ".csv"):
        with pytest.raises(DataError, match="no file"):
            read(name)
    with pytest.raises(DataError, match="cannot be read"):
        read("n" * 5000 + ".csv")


def test_what_is_no_file_to_read(tmp_path, file):
    file("x,y\n1,2\n")
    with pytest.raises(DataError, match=r"is a folder; .*points\.csv"):
        read(tmp_path)
    with pytest.raises(DataError, match=r"ends in \.xlsx.*\.csv, \.parquet"):
        read(file("x", "points.xlsx"))
    with pytest.raises(DataError, match="ends in -"):
        read(file("x", "points"))
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="no ordinary file"):
        read(tmp_path / "pipe.csv")


def test_parquet_that_is_refused(tmp_path):
    path = tmp_path / "points.parquet"
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read(path)
    cases = {
        "no column y": {"x": [1.0]},
        "of kind string": {"x": ["1"], "y": [1.0]},
        "of kind bool": {"x": [True], "y": [1.0]},
        "no row in them": {"x": pa.array([], pa.float64()), "y": pa.array([], pa.float64())},
        r"y of .* has 2 cell.* row 2\.": {"x": [1, 2, 3], "y": [1.0, None, float("inf")]},
    }
    for said, columns in cases.items():
        pq.write_table(pa.table(columns), path)
        with pytest.raises(DataError, match=said):
            read(path)

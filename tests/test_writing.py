"""Points into files: exact both ways; and every file whole or not there at all."""

import errno
import os
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.data import Points, noisy_line, read, write
from gradlab.errors import DataError, OutputError
from gradlab.files import check_output, write_atomically
from gradlab.messages import speaking


@pytest.fixture(autouse=True)
def _in_english():
    with speaking("en"):
        yield


NUMBERS = st.floats(-1e38, 1e38)  # within float32
NAMES = st.sampled_from(["a", 'q"u,o'])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=20), name=NAMES)
@settings(max_examples=50, deadline=None)
def test_points_come_back_to_the_last_digit(tmp_path_factory, ending, rows, name):
    path = tmp_path_factory.mktemp("written") / f"points{ending}"
    table = torch.tensor(rows, dtype=torch.float64)
    for dtype in (torch.float64, torch.float32):
        points = Points(table[:, :2].to(dtype), table[:, 2].to(dtype), (name, "x"))
        write(points, path)
        again = read(path, x=points.names, dtype=dtype)
        assert torch.equal(again.x, points.x)
        assert torch.equal(again.y, points.y)
        assert torch.equal(again.y.signbit(), points.y.signbit())


def test_what_cannot_be_written_says_why(tmp_path):
    points = noisy_line(1, 0, 3)
    (tmp_path / "folder.csv").mkdir()
    cases = {
        "folder.csv": r"^\S*folder.csv is a folder",
        "gone/points.csv": "no folder .*gone",
        "points.xls": r"ends in \.xls; .*\.csv, \.parquet",
        "points": "ends in -",
        "a\0b.csv": "was not written",
        "n" * 300 + ".csv": "was not written",
    }
    for name, said in cases.items():
        with pytest.raises(OutputError, match=said):
            write(points, tmp_path / name)
    with pytest.raises(DataError, match="called y, y"):
        write(Points([1], [2], ("y",)), tmp_path / "points.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_a_folder_without_permission(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path), mode) != (tmp_path, os.W_OK))  # root may do all
    with pytest.raises(OutputError, match="permission denied"):
        check_output(tmp_path / "points.csv")


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("old")
    with pytest.raises(OutputError, match="disk is full"), write_atomically(path) as temporary:
        temporary.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(KeyboardInterrupt), write_atomically(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("points.csv", "old")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_device_that_is_always_full(tmp_path):
    (tmp_path / "points.csv").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="disk is full"):
        write(noisy_line(1, 0, 3), tmp_path / "points.csv")
    assert Path("/dev/full").is_char_device()


def test_replacing_keeps_permissions_and_follows_links(tmp_path):
    place = tmp_path / "place.csv"
    place.write_text("old")
    place.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(place)
    with write_atomically(tmp_path / "link.csv") as temporary:
        assert temporary.suffix == ".csv"
        temporary.write_text("new")
    assert (place.read_text(), place.stat().st_mode & 0o777) == ("new", 0o640)
    assert (tmp_path / "link.csv").is_symlink()

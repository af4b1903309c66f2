"""The rules of the house that a tool can see: the layers of DESIGN.md, and sizes."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_no_room_imports_from_above_itself() -> None:
    outcome = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert outcome.returncode == 0, outcome.stdout


def test_files_and_functions_are_small() -> None:
    outcome = run(sys.executable, "tools/sizes.py")
    assert outcome.returncode == 0, outcome.stdout


def test_sizes_names_what_is_too_large(tmp_path: Path) -> None:
    body = "\n".join(f"    line_{number} = {number}" for number in range(40))
    (tmp_path / "large.py").write_text(
        f'def fits():\n    """A line."""\n{body[: body.rindex("    ")]}\n\ndef large():\n{body}\n'
    )
    outcome = run(sys.executable, "tools/sizes.py", tmp_path)
    assert outcome.returncode == 1
    assert outcome.stdout.count("\n") == 1
    assert "large has 41 lines" in outcome.stdout

"""What the whole suite shares, tests and doctests alike."""

from collections.abc import Iterator

import hypothesis
import pytest

from gradlab import messages

# The lesson's scripts are no modules: collecting their doctests would run them. tests/test_lesson.py does that.
collect_ignore_glob = ["src/gradlab/lesson/scripts/*"]

# The same examples in every run, so that a red suite is the fault of the change at hand and of nothing else.
# To search for new ones: pytest --hypothesis-profile=search.
hypothesis.settings.register_profile("repeat", deadline=None, derandomize=True, max_examples=100)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1_000)
hypothesis.settings.load_profile("repeat")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins in English, whatever the locale here, and so do the processes that it starts."""
    monkeypatch.setenv("LANGUAGE", "en")
    with messages.speaking("en"):
        yield


@pytest.fixture(autouse=True)
def names_of_doctests(doctest_namespace: dict[str, object]) -> None:
    """Examples in docstrings may use these without an import."""
    import torch

    import gradlab

    doctest_namespace.update(pytest=pytest, torch=torch, gradlab=gradlab)

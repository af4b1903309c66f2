"""The catalogue of sentences and the source agree: same keys in all languages, and each key is both there and used.

A key reaches the catalogue as a literal, `text("data.empty")`, or as an f-string with a literal beginning,
`text(f"outcome.name_{kind}")`, which uses every key that begins so. In HTML templates and in the lab's JavaScript a
literal counts as well, and there a template string with a literal beginning.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import gradlab
from gradlab.messages import LANGUAGES

PACKAGE = Path(gradlab.__file__).parent
LOCALE = PACKAGE / "locale"
FRONT = Path(__file__).parent.parent / "front" / "src"
KEY = re.compile(r"[a-z_]+\.[a-z0-9_]+")

Catalogue = dict[str, str]


def read_catalogue(code: str) -> Catalogue:
    """All sentences of one language by their whole key, `room.entry`."""
    return {
        f"{path.stem}.{entry}": sentence
        for path in sorted((LOCALE / code).glob("*.json"))
        for entry, sentence in json.loads(path.read_text(encoding="utf-8")).items()
    }


def placeholders(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}


def source_trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


def literal_keys(rooms: set[str]) -> Iterator[tuple[Path, str]]:
    """Whole keys that the source or a template names, whatever it does with them then."""
    for path, tree in source_trees():
        inside_f_strings = {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside_f_strings:
                room, _, _ = node.value.partition(".")
                if room in rooms and KEY.fullmatch(node.value):
                    yield path, node.value
            match node:
                case ast.Call(func=ast.Attribute(attr="unknown"), args=[ast.Constant(value=str(key)), *_]):
                    yield path, f"{key}_nearest"
    for path in [*sorted(PACKAGE.rglob("*.html")), *sorted(FRONT.rglob("*.js"))]:
        for key in re.findall(rf"[\"']({KEY.pattern})[\"']", path.read_text(encoding="utf-8")):
            if key.partition(".")[0] in rooms:
                yield path, key


def key_prefixes(rooms: set[str]) -> Iterator[tuple[Path, str]]:
    """Beginnings of keys whose end is known at run time only."""
    for path, tree in source_trees():
        for node in ast.walk(tree):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                    room, dot, _ = start.partition(".")
                    if dot and room in rooms and re.fullmatch(r"[a-z_]+\.[a-z0-9_]*", start):
                        yield path, start
    for path in sorted(FRONT.rglob("*.js")):
        for start in re.findall(r"`([a-z_]+\.[a-z0-9_]*)\$\{", path.read_text(encoding="utf-8")):
            if start.partition(".")[0] in rooms:
                yield path, start


def complete_calls() -> Iterator[tuple[Path, int, str, set[str]]]:
    """Calls `text(key, …)` and `SomeError(key, …)` that show all their values: file, line, key, names of the values."""
    for path, tree in source_trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id=function) | ast.Attribute(attr=function),
                    args=[ast.Constant(value=str(key)), *_],
                    keywords=keywords,
                ) if function == "text" or function.endswith("Error"):
                    names = {keyword.arg for keyword in keywords}
                    if None not in names and KEY.fullmatch(key):
                        yield path, node.lineno, key, {name for name in names if name}


CATALOGUES = {code: read_catalogue(code) for code in LANGUAGES}
ENGLISH = CATALOGUES["en"]
ROOMS = {key.partition(".")[0] for key in ENGLISH}


@pytest.mark.parametrize("code", LANGUAGES)
def test_same_keys_in_every_language(code: str) -> None:
    assert CATALOGUES[code].keys() == ENGLISH.keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_same_placeholders_in_every_language(code: str) -> None:
    differing = [
        key for key, sentence in CATALOGUES[code].items() if placeholders(sentence) != placeholders(ENGLISH[key])
    ]
    assert differing == []


@pytest.mark.parametrize("path", sorted(LOCALE.rglob("*.json")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_keys_are_sorted_and_single(path: Path) -> None:
    pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sentence_is_empty_or_untrimmed(code: str) -> None:
    assert [key for key, sentence in CATALOGUES[code].items() if sentence.strip() != sentence or not sentence] == []


def test_every_key_of_the_source_is_in_the_catalogue() -> None:
    missing = [(str(path), key) for path, key in literal_keys(ROOMS) if key not in ENGLISH]
    missing += [
        (str(path), f"{start}…") for path, start in key_prefixes(ROOMS) if not any(k.startswith(start) for k in ENGLISH)
    ]
    assert missing == []


def test_every_room_that_the_source_speaks_from_exists() -> None:
    assert [
        (str(path), line, key) for path, line, key, _ in complete_calls() if key.partition(".")[0] not in ROOMS
    ] == []


def test_every_key_of_the_catalogue_is_used() -> None:
    used = {key for _, key in literal_keys(ROOMS)}
    starts = tuple(start for _, start in key_prefixes(ROOMS))
    assert [key for key in ENGLISH if key not in used and not key.startswith(starts)] == []


def test_every_call_fills_all_the_placeholders() -> None:
    unfilled = [
        (f"{path}:{line}", key, missing)
        for path, line, key, names in complete_calls()
        if (missing := placeholders(ENGLISH.get(key, "")) - names)
    ]
    assert unfilled == []

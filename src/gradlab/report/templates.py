"""The pages' templates, found in this folder; everything that is filled in is escaped."""

from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template


def template(name: str) -> Template:
    """The template of that name, ready to be filled; a name that it misses is an error, not an empty place."""
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.get_template(name)


def _source(name: str) -> str:
    return files("gradlab.report").joinpath(name).read_text(encoding="utf-8")

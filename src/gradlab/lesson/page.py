"""A lesson that has run, as one HTML page that needs nothing beside it."""

import base64
import html
import io
import keyword
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate

from jinja2 import Environment
from markdown_it import MarkdownIt
from markupsafe import Markup

from gradlab import messages
from gradlab.lesson.outputs import Output, Picture, Printed, Sentence
from gradlab.lesson.run import Executed


@dataclass(frozen=True, slots=True)
class Station:
    """A heading of the second level, for the table of contents."""

    anchor: str
    title: str


def page(executed: Sequence[Executed]) -> str:
    """The HTML text, with pictures and styles inside it, and no script."""
    template = files("gradlab.lesson").joinpath("page.html").read_text(encoding="utf-8")
    body = [_block(one) for one in executed]
    title, *names = dict.fromkeys(one.cell.station for one in executed)
    stations = [Station(_anchor(name), name) for name in names]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    texts = {"title": title, "language": messages.language(), "contents": messages.text("lesson.contents")}
    return environment.from_string(template).render(stations=stations, body=body, **texts)


def _block(one: Executed) -> Markup:
    if one.cell.kind == "prose":
        return _with_anchors(_markdown(one.cell.source))
    code = Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(highlighted(one.cell.source))
    return Markup("\n").join([code, *map(_output, one.outputs)])


def _output(output: Output) -> Markup:
    match output:
        case Printed(text):
            return Markup('<pre class="printed" tabindex="0">{}</pre>').format(text.rstrip())
        case Sentence(sentence):
            return Markup('<div class="said">{}</div>').format(_markdown(sentence))
        case Picture() as picture:
            return _figure(picture)


def _figure(picture: Picture) -> Markup:
    """Drawings shrink to the width of the text; a graph takes the whole page, and scrolls before it is unreadable."""
    kind = "svg+xml" if picture.suffix == "svg" else "png"
    source = f"data:image/{kind};base64,{base64.b64encode(picture.image).decode()}"
    image = Markup('<img src="{}" alt="{}">').format(source, picture.caption)
    figure = Markup('<figure class="{}" tabindex="0">{}<figcaption>{}</figcaption></figure>')
    return figure.format(picture.suffix, image, picture.caption)


def _markdown(text: str) -> Markup:
    """The prose is our own, but raw HTML stays off: a sentence may quote an error message."""
    return Markup(MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table").render(text))


def _with_anchors(prose: Markup) -> Markup:
    named = re.sub(
        r"<h2>(.+?)</h2>", lambda found: f'<h2 id="{_anchor(html.unescape(found[1]))}">{found[1]}</h2>', prose
    )
    return Markup(named)


def _anchor(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def highlighted(source: str) -> Markup:
    """Python with its comments, strings, numbers and keywords marked.

    >>> highlighted("if x: pass  # why")
    Markup('<b>if</b> x: <b>pass</b>  <i class="comment"># why</i>')
    """
    starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
    parts, done = [], 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if mark := _mark(token):
            begin, end = (starts[line - 1] + column for line, column in (token.start, token.end))
            parts += [_escaped(source[done:begin]), mark.format(_escaped(source[begin:end]))]
            done = end
    return Markup("".join([*parts, _escaped(source[done:])]))


def _mark(token: tokenize.TokenInfo) -> str:
    if keyword.iskeyword(token.string):
        return "<b>{}</b>"
    kind = tokenize.tok_name[token.type].lower().removesuffix("_start").removesuffix("_middle").removesuffix("_end")
    kind = "string" if kind == "fstring" else kind  # one token up to Python 3.11, several from 3.12 on
    return f'<i class="{kind}">{{}}</i>' if kind in ("comment", "string", "number") else ""


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)

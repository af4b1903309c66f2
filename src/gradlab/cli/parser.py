"""The grammar of the command line, and its refusals in one sentence of the reader's language.

Values are kept as typed; the command that uses them reads them, so that every mistake is told in the same voice.
"""

import argparse
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from gradlab import messages
from gradlab.errors import OptionError
from gradlab.messages import text

COMMANDS = ("fit", "solve", "data", "surface", "sweep", "graph", "check", "doctor", "lesson", "lab")


class _Parser(argparse.ArgumentParser):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False, formatter_class=_Help, add_help=False)
        self.add_argument("-h", "--help", action="help", help=text("cli.help_help"))

    def error(self, message: str) -> NoReturn:
        """argparse says it in English; what can still reach this point is an option whose value is missing."""
        option = re.search(r"argument ([^:]+):", message)
        raise OptionError("cli.value_missing", option=option[1] if option else message)


class _Help(argparse.HelpFormatter):
    """Usage and headings in the language in force."""

    def add_usage(self, usage: str | None, actions: object, groups: object, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, f"{text('cli.usage')}: " if prefix is None else prefix)  # type: ignore[arg-type]  # argparse's own types


class _Version(argparse.Action):
    """The version is looked up only when asked for: `importlib.metadata` takes as long as the whole of the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"gradlab {version('gradlab')}")
        except PackageNotFoundError:  # run from a checkout that is not installed
            print("gradlab")
        parser.exit()


def parse(arguments: list[str]) -> argparse.Namespace | int:
    """The options of one command, or at once an exit status where nothing is left to do (`--help`)."""
    ours, theirs = _up_to_script(arguments) if arguments[:1] == ["doctor"] else (arguments, [])
    messages.set_language(_language_asked(ours))
    parser = build_parser()
    if not arguments:
        parser.print_help()
        return 2
    _check_command(arguments[0])
    try:
        options, unknown = parser.parse_known_args(_joined(ours))
    except SystemExit as end:
        return int(end.code or 0)
    if unknown:
        raise _unknown(unknown[0], options.known)
    options.arguments = theirs
    return options


def _up_to_script(arguments: list[str]) -> tuple[list[str], list[str]]:
    """`doctor --json F train.py --lr 3`: what follows the script is the script's, whatever it looks like."""
    position = 1
    while position < len(arguments) and arguments[position].startswith("-"):
        position += 2 if arguments[position] in ("--json", "--lang") else 1
    return arguments[: position + 1], arguments[position + 1 :]


def _language_asked(arguments: Sequence[str]) -> str | None:
    """`--lang es` decides about the help and the refusals too, so it is looked for before anything else."""
    for position, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            code = value or (arguments[position + 1] if position + 1 < len(arguments) else "")
            if code not in messages.LANGUAGES:
                raise OptionError("cli.language", code=code, known=", ".join(messages.LANGUAGES))
            return code
    return None


def _check_command(word: str) -> None:
    if not word.startswith("-") and word not in COMMANDS:
        nearest = get_close_matches(word, COMMANDS, 1) or [COMMANDS[0]]
        raise OptionError("cli.unknown_command", name=word, known=", ".join(COMMANDS), nearest=nearest[0])


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--point -4,4` → `--point=-4,4`: a value that begins with a minus is no option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and re.match(r"-[\d.]", argument) and re.fullmatch(r"--[a-z-]+", joined[-1]):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _unknown(argument: str, known: Sequence[str]) -> OptionError:
    if not argument.startswith("-"):
        return OptionError("cli.superfluous", argument=argument)
    nearest = get_close_matches(argument.partition("=")[0], known, 1)
    if nearest:
        return OptionError("cli.unknown_option_nearest", option=argument, nearest=nearest[0])
    return OptionError("cli.unknown_option", option=argument, known=" ".join(known))


def build_parser() -> argparse.ArgumentParser:
    """All commands; each says in `room` which module of this folder answers."""
    parser = _Parser(prog="gradlab", description=text("cli.about"))
    parser._positionals.title, parser._optionals.title = text("cli.commands"), text("cli.options")
    parser.add_argument("--version", action=_Version, nargs=0, help=text("cli.help_version"))
    commands = parser.add_subparsers(dest="command", metavar=text("cli.metavar_command"), parser_class=_Parser)
    _fit(_command(commands, "fit"))
    _solve(_command(commands, "solve"))
    _data(_command(commands, "data"))
    _surface(_command(commands, "surface"))
    _sweep(_command(commands, "sweep"))
    _graph(_command(commands, "graph"))
    _check(_command(commands, "check"))
    _doctor(_command(commands, "doctor"))
    _lesson(_command(commands, "lesson"))
    _lab(_command(commands, "lab"))
    return parser


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str) -> _Parser:
    about = text(f"cli.about_{name}")
    parser = commands.add_parser(name, help=about, description=about)
    parser._positionals.title, parser._optionals.title = text("cli.arguments"), text("cli.options")
    parser.set_defaults(room=name)
    return parser


def _options(parser: _Parser, *specifications: str, as_fit: Sequence[str] = ()) -> None:
    """`"--lr LR"` takes a value, `"--json"` is a switch, `"--start… NAME=VALUE"` may be repeated; help by name.

    What is in `as_fit` has the help that it has in `gradlab fit`.
    """
    rooms = [("fit", each) for each in as_fit] + [(parser.get_default("room"), each) for each in specifications]
    for room, specification in rooms:
        option, _, metavar = specification.partition(" ")
        name = option.rstrip("…")
        text_of_help = text(f"cli.help_{room}_{name.strip('-').replace('-', '_')}")
        if not metavar:
            parser.add_argument(name, action="store_true", help=text_of_help)
        elif option.endswith("…"):
            parser.add_argument(name, action="append", default=[], metavar=metavar, help=text_of_help)
        else:
            parser.add_argument(name, metavar=metavar, help=text_of_help)
    parser.add_argument("--lang", metavar="es|en", help=text("cli.help_lang"))
    known = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    parser.set_defaults(known=known)


_MODEL = ("--model MODEL", "--loss LOSS", "--start… NAME=VALUE", "--freeze… NAME")
_WALK = (
    "--steps N",
    "--gradient METHOD",
    "--delta D",
    "--kink {-1,0,1}",
    "--optimizer NAME",
    "--batch-size N",
    "--seed S",
    "--standardise",
    "--until TOL",
)
_POINTS = ("--x… COLUMN", "--y COLUMN", "--dtype TYPE", "--device D")


def _fit(parser: _Parser) -> None:
    parser.add_argument("data", nargs="?", metavar="DATA", help=text("cli.help_fit_data"))
    files = ("--log", "--history FILE", "--figure FILE", "--report FILE", "--json", "--quiet")
    _options(parser, *_MODEL, "--lr LR", *_WALK, "--resume HISTORY", *_POINTS, "--engine ENGINE", *files)


def _sweep(parser: _Parser) -> None:
    parser.add_argument("data", nargs="?", metavar="DATA", help=text("cli.help_fit_data"))
    _options(parser, "--lr LO:HI:N", "--output FILE", "--json", as_fit=(*_MODEL, *_WALK, *_POINTS))
    _short(parser, "-o", "--output")


def _solve(parser: _Parser) -> None:
    parser.add_argument("data", nargs="?", metavar="DATA", help=text("cli.help_fit_data"))
    _options(
        parser,
        "--model MODEL",
        "--loss LOSS",
        "--start… NAME=VALUE",
        "--bounds… NAME=LO:HI",
        "--freeze… NAME",
        "--weights COLUMN",
        "--sigma-x… COLUMN|VALUE",
        "--sigma-y COLUMN|VALUE",
        "--level P",
        "--profile",
        "--folds K",
        "--seed S",
        "--x… COLUMN",
        "--y COLUMN",
        "--figure FILE",
        "--report FILE",
        "--json",
    )


def _data(parser: _Parser) -> None:
    parser.add_argument("what", nargs="?", metavar="line|list", help=text("cli.help_data_what"))
    _options(parser, "--m M", "--b B", "--n N", "--sigma SIGMA", "--range X", "--seed S", "--output FILE", "--json")
    _short(parser, "-o", "--output")


def _surface(parser: _Parser) -> None:
    parser.add_argument("data", nargs="?", metavar="DATA", help=text("cli.help_fit_data"))
    _options(
        parser,
        "--point X,Y",
        "--model MODEL",
        "--loss LOSS",
        "--over… NAME=LO:HI:N",
        "--start… NAME=VALUE",
        "--path HISTORY",
        "--x… COLUMN",
        "--y COLUMN",
        "--output FILE",
    )
    _short(parser, "-o", "--output")


def _graph(parser: _Parser) -> None:
    parser.add_argument("script", nargs="?", metavar="FILE.py[:NAME]", help=text("cli.help_graph_script"))
    _options(parser, "--output FILE")
    _short(parser, "-o", "--output")


def _check(parser: _Parser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE.py", help=text("cli.help_check_file"))
    _options(parser, "--json")


def _doctor(parser: _Parser) -> None:
    parser.usage = text("cli.usage_doctor")
    parser.add_argument("script", nargs="?", metavar="SCRIPT.py", help=text("cli.help_doctor_script"))
    _options(parser, "--json FILE")


def _lesson(parser: _Parser) -> None:
    _options(parser, "--seed S", "--output FOLDER")
    _short(parser, "-o", "--output")


def _lab(parser: _Parser) -> None:
    parser.add_argument("data", nargs="?", metavar="DATA", help=text("cli.help_lab_data"))
    _options(parser, "--port P", "--no-browser")


def _short(parser: _Parser, short: str, long: str) -> None:
    """A one-letter spelling of an option that exists."""
    action = parser._option_string_actions[long]
    action.option_strings = [short, long]
    parser._option_string_actions[short] = action

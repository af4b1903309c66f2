"""Two ways to write mathematics down: LaTeX and MathML. Each is a set of small pieces, put together by `writing`."""

from html import escape
from typing import Protocol

_LETTERS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
GREEK = dict(zip(_LETTERS.split(), "αβγδεζηθικλμνξπρστφχψω", strict=True))
SIGNS = {"≠": r"\neq", "≥": r"\geq", "≤": r"\leq", "·": r"\cdot", "−": "-", "∂": r"\partial", "⋯": r"\cdots"}
SIGNS |= {"∧": r"\wedge", "∨": r"\vee", "¬": r"\neg"}


class Notation(Protocol):
    """The pieces; each takes and gives finished text of its own notation."""

    def number(self, text: str) -> str: ...
    def symbol(self, name: str, hat: bool) -> str: ...
    def below(self, base: str, index: str) -> str: ...
    def row(self, *pieces: str) -> str: ...
    def sign(self, sign: str) -> str: ...
    def bracketed(self, inner: str) -> str: ...
    def between_bars(self, inner: str) -> str: ...
    def fraction(self, above: str, below: str) -> str: ...
    def power(self, base: str, exponent: str) -> str: ...
    def root(self, inner: str) -> str: ...
    def function(self, name: str) -> str: ...
    def total(self, start: str, end: str) -> str: ...
    def cases(self, cases: list[tuple[str, str]], otherwise: str) -> str: ...
    def whole(self, pieces: str) -> str: ...


class Latex:
    """LaTeX for a display: `\\frac{1}{N}\\sum_{i=1}^{N}`."""

    def number(self, text: str) -> str:
        mantissa, e, exponent = text.replace("−", "-").partition("e")
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if e else mantissa

    def symbol(self, name: str, hat: bool) -> str:
        escaped = name.replace("_", r"\_")
        base = (
            r"\ell"
            if name == "ℓ"
            else f"\\{name}"
            if name in GREEK
            else name
            if len(name) == 1
            else rf"\mathrm{{{escaped}}}"
        )
        return rf"\hat{{{base}}}" if hat else base

    def below(self, base: str, index: str) -> str:
        return f"{base}_{{{index}}}"

    def row(self, *pieces: str) -> str:
        return " ".join(pieces)

    def sign(self, sign: str) -> str:
        return SIGNS.get(sign, sign)

    def bracketed(self, inner: str) -> str:
        return rf"\left({inner}\right)"

    def between_bars(self, inner: str) -> str:
        return rf"\left|{inner}\right|"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def root(self, inner: str) -> str:
        return rf"\sqrt{{{inner}}}"

    def function(self, name: str) -> str:
        known = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsin", "arccos", "max", "min"}
        return f"\\{name}" if name in known else r"\sigma" if name == "σ" else rf"\operatorname{{{name}}}"

    def total(self, start: str, end: str) -> str:
        return rf"\sum_{{{start}}}^{{{end}}}"

    def cases(self, cases: list[tuple[str, str]], otherwise: str) -> str:
        lines = [*(f"{value} & {condition}" for value, condition in cases), f"{otherwise} &"]
        return r"\begin{cases}" + r" \\ ".join(lines) + r"\end{cases}"

    def whole(self, pieces: str) -> str:
        return pieces


class MathML:
    """MathML Core, as browsers show it without any help."""

    def number(self, text: str) -> str:
        negative, text = text.startswith("−"), text.removeprefix("−")
        mantissa, e, exponent = text.replace("−", "-").partition("e")
        made = f"<mn>{mantissa}</mn>"
        if e:
            made += f"<mo>·</mo>{self.power('<mn>10</mn>', f'<mn>{int(exponent)}</mn>')}"
        return self.row(self.sign("−"), made) if negative else made

    def symbol(self, name: str, hat: bool) -> str:
        base = f"<mi>{escape(GREEK.get(name, name))}</mi>"
        return f'<mover accent="true">{base}<mo>^</mo></mover>' if hat else base

    def below(self, base: str, index: str) -> str:
        return f"<msub>{base}<mrow>{index}</mrow></msub>"

    def row(self, *pieces: str) -> str:
        return f"<mrow>{''.join(pieces)}</mrow>"

    def sign(self, sign: str) -> str:
        return f"<mo>{escape(sign)}</mo>"

    def bracketed(self, inner: str) -> str:
        return self.row("<mo>(</mo>", inner, "<mo>)</mo>")

    def between_bars(self, inner: str) -> str:
        return self.row('<mo stretchy="true">|</mo>', inner, '<mo stretchy="true">|</mo>')

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def root(self, inner: str) -> str:
        return f"<msqrt>{inner}</msqrt>"

    def function(self, name: str) -> str:
        return f"<mi>{escape(name)}</mi>"

    def total(self, start: str, end: str) -> str:
        return f"<munderover><mo>∑</mo><mrow>{start}</mrow><mrow>{end}</mrow></munderover>"

    def cases(self, cases: list[tuple[str, str]], otherwise: str) -> str:
        lines = "".join(f"<mtr><mtd>{value}</mtd><mtd>{condition}</mtd></mtr>" for value, condition in cases)
        return self.row("<mo>{</mo>", f"<mtable>{lines}<mtr><mtd>{otherwise}</mtd><mtd></mtd></mtr></mtable>")

    def whole(self, pieces: str) -> str:
        return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{pieces}</math>'

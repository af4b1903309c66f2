"""Checking one written derivative: `f_d_arg` against `f`, elementwise, at inputs found for it."""

from gradlab.errors import OptionError
from gradlab.gradcheck.calling import Function, name_of, parameters_of, quietly
from gradlab.gradcheck.cases import compared_points, wrong_components
from gradlab.gradcheck.diagnosis import diagnose
from gradlab.gradcheck.kinks import kinks
from gradlab.gradcheck.pair import Pair, compared, taylor_slope_of
from gradlab.gradcheck.pair_evidence import evidence_of
from gradlab.gradcheck.verdict import Measured, Verdict, example, right, unsure, wrong
from gradlab.messages import text

_FEW = 3
"""With fewer points to compare nothing is said."""


def check_derivative(f_d_arg: Function, f: Function, argument: str, *, name: str | None = None) -> Verdict:
    """Is `f_d_arg` the derivative of `f` by `argument`, elementwise? With a diagnosis where it is not.

        f_d_arg(x, …)ᵢ = ∂f(x, …)ᵢ / ∂argumentᵢ

    Both take the same arguments; one number for all points is allowed (`return 1.0`). Where `f` ends in a mean or sum,
    the gradient with respect to the argument as passed is meant. Inputs are found here: vectors and single numbers,
    several sizes, signs and lengths, keyword defaults varied. What is NaN or infinite lies outside the domain and says
    nothing; at a kink any value between the two slopes is right.

    Raises OptionError where `f` has no such argument.

    >>> check_derivative(lambda x: 2 * x, lambda x: x**2, "x").verdict
    'right'
    >>> check_derivative(lambda x: x, lambda x: x**2, "x").diagnosis
    'missing-factor'
    """
    name = name or name_of(f_d_arg)
    if argument not in parameters_of(f):
        raise OptionError.unknown("gradcheck.no_argument", argument, list(parameters_of(f)), function=name_of(f))
    with quietly():
        return _verdict(name, Pair(f_d_arg, f, argument))


def _verdict(name: str, pair: Pair) -> Verdict:
    argument = pair.argument
    found, refusal = compared(pair)
    cases = [each.case for each in found]
    points = compared_points(cases)
    if points < _FEW:
        return unsure(name, argument, str(refusal or text("gradcheck.no_usable_input")))
    single = (text("gradcheck.single"),) if any(case.is_single for case in cases) else ()
    measured = Measured(taylor_slope_of(found[0]), max(case.worst() for case in cases), single)
    if not wrong_components(cases):
        return right(name, argument, points, measured, kinks(pair.f, pair.mine, found[0].written.sample, argument))
    return wrong(name, argument, diagnose(evidence_of(pair, found)), example(cases), measured)

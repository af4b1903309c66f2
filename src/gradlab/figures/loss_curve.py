"""The loss and the length of the gradient, step by step."""

from matplotlib.figure import Figure

from gradlab.figures.picture import picture
from gradlab.figures.steps import draw_curve, gradient_norm, numbers, step_axis
from gradlab.figures.style import BLUE, VERMILLION, look
from gradlab.figures.words import loss_name
from gradlab.history import History
from gradlab.messages import text


def draw_loss(history: History) -> Figure:
    """Loss and gradient norm over the steps, one above the other; logarithmic where one spans more than two decades.

    The norm is Euclidean over the free parameters. A run that ends in NaN or infinity shows where it broke.
    """
    with look():
        figure = picture(7.0, 5.0)
        above, below = figure.subplots(2, 1, sharex=True)
        steps = numbers(history["step"])
        label = loss_name(str(history.settings.get("loss", text("figures.loss"))))
        draw_curve(above, steps, numbers(history.losses), label, color=BLUE)
        draw_curve(below, steps, gradient_norm(history), text("figures.gradient_norm"), color=VERMILLION)
        step_axis(below)
        return figure

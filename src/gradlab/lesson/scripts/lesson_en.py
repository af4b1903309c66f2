# %% [markdown]
# # Learning by gradient: from Δ to ∇
#
# A line should pass close to some points. It has two knobs, the slope `m` and the intercept `b`, and an error that says
# how far off it is. Which way do we turn the knobs? First we answer as one would at a real machine: nudge a knob by a
# small Δ and look at the error. We shall see where that goes wrong. Then we work out the answer exactly, by hand: the
# gradient, ∇. In the end PyTorch works it out for us, and we look over its shoulder.
#
# Every number below was computed by the cell just above it, in this very run. With another seed the points are others,
# and so are the numbers.
#
# The path is that of *Aprendizaje II*, a lesson by Jorge García González (Universidad de Málaga), told anew. Those who
# know the original find its functions here under these names:
#
# | there | here |
# |---|---|
# | `get_data_from_a_line` | `gradlab.noisy_line` |
# | `line_model` | `gradlab.line`, or the name `"line"` |
# | `AE_loss`, `SE_loss` | `gradlab.absolute_error`, `gradlab.squared_error` |
# | `MAE_loss`, `MSE_loss` | `loss="mae"`, `loss="mse"`: the mean is taken once, by the objective |
# | `AE_loss_d_y_pred`, `SE_loss_d_y_pred` | `absolute_error.derivative`, `squared_error.derivative` |
# | `line_model_d_m`, `line_model_d_b` | `gradlab.line_d_m`, `gradlab.line_d_b` |
# | `grad_MAE`, `grad_MSE` | `gradlab.explicit`, and `gradlab.chain_rule` for any model |
# | the loop | `gradlab.descend`, and `gradlab.fit` for a whole run |

# %%
import math
import textwrap
import time
from functools import partial

import torch
from matplotlib.figure import Figure

import gradlab
from gradlab import figures, text
from gradlab.lesson import say, show

gradlab.set_language("en")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## 1 · From Δ to ∇
#
# ### The error as a landscape
#
# Take one single point. For each pair (m, b) the line predicts something at the point's x, and misses its y by more or
# less. The *absolute error* (AE) is the distance between the two; the *squared error* (SE) is that distance squared.
# Lay m and b on the floor and let the error be the height: it becomes a landscape.

# %%
point = gradlab.Points([4.0], [4.0])
floor = {"m": (-5, 5, 100), "b": (-5, 5, 100)}
ae = gradlab.surface("line", point, loss="mae", over=floor)
se = gradlab.surface("line", point, loss="mse", over=floor)
show(
    figures.draw_surface(ae),
    "surface-ae",
    "Absolute error of one point over m and b: two flat slopes that meet in a crease.",
)
show(figures.draw_surface(se), "surface-se", "Squared error of the same point: a round valley, flat along its bottom.")

# %% [markdown]
# Neither landscape has a lowest *point*: both have a valley floor. Every line that passes through our only point makes
# no error at all, and there are infinitely many such lines. The AE comes down along straight slopes that meet in a
# sharp crease; the SE is round and flattens out on its way down.
#
# And in both the valley is not square to the axes. How much does the error change when we walk along m, and how much
# along b?

# %%
for name, landscape in {"AE": ae, "SE": se}.items():
    errors, across = landscape.values, 2 * landscape.axes[0].diff().mean()
    along_m = (errors[2:, 1:-1] - errors[:-2, 1:-1]).abs().median() / across
    along_b = (errors[1:-1, 2:] - errors[1:-1, :-2]).abs().median() / across
    say(
        f"On the {name} landscape, one unit along m typically changes the error by **{along_m:.3g}**, one unit along b "
        f"by **{along_b:.3g}**: m weighs {along_m / along_b:.2f} times as much."
    )

# %% [markdown]
# That ratio is no accident: it is the x of our point. The line is m·x + b, so m is multiplied by x on its way into the
# prediction, and b is not. The further out a point lies, the longer the lever by which m moves it.
#
# ### One Δ for both?
#
# In the previous session the direction came from trying: raise a parameter by Δ, lower it by Δ, and compare.
#
# > ∂L/∂m ≈ (L(m + Δ) − L(m − Δ)) / 2Δ
#
# This is the *central difference*. But what is a good Δ? Let us take many points instead of one, average their errors
# (the mean absolute error, MAE), and stand near the line that they came from.

# %%
points = gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=seed)
place = {"m": torch.tensor(0.52, dtype=torch.float64), "b": torch.tensor(0.1, dtype=torch.float64)}
mae = gradlab.Objective(gradlab.line, gradlab.absolute_error, points)
exact = gradlab.chain_rule()(mae, place).gradient


def kinks_crossed(name, delta):
    """How many points the line steps over when `name` goes from -Δ to +Δ."""
    sides = [gradlab.line(points.x, **{**place, name: place[name] + shift}) > points.y for shift in (-delta, delta)]
    return int((sides[0] != sides[1]).sum())


print("     Δ   crossed by m   error of ∂L/∂m   crossed by b   error of ∂L/∂b")
for delta in (0.0001, 0.001, 0.01, 0.1, 1.0):
    found = gradlab.finite_difference(delta)(mae, place).gradient
    wrong = {name: abs(found[name] - exact[name]).item() for name in place}
    crossed = {name: kinks_crossed(name, delta) for name in place}
    print(f"{delta:6g} {crossed['m']:14} {wrong['m']:16.2g} {crossed['b']:14} {wrong['b']:16.2g}")

# %% [markdown]
# The MAE is made of straight pieces. A difference over a straight piece is exact, whatever its length; it goes wrong
# when between −Δ and +Δ the line steps over a point, because there the absolute value has its kink. And the same Δ that
# steps over hardly any point when it moves b sweeps over most of them when it moves m. A step that suits one is too
# long for the other.
#
# So then, as small as possible? A computer does not keep all the digits, and a small difference between two nearly
# equal numbers loses most of those it has. Below, the error of the difference for every Δ, in single and in double
# precision, in three situations:
#
# - **MAE, central difference.** Rounding on the left, crossed kinks on the right, and in between it is as good as
#   exact.
# - **MSE, forward difference** (only the half that goes up). The mean *squared* error curves, and a one-sided
#   difference sees the slope half a step further on: an error that grows with Δ. Rounding falls, that error rises: a V.
# - **An exponential, central difference.** With two sides the curvature cancels out and only the third derivative is
#   left. The MSE of a line has none, so there it would show no V; a decaying exponential has one in its rate.

# %%
time_passed, noise = points.x / 50, points.y - 0.5 * points.x
decay = gradlab.Points(time_passed, 20 * torch.exp(-2.5 * time_passed) + noise)
situations = {
    "MAE, central": ("central", gradlab.line, gradlab.absolute_error, points, {"m": 0.52, "b": 0.1}),
    "MSE, forward": ("forward", gradlab.line, gradlab.squared_error, points, {"m": 0.52, "b": 0.1}),
    "exponential, central": ("central", gradlab.exponential, gradlab.squared_error, decay, {"a": 15.0, "b": -2.0}),
}
deltas = torch.logspace(-9, 0, 55, dtype=torch.float64)


def errors_of_delta(scheme, model, loss, points, at):
    """|difference − gradient| for every Δ, parameter and precision; the gradient in double precision is the truth."""
    objective = gradlab.Objective(model, loss, points)
    truth = gradlab.chain_rule()(objective, tensors(at, torch.float64)).gradient
    errors = {}
    for dtype in (torch.float64, torch.float32):
        objective = gradlab.Objective(model, loss, points.to(dtype))
        tried = [gradlab.finite_difference(d, scheme)(objective, tensors(at, dtype)).gradient for d in deltas.tolist()]
        for name in at:
            bits = str(dtype).removeprefix("torch.")
            errors[f"{name}, {bits}"] = torch.stack([abs(one[name].double() - truth[name]) for one in tried])
    return errors


def tensors(numbers, dtype):
    return {name: torch.tensor(number, dtype=dtype) for name, number in numbers.items()}


figure = Figure(figsize=(12, 4.4), layout="constrained")
for axes, (title, situation) in zip(figure.subplots(1, 3), situations.items(), strict=True):
    errors = errors_of_delta(*situation)
    figures.draw_delta_error(deltas, errors, axes=axes)
    axes.set_title(title)
    for label, error in errors.items():
        print(f"{title:20}   {label:10}   best Δ {deltas[error.argmin()]:.1e}")
show(figure, "delta-error", "Error of the difference for each Δ. A triangle on the lower edge: no error at all.")

# %% [markdown]
# One parameter wants this Δ, the other that one; another loss, another precision, another model, and both want
# something else. There is no good Δ, only a good Δ *for this parameter, here*.
#
# ### What a wrong Δ leaves behind
#
# A slope that is slightly off might not matter if the descent still ended in the same place. It does not. Take the
# forward difference on the MSE, with b held fixed. The curve is a parabola, so we can say beforehand what happens: the
# difference is zero half a Δ before the bottom, and there the descent stops, however long we let it run.

# %%
slope_of_least_squares = ((points.x * points.y).sum() / (points.x**2).sum()).item()
forward = {"loss": "mse", "start": {"m": 0.8, "b": 0.0}, "freeze": ["b"], "lr": 3e-4, "steps": 400}
for delta in (0.1, 0.01):
    stopped = gradlab.fit("line", points, gradient="finite-difference:forward", delta=delta, **forward)
    short = stopped.params["m"].item() - slope_of_least_squares
    say(
        f"With Δ = {delta:g} the slope comes to rest at {stopped.params['m']:.6f}; the bottom is at "
        f"{slope_of_least_squares:.6f}. It stops **{-short:.6f}** short, and Δ/2 is {delta / 2:g}."
    )

# %% [markdown]
# ### A descent with Δ beside one with ∇
#
# The original lesson still defines `delta = 0.1`, and then no longer uses it. Let us use it once, side by side: the
# same points, the same start, the same learning rate; on one side the direction comes from the central difference, on
# the other from the gradient that we are about to derive.

# %%
delta = 0.1
run = {"loss": "mae", "start": {"m": 0.8, "b": 0.0}, "freeze": ["b"], "lr": 1e-3, "steps": 25}
with_delta = gradlab.fit("line", points, gradient="finite-difference", delta=delta, **run)
with_nabla = gradlab.fit("line", points, gradient="chain-rule", **run)

figure = Figure(figsize=(9, 3.6), layout="constrained")
for axes, column in zip(figure.subplots(1, 2), ("m", "grad_m"), strict=True):
    axes.plot(with_delta["step"], with_delta[column], "s--", label=f"Δ = {delta}", markersize=4, color="#D55E00")
    axes.plot(with_nabla["step"], with_nabla[column], "o-", label="∇", markersize=4, color="#0072B2")
    axes.set(xlabel="step", ylabel={"m": "m", "grad_m": "∂L/∂m"}[column])
    axes.legend()
show(figure, "delta-beside-nabla", "The slope m (left) and the direction that was used (right), step by step.")
apart = (with_delta["grad_m"] - with_nabla["grad_m"]).abs().max()
say(
    f"After {run['steps']} steps m is **{with_delta.params['m']:.4f}** with Δ "
    f"and **{with_nabla.params['m']:.4f}** with ∇. Along the way the two directions differed by up to {apart:.2f}."
)

# %% [markdown]
# With Δ the direction is an average over a stretch of the landscape: it is smoother, and near the end, where the line
# is passing point after point, it is another. That may help or hurt, but nobody chose it: it came in with Δ.
#
# And what about a model with more than two parameters?

# %%
millions = 1
say(
    f"Trying costs two predictions of everything for every parameter: here {2 * len(place)} at each step. With "
    f"{millions} million parameters it would be {2 * millions} million, and {millions} million values of Δ to choose. "
    "We had better get rid of Δ."
)

# %% [markdown]
# ## 2 · The gradient
#
# ### What it is
#
# Stand somewhere on the landscape. In each direction the ground rises or falls at its own rate. The *gradient* ∇L is
# the vector of the rates along the axes, the partial derivatives:
#
# > ∇L = (∂L/∂m, ∂L/∂b)
#
# It knows more than the axes: it **points in the direction of steepest ascent, and its length is the rate of ascent**
# in that direction. We need not take that on trust. Let us walk a tiny step in every direction of the compass, measure
# the rate, and look for the greatest.

# %%
start = {"m": torch.tensor(0.8, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}


def rate(angle, h=1e-4):
    """How fast the MAE rises at the start when we leave it in this direction."""
    forth, back = (
        mae({"m": start["m"] + h * sign * math.cos(angle), "b": start["b"] + h * sign * math.sin(angle)})
        for sign in (1, -1)
    )
    return ((forth - back) / (2 * h)).item()


compass = [math.radians(tenths / 10) for tenths in range(3600)]
steepest = max(compass, key=rate)
gradient = gradlab.chain_rule()(mae, start).gradient
length, direction = torch.hypot(gradient["m"], gradient["b"]), torch.atan2(gradient["b"], gradient["m"])
say(
    f"The steepest of {len(compass)} directions tried: **{math.degrees(steepest):.1f}°**, "
    f"at a rate of **{rate(steepest):.3f}**. The gradient ({gradient['m']:.3f}, {gradient['b']:.3f}) "
    f"points to {math.degrees(direction):.1f}° and has length {length:.3f}."
)

# %% [markdown]
# ### Why we subtract
#
# The gradient says where the error *grows*. We want it smaller, so we take a step the opposite way. How long? The
# gradient times a small number, the *learning rate* `lr`:
#
# > m ← m − lr · ∂L/∂m

# %%
lr = 1e-3
stepped = {sign: {name: start[name] + sign * lr * gradient[name] for name in start} for sign in (-1, 1)}
say(
    f"MAE at the start: {mae(start):.4f}. After a step along −∇: **{mae(stepped[-1]):.4f}**, lower. "
    f"After the same step along +∇: {mae(stepped[1]):.4f}, higher."
)

# %% [markdown]
# ### The chain rule
#
# The error does not depend on m directly. It depends on the prediction, and the prediction depends on m. When a change
# is passed on from hand to hand, the rates multiply. That is the *chain rule*: the derivative of f(g(m)) is the
# derivative of f, taken at g(m), times the derivative of g. With ŷ for the prediction and ℓ for the error of one point:
#
# > ∂ℓ/∂m = ∂ℓ/∂ŷ · ∂ŷ/∂m        ∂ℓ/∂b = ∂ℓ/∂ŷ · ∂ŷ/∂b
#
# The first factor knows the error and nothing of the model; the second knows the model and nothing of the error. We can
# work them out apart, and combine any error with any model.
#
# **The line.** In m·x + b the letter m is multiplied by x, and b by one:
#
# > ∂ŷ/∂m = x        ∂ŷ/∂b = 1
#
# **The squared error.** The derivative of r² is 2r, with the residual r = ŷ − y:
#
# > ∂SE/∂ŷ = 2 (ŷ − y)
#
# **The absolute error.** |r| is r to the right of zero and −r to the left, so its derivative is the sign:
#
# > ∂AE/∂ŷ = +1 if ŷ > y,  −1 if ŷ < y

# %%
residual = torch.linspace(-3, 3, 241, dtype=torch.float64)
zero = torch.zeros_like(residual)
figure = Figure(figsize=(9, 3.4), layout="constrained")
for axes, loss, name in zip(
    figure.subplots(1, 2), (gradlab.absolute_error, gradlab.squared_error), ("AE", "SE"), strict=True
):
    slope = loss.derivative(residual, zero)
    slope[residual.abs() < 1e-9] = math.nan if name == "AE" else 0.0
    axes.plot(residual, loss(residual, zero), label=name, color="#0072B2")
    axes.plot(residual, slope, "--", label=f"∂{name}/∂ŷ", color="#D55E00")
    axes.set(xlabel="ŷ − y", ylim=(-4, 5))
    axes.legend(loc="upper center")
show(
    figure,
    "losses-and-derivatives",
    "The two errors and their derivatives. That of the AE jumps at zero, where it is not defined.",
)

# %% [markdown]
# Let us follow one point by hand, with its own numbers.

# %%
x, y = points.x[0], points.y[0]
m, b = start["m"], start["b"]
prediction = m * x + b
r = prediction - y
say(
    f"The first point is x = {x:.3f}, y = {y:.3f}. The line predicts ŷ = {m:g} · {x:.3f} + {b:g} = {prediction:.3f}; "
    f"the residual is r = {r:.3f}. So ∂SE/∂ŷ = 2r = {2 * r:.3f}, ∂ŷ/∂m = x = {x:.3f}, and "
    f"∂SE/∂m = {2 * r:.3f} · {x:.3f} = **{2 * r * x:.3f}**."
)
one = gradlab.Objective(gradlab.line, gradlab.squared_error, points.rows(slice(0, 1)))
tried = gradlab.finite_difference(1e-3)(one, start).gradient["m"]
say(f"The central difference over that single point says {tried:.3f}.")

# %% [markdown]
# ### A kink, and a free choice
#
# Where r is zero the absolute value has no derivative: from the left it would be minus one, from the right plus one.
# Does it matter? Hardly: a computed residual is almost never exactly zero, and any number between the two slopes serves
# (mathematicians call each of them a *subgradient*). But some number must be returned, so one is chosen. The original
# lesson chose plus one; PyTorch chose zero. Here you choose, with `kink`. To see it, we put a line exactly through two
# of three points:

# %%
on_the_line = gradlab.Points([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
through_two = gradlab.Objective(gradlab.line, gradlab.absolute_error, on_the_line)
identity = {"m": torch.tensor(1.0, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}
for kink in (-1.0, 0.0, 1.0):
    chosen = gradlab.chain_rule(kink=kink)(through_two, identity).gradient
    print(f"kink = {kink:2.0f}   ∂L/∂m = {chosen['m']:+.4f}   ∂L/∂b = {chosen['b']:+.4f}")

# %% [markdown]
# ### The derivative of a mean
#
# Our loss is the mean over all points: a sum, times the constant 1/N. The derivative of a sum is the sum of the
# derivatives, and a constant stays in front. In short: **the derivative of a mean is the mean of the derivatives**. So
# we can multiply point by point and average at the very end:
#
# > ∂MAE/∂m = mean( sign(ŷ − y) · x )        ∂MAE/∂b = mean( sign(ŷ − y) )
# >
# > ∂MSE/∂m = mean( 2 (ŷ − y) · x )        ∂MSE/∂b = mean( 2 (ŷ − y) )
#
# These are the gradients that the original lesson writes out by hand. Here they are in code, beside two other ways to
# the same numbers: `chain_rule`, which records the operations of *any* model and applies the chain rule to them one by
# one, and PyTorch's own autograd, which we get to know below.

# %%
partials = {"m": gradlab.line_d_m, "b": gradlab.line_d_b}
for name, loss in {"MAE": gradlab.absolute_error, "MSE": gradlab.squared_error}.items():
    objective = gradlab.Objective(gradlab.line, loss, points)
    ways = {
        "written out": gradlab.explicit(loss.derivative, partials),
        "chain_rule": gradlab.chain_rule(),
        "autograd": gradlab.autograd(),
    }
    gradients = {way: gradient(objective, start).gradient for way, gradient in ways.items()}
    for way, found in gradients.items():
        print(f"{name}  {way:12}  ∂L/∂m = {found['m']:.12f}   ∂L/∂b = {found['b']:.12f}")
    apart = max(
        abs(one[p] - two[p]).item() for one in gradients.values() for two in gradients.values() for p in partials
    )
    say(f"The three ways to the {name}'s gradient differ by at most {apart:.1e}: rounding, if anything.")

# %% [markdown]
# Computing the prediction and its loss is called the *forward* pass: from the parameters to the error. Computing the
# gradient is the *backward* pass: from the error back to the parameters, factor by factor. Every training loop is these
# two, and a subtraction.
#
# ## 3 · The loop
#
# ### Forward, backward, subtract
#
# We let b rest at its true value and learn m alone: a landscape of one dimension is easier to watch. Here is the whole
# of learning, in a handful of lines:

# %%
m, b = torch.tensor(0.8, dtype=torch.float64), 0.0
slopes = [m]
for _ in range(25):
    prediction = gradlab.line(points.x, m, b)  # forward
    sign = gradlab.absolute_error.derivative(prediction, points.y)
    grad_m = (sign * gradlab.line_d_m(points.x, m, b)).mean()  # backward
    m = m - lr * grad_m
    slopes.append(m)
say(f"Start at m = {slopes[0]:g}; after {len(slopes) - 1} steps m = **{m:.6f}**.")

# %% [markdown]
# `gradlab.fit` runs the same loop and writes down everything it sees. Its log, step by step (b is frozen: it has a
# gradient, and does not move):

# %%
history = gradlab.fit("line", points, gradient="chain-rule", **run)
print(*text.step_log(history), sep="\n")
say(
    f"The largest difference from our own loop, over all steps: {(history['m'] - torch.stack(slopes)).abs().max():.1e}."
)
show(
    figures.draw_evolution("line", points, history, true={"m": 0.5, "b": 0.0}),
    "evolution-by-hand",
    "The line at each step, from light to dark; the points; and, dashed, the line from which they came.",
)

# %% [markdown]
# As long as every point stays on its side of the line, ∂L/∂m does not change from one step to the next: the MAE only
# counts signs. It changes when the line passes a point. Near the end, with points on both sides, it becomes small and
# may change sign: the line has arrived, and from there on it can only rock to and fro.
#
# ### b is right, so why is ∂L/∂b not zero?
#
# From the first step to the last b had its true value, and still the gradient wanted to move it. At the start that is
# clear: with a wrong m nearly all points lie on one side, and moving b would help as well. But look at the place where
# *both* parameters are true:

# %%
truth = {"m": torch.tensor(0.5, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}


def gradient_at_the_truth(points):
    """Points below the true line, points above it, and ∂MAE/∂b there."""
    below = int((gradlab.line(points.x, **truth) > points.y).sum())
    objective = gradlab.Objective(gradlab.line, gradlab.absolute_error, points)
    return below, len(points) - below, gradlab.chain_rule()(objective, truth).gradient["b"].item()


others = [gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=10_000 * (seed + 1) + other) for other in range(400)]
print("               below   above   (below − above)/n    ∂L/∂b")
for whose, some in {"our points": points, **{f"others no. {number}": others[number] for number in range(1, 5)}}.items():
    below, above, grad_b = gradient_at_the_truth(some)
    print(f"{whose:13}  {below:5}   {above:5}   {(below - above) / len(some):17.2f}   {grad_b:z6.2f}")
grads_b = torch.tensor([gradient_at_the_truth(other)[2] for other in others])
say(
    f"Over {len(others)} sets of points ∂L/∂b averages {grads_b.mean():+.3f}, with a standard deviation of "
    f"**{grads_b.std():.3f}**; tossing {len(points)} coins would give {1 / math.sqrt(len(points)):.3f}. "
    f"In {(grads_b.abs() < 1e-9).sum()} of the sets it was exactly zero."
)

# %% [markdown]
# For the MAE, ∂L/∂b only counts: how many points lie below the line, less how many lie above, over all. The gradient
# knows nothing of the truth. It knows *these* points, and by chance a few more of them fall on one side. That both
# sides balance exactly does happen, but as the exception.
#
# ### And why is the slope not the true one?
#
# For two reasons, and they are of different kinds.
#
# **Chance.** Other points, another slope. The more points, the smaller the difference.
#
# **Noise on x.** Our points were shaken sideways too, and that is not symmetric: it always flattens. Think of points
# shaken so hard sideways that nothing is left of the line: the best slope would be zero. Least squares finds on average
# not m but m times a factor, and more points do not cure it:
#
# > b free:  var(x) / (var(x) + σ²)        b fixed at 0:  E[x²] / (E[x²] + σ²)
#
# With b fixed the line is pinned at the origin, and it is the distance from the origin that counts, not the spread: the
# flattening is weaker. Let us check both, over thousands of sets of points at a time, with noise on x and without. (For
# a line, the least-squares slope has a formula; the slope of least MAE with b fixed is a weighted median of y/x.)


# %%
def fitted_slopes(sets, sigma_x, generator):
    """The best slope of each of `sets` sets of 50 points, with b fixed or free, for the MSE or the MAE."""
    x_true = 50 * torch.rand(sets, 50, generator=generator, dtype=torch.float64)
    x, y = (
        values + sigma * torch.randn(sets, 50, generator=generator, dtype=torch.float64)
        for values, sigma in ((x_true, sigma_x), (0.5 * x_true, 2.0))
    )
    centred = x - x.mean(dim=1, keepdim=True)
    ratios, order = (y / x).sort(dim=1)
    weights = x.abs().gather(1, order).cumsum(dim=1)
    median = (weights >= weights[:, -1:] / 2).double().argmax(dim=1, keepdim=True)
    return {
        "MSE, b fixed": (x * y).sum(dim=1) / (x * x).sum(dim=1),
        "MSE, b free": (centred * y).sum(dim=1) / (centred * centred).sum(dim=1),
        "MAE, b fixed": ratios.gather(1, median).squeeze(1),
    }


generator = torch.Generator().manual_seed(seed + 1)
sets, mean_square, variance = 8_000, 50**2 / 3, 50**2 / 12
theory = {"MSE, b fixed": mean_square / (mean_square + 2**2), "MSE, b free": variance / (variance + 2**2)}
still, shaken = fitted_slopes(sets, 0.0, generator), fitted_slopes(sets, 2.0, generator)
print(f"{'':12}   x exact   noise on x   (± by chance)   0.5 · factor   spread of one run")
for name, found in shaken.items():
    predicted = f"{0.5 * theory[name]:13.5f}" if name in theory else f"{'–':>13}"
    means = f"{still[name].mean():9.5f} {found.mean():12.5f}   ± {found.std() / math.sqrt(sets):.5f}"
    print(f"{name:12} {means}    {predicted} {found.std():19.5f}")
bias, spread = 0.5 - shaken["MSE, b fixed"].mean(), shaken["MSE, b fixed"].std()
say(
    f"With b fixed, as in our run, the flattening takes **{bias:.5f}** off the slope, while chance moves it by "
    f"±{spread:.5f} from one run to the next. In a single run of {len(points)} points it is chance that decides. "
    f"With b free the flattening is {0.5 - shaken['MSE, b free'].mean():.5f}, "
    f"and chance ±{shaken['MSE, b free'].std():.5f}."
)

# %%
figure = Figure(figsize=(9, 3.4), layout="constrained")
bins = torch.linspace(0.42, 0.58, 81).tolist()
for axes, name in zip(figure.subplots(1, 2, sharex=True, sharey=True), theory, strict=True):
    axes.hist(still[name], bins, alpha=0.45, color="#56B4E9", label="x exact")
    axes.hist(shaken[name], bins, histtype="step", linewidth=1.6, color="#D55E00", label="noise on x")
    axes.axvline(0.5, color="black", linewidth=1, label="true m")
    axes.axvline(0.5 * theory[name], color="#D55E00", linestyle="--", linewidth=1.4, label="m · factor")
    axes.set(title=name, xlabel="m", ylabel="runs")
    axes.legend(fontsize=8)
show(
    figure,
    "flattening",
    "Fitted slopes of thousands of runs: chance spreads them, noise on x also shifts them to the left.",
)

# %% [markdown]
# ## 4 · Autograd
#
# ### PyTorch knows the derivatives
#
# For one line with two parameters we wrote two derivatives. Must whoever trains a network with a million parameters
# write a million? No: deriving is following rules, and a machine follows rules. PyTorch knows the derivative of every
# operation it offers, and its *autograd* chains them. Watch it on a cube:

# %%
a = torch.tensor(2.0, requires_grad=True)
cube = a**3
print("a =", a.item(), "  cube =", cube.item(), "  made by:", cube.grad_fn.name())
print("gradient before backward:", a.grad)

visits = []
cube.register_hook(lambda gradient: visits.append(gradient.item()))
print("visits by the gradient so far:", len(visits))

cube.backward()
print("gradient after backward:", a.grad.item(), "  by hand, 3·a²:", 3 * a.item() ** 2)
print("visits by the gradient now:", len(visits))

# %% [markdown]
# In the forward pass PyTorch computed the cube and noted *how*: `grad_fn` is the note. Nothing was derived. Only
# `backward()` walks back through the notes, and then the leaf `a` receives its gradient. What nobody asks for is not
# computed: gradients cost time and memory, and often one only wants the prediction.
#
# The notes together form the *computation graph*. That of the cube is as small as they come: a leaf, an operation, a
# result.

# %%
with gradlab.trace() as traced:
    a = torch.tensor(2.0, requires_grad=True)
    cube = a**3
    cube.backward()
show(
    traced.graph(cube).svg(),
    "graph-of-the-cube",
    "The graph of the cube: values on the way there, gradients on the way back.",
)

# %% [markdown]
# ### Ready-made losses
#
# The usual losses come with PyTorch: `torch.nn.L1Loss` is the MAE, `torch.nn.MSELoss` the MSE. The names mix two
# customs. The L1 norm of the residuals is the *sum* of their absolute values; L1Loss is their mean. And the MSE is not
# the L2 norm, though it is sometimes called so: that would be the root of the sum of the squares.

# %%
points = gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=seed + 1, dtype=torch.float32)
x, y = points.x, points.y
guess = gradlab.line(x, 0.8, 0.0)
residual = guess - y
absolute, square = residual.abs(), residual**2
print(f"L1Loss    {torch.nn.L1Loss()(guess, y):11.6f}     mean of |r|   {absolute.mean():11.6f}")
print(f"L1 norm   {residual.norm(1):11.6f}     sum of |r|    {absolute.sum():11.6f}")
print(f"MSELoss   {torch.nn.MSELoss()(guess, y):11.6f}     mean of r²    {square.mean():11.6f}")
print(f"L2 norm   {residual.norm(2):11.6f}     √(sum of r²)  {square.sum().sqrt():11.6f}")

# %% [markdown]
# They are said to be faster than our own, since they come compiled. What matters is whether such a loss is really *one*
# operation, with one note in the graph, or again a chain of several; the graph tells. And it matters how many points
# there are: with few, most of the time goes into calling each operation; with many, into the arithmetic and the memory.
# Let us look at the notes, and measure forward and backward together.


# %%
def microseconds(actions, repeats):
    """The shortest mean time of one call of each action, in turns: what disturbs a measurement only makes it longer."""
    shortest = [math.inf] * len(actions)
    for _ in range(12):
        for place, action in enumerate(actions):
            begin = time.perf_counter()
            for _ in range(repeats):
                action()
            shortest[place] = min(shortest[place], 1e6 * (time.perf_counter() - begin) / repeats)
    return shortest


def notes(tensor):
    """The chain of notes from a loss back to the prediction."""
    names, note = [], tensor.grad_fn
    while note is not None and "Accumulate" not in note.name():
        names.append(note.name().removesuffix("0").removesuffix("Backward"))
        note = note.next_functions[0][0]
    return " ← ".join(names)


def forth_and_back(loss, sample, target):
    return torch.autograd.grad(loss(sample, target), sample)


ready_made = {"MAE": torch.nn.L1Loss(), "MSE": torch.nn.MSELoss()}
our_own = {"MAE": lambda guess, y: (guess - y).abs().mean(), "MSE": lambda guess, y: ((guess - y) ** 2).mean()}
print("loss    points   our own (µs)   ready-made (µs)   ratio   notes of ours        notes of the ready-made")
for name in ready_made:
    for n, repeats in ((50, 200), (20_000, 50)):
        sample, target = torch.linspace(-1, 1, n, requires_grad=True), torch.zeros(n)
        losses = (our_own[name], ready_made[name])
        own, ready = microseconds([partial(forth_and_back, loss, sample, target) for loss in losses], repeats)
        chains = [notes(loss(sample, target)) for loss in losses]
        print(f"{name}   {n:8} {own:14.1f} {ready:17.1f} {own / ready:7.2f}   {chains[0]:18}   {chains[1]}")

# %% [markdown]
# A ratio above one says that the ready-made loss is faster. Where its chain is as long as ours there is nothing to be
# gained: it is the same three operations under another name. "Compiled" is true of every operation of PyTorch, ours
# included; fewer operations is what makes a difference. (These are times: with the few more below, the only numbers of
# the lesson that change from run to run even with the same seed.)
#
# ### The loop again
#
# New points, the same loop; this time without a single derivative of ours. Some lines are new. We shall go through them
# one by one in the next station.

# %%
lr, steps = 1e-3, 25
mean_error = torch.nn.L1Loss()
m, b = (torch.tensor(number, requires_grad=True) for number in (0.8, 0.0))
m_evolution = [m.clone().detach()]

for step in range(steps):
    for parameter in (m, b):
        if parameter.grad is not None:
            parameter.grad.zero_()
    prediction = gradlab.line(x, m, b)  # forward
    loss = mean_error(prediction, y)
    loss.backward()  # backward
    with torch.no_grad():
        m -= lr * m.grad
    m_evolution.append(m.clone().detach())
    if step in (0, 1, 2, steps - 2, steps - 1):
        was = m_evolution[step]
        print(f"step {step:2}   m = {was:.6f}   loss = {loss:.4f}   ∂L/∂m = {m.grad:8.4f}   ∂L/∂b = {b.grad:+z.4f}")

history = gradlab.fit("line", points, gradient="autograd", **run)
apart = (history["m"] - torch.stack(m_evolution)).abs().max()
say(
    f"After {steps} steps m = **{m:.6f}**. `gradlab.fit` with autograd passes through the same {len(history)} slopes; "
    f"the largest difference is {apart:.1e}."
)
show(
    figures.draw_evolution("line", points, history, true={"m": 0.5, "b": 0.0}),
    "evolution-by-autograd",
    "The same picture as in the previous station, on new points; here the derivatives are PyTorch's.",
)

# %% [markdown]
# The graph of one step has more to it than that of the cube. Two leaves ask for a gradient, `m` and `b`; the data do
# not. Read it from left to right for the prediction and the loss, and from right to left for the gradient: at each
# operation what arrives is multiplied by a local derivative, the number after ×, and passed on, the number after ←. The
# loss stands there as one box; `traced.graph(loss).open()` would show what is inside.

# %%
with gradlab.trace() as traced:
    m = torch.tensor(0.8, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    prediction = m * x + b
    loss = mean_error(prediction, y)
    loss.backward()
show(
    traced.graph(loss).svg(), "graph-of-a-step", "The graph of one step: the leaves m and b, the operations, the loss."
)

# %% [markdown]
# ### Why nobody writes a million derivatives
#
# Nor tries a million little steps. Let us count how often each way has to compute the whole prediction, for models with
# more and more parameters:


# %%
def forwards(gradient, parameters):
    """How many times `gradient` evaluates the loss of a model with so many parameters."""
    inputs = torch.randn(20, parameters, generator=torch.Generator().manual_seed(seed))
    params = {"w": torch.zeros(parameters - 1), "b": torch.tensor(0.0)}
    count = 0

    def loss(params):
        nonlocal count
        count += 1
        return ((inputs[:, 1:] @ params["w"] + params["b"] - inputs[:, 0]) ** 2).mean()

    gradient(loss, params)
    return count


print("parameters   forwards with Δ   forwards with autograd")
for parameters in (2, 10, 100, 1000):
    counts = [forwards(gradient, parameters) for gradient in (gradlab.finite_difference(0.1), gradlab.autograd())]
    print(f"{parameters:10} {counts[0]:17} {counts[1]:24}")

# %% [markdown]
# With Δ: two for each parameter, and one for the loss itself. With autograd: one, and one backward, always. So what
# would a million parameters cost?

# %%
parameters = 1_000_000
inputs = torch.randn(8, parameters, generator=torch.Generator().manual_seed(seed))
weights = torch.zeros(parameters, requires_grad=True)


def forward():
    return (inputs @ weights - 1).square().mean()


with torch.no_grad():
    (one_forward,) = microseconds([forward], 2)
(both,) = microseconds([lambda: torch.autograd.grad(forward(), weights)], 2)
minutes = 2 * parameters * one_forward / 1e6 / 60
say(
    f"One forward took {one_forward / 1e3:.2f} ms, forward and backward together {both / 1e3:.2f} ms. With Δ, one step "
    f"needs {2 * parameters / 1e6:g} million forwards: **{minutes:.0f} minutes** (multiplied out, not waited for). "
    f"Autograd needs {2 * parameters * one_forward / both / 1e3:.0f} thousand times less."
)

# %% [markdown]
# ## 5 · One by one
#
# Now the lines of the loop that were new. Each one is there for a reason, and the reason shows best when the line is
# missing. Whatever fails below really fails here; the messages are PyTorch's and matplotlib's own.


# %%
def failure_of(action):
    """What is raised when `action` runs; that nothing is raised would be news, and stops the lesson."""
    try:
        action()
    except Exception as error:
        return textwrap.fill(f"{type(error).__name__}: {error}", width=92, subsequent_indent="    ")
    raise AssertionError("this was expected to fail")


def leaf():
    """The slope at its start, anew, and asking for a gradient."""
    return torch.tensor(0.8, requires_grad=True)


# %% [markdown]
# ### requires_grad
#
# `requires_grad=True` tells PyTorch to take notes on everything that is computed from this tensor. Without it there are
# no notes, and nothing to walk back through:

# %%
quiet, noted = torch.tensor(0.8), leaf()
for name, m in {"quiet": quiet, "noted": noted}.items():
    loss = mean_error(m * x, y)
    print(f"{name}: loss.requires_grad = {loss.requires_grad}, loss.grad_fn = {loss.grad_fn and loss.grad_fn.name()}")
print(failure_of(lambda: mean_error(quiet * x, y).backward()))

# %% [markdown]
# ### clone().detach()
#
# To draw the evolution we kept copies of m. `detach()` gives the tensor without its notes; without it, matplotlib
# refuses:

# %%
print(failure_of(lambda: Figure().add_subplot().plot([0, 1], [noted, noted])))

# %% [markdown]
# And `clone()`? A detached tensor still shares its memory with the original. Since we update in place, all that we had
# kept would change along with it:

# %%
m = leaf()
shared, copied = [], []
for _ in range(3):
    shared.append(m.detach())
    copied.append(m.clone().detach())
    with torch.no_grad():
        m -= 0.1
print("detach() alone:    ", [round(value.item(), 2) for value in shared])
print("clone().detach():  ", [round(value.item(), 2) for value in copied])

# %% [markdown]
# ### zero_()
#
# PyTorch *adds* each gradient to what is already in `.grad`. That is useful when a gradient comes together from several
# parts, and a trap in a loop: without clearing, each step goes along the sum of all gradients so far.

# %%
m = leaf()
for turn in (1, 2, 3):
    mean_error(m * x, y).backward()
    print(f"backward no. {turn}, nothing cleared:  m.grad = {m.grad:.4f}")
m.grad.zero_()
print(f"after zero_():                   m.grad = {m.grad:.4f}")
mean_error(m * x, y).backward()
print(f"backward once more:              m.grad = {m.grad:.4f}")

# %% [markdown]
# (Before the first backward there is no gradient to clear: `.grad` is `None`. Hence the `if` in the loop.)
#
# ### backward()
#
# It starts from *one number*, for "the gradient of fifty numbers" is no vector but a table. And it uses the notes up:
# what the forward pass had kept is freed on the way, so each backward needs its own forward.

# %%
m = leaf()
print(failure_of(lambda: (m * x - y).abs().backward()))

loss = ((m * x - y) ** 2).mean()
loss.backward()
print(failure_of(loss.backward))

# %% [markdown]
# ### no_grad
#
# The update is a computation too, and m takes part in it. But it does not belong to the model: we do not want notes of
# it. Under `torch.no_grad()` none are taken. If m is changed in place without that, PyTorch objects, since the leaf
# whose gradient it is to compute would no longer be what it was:

# %%
m = leaf()
mean_error(m * x, y).backward()


def update_in_the_open():
    global m
    m -= lr * m.grad


print(failure_of(update_in_the_open))
with torch.no_grad():
    unnoted = m - lr * m.grad
print(f"m - lr * m.grad under no_grad: requires_grad = {unnoted.requires_grad}, grad_fn = {unnoted.grad_fn}")

# %% [markdown]
# ### Three ways to update
#
# They look alike, and only two of them learn. The names first:
#
# - **re-bound**: `m = m - lr * m.grad`. The right-hand side is a *new* tensor, and the name m moves over to it. Made
#   under `no_grad`, it asks for no gradient.
# - **re-bound and tracked**: `m = (m - lr * m.grad).requires_grad_(True)`. New as well, but told to ask for one.
# - **in place**: `m -= lr * m.grad`. The same tensor with a new value. No new memory, no new object.


# %%
def learn(update, steps, b_tracked=True):
    """The loop, with the update left open."""
    m, b = leaf(), torch.tensor(0.0, requires_grad=b_tracked)
    for _ in range(steps):
        if m.grad is not None:
            m.grad.zero_()
        mean_error(gradlab.line(x, m, b), y).backward()
        with torch.no_grad():
            m = update(m)
    return m


def rebound(m):
    m = m - lr * m.grad
    return m


def rebound_and_tracked(m):
    m = (m - lr * m.grad).requires_grad_(True)
    return m


def in_place(m):
    m -= lr * m.grad
    return m


print("way                   same object   is_leaf   requires_grad")
for update in (rebound, rebound_and_tracked, in_place):
    before = leaf()
    mean_error(before * x, y).backward()
    with torch.no_grad():
        after = update(before)
    print(f"{update.__name__:20}  {after is before!s:11}   {after.is_leaf!s:7}   {after.requires_grad}")

# %% [markdown]
# All three hand back a leaf: without notes there is nothing that it was made from. But only the last is the *same*
# object, and the first asks for no gradient. One step goes well with each. The second step does not:

# %%
print(f"rebound, one step:    m = {learn(rebound, 1):.6f}")
print("rebound, second step:", failure_of(lambda: learn(rebound, 2, b_tracked=False)))
print("… if b is tracked:   ", failure_of(lambda: learn(rebound, 2)))
for update in (rebound_and_tracked, in_place):
    print(f"{update.__name__}, {steps} steps:  m = {learn(update, steps):.6f}")

# %% [markdown]
# Two different errors for the same mistake. If m is the only one that asks for a gradient, the second loss has no notes
# at all, and `backward()` itself complains. If b asks too, as in the original loop, the loss does have notes, those of
# b: `backward()` succeeds, and what fails is the update, where `m.grad` is `None`. The message speaks of a
# multiplication; the mistake was made one step earlier, in the assignment.
#
# ### What to take along
#
# - A step Δ shows the direction only roughly; there is no Δ that suits all parameters, and each costs two predictions.
# - The gradient gives the direction exactly: derivative of the error times derivative of the model, averaged over the
#   points. We go against it.
# - It knows the points, not the truth: chance moves the result, and noise on x flattens it.
# - PyTorch writes the derivatives. What is left to us is to ask (`requires_grad`, `backward`), to clear (`zero_`), to
#   update in place and unnoted (`no_grad`), and to keep copies (`clone().detach()`).
#
# And when a loop of your own does not learn: `gradlab doctor your_script.py` watches it and says why.
#
# ### Further reading
#
# - Gradient: <https://en.wikipedia.org/wiki/Gradient>
# - Chain rule: <https://en.wikipedia.org/wiki/Chain_rule>
# - L1Loss: <https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html>
# - MSELoss: <https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html>

"""Operations on bare tensors, and Functions of one's own."""

import torch

from computations.common import Computed, computation, constant, leaf


@computation
def one_tensor_used_twice() -> Computed:
    a = leaf(3)
    b = a * a + a
    loss = (b / a.exp()).sum()
    return loss, {"a": a, "b": b}


@computation
def broadcasting_in_two_directions() -> Computed:
    row, column = leaf(1, 4), leaf(3, 1, seed=1)
    table = row * column + row
    loss = table.pow(2).mean()
    return loss, {"row": row, "column": column, "table": table}


@computation
def in_place_on_an_intermediate() -> Computed:
    a = leaf(4)
    b = a * 2
    b += a
    b.mul_(a.detach())
    loss = b.sum()
    return loss, {"a": a}


@computation
def in_place_through_a_view() -> Computed:
    a, w = leaf(4), leaf(2, seed=1)
    b = a * 2
    top = b[:2]
    top.mul_(w)
    loss = (b * b).sum() + top.sum()
    return loss, {"a": a, "w": w}


@computation
def setitem() -> Computed:
    a, c = leaf(4), leaf(seed=1)
    b = a * 3
    b[1] = c
    loss = (b**2).sum()
    return loss, {"a": a, "c": c}


@computation
def views_and_reshapes() -> Computed:
    a = leaf(2, 6)
    b = a.view(3, 4).t().reshape(-1)[2:8]
    loss = (b * constant(6)).sum()
    return loss, {"a": a, "b": b}


@computation
def double_backward() -> Computed:
    x = leaf(3)
    y = (x**3).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    loss = (g**2).sum()
    return loss, {"x": x, "g": g}


@computation
def gradient_penalty() -> Computed:
    x, w = leaf(3), leaf(3, seed=1)
    score = torch.tanh(w * x).sum()
    (g,) = torch.autograd.grad(score, x, create_graph=True)
    loss = score + (g.norm() - 1) ** 2
    return loss, {"x": x, "w": w, "score": score, "g": g}


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, factor):
        ctx.save_for_backward(a)
        ctx.factor = factor
        return factor * a**3

    @staticmethod
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        return ctx.factor * 3 * a**2 * g, None


@computation
def function_of_the_users_own() -> Computed:
    a = leaf(3)
    cubed = Cube.apply(a, 2.0)
    loss = cubed.sum() + a.sum()
    return loss, {"a": a, "cubed": cubed}


class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a + b, a * b

    @staticmethod
    def backward(ctx, g, h):
        a, b = ctx.saved_tensors
        return g + h * b, g + h * a


@computation
def function_with_two_results() -> Computed:
    a, b = leaf(3), leaf(3, seed=1)
    total, product = Both.apply(a, b)
    loss = (total * product).sum()
    return loss, {"a": a, "b": b, "total": total, "product": product}


@computation
def indexing() -> Computed:
    table = leaf(5, 2)
    rows = table[torch.tensor([0, 3, 3])]
    loss = (rows * constant(3, 2)).sum() + table[1, 0]
    return loss, {"table": table, "rows": rows}


@computation
def where_and_clamp() -> Computed:
    a, b = leaf(5), leaf(5, seed=1)
    chosen = torch.where(a > 0, a * b, b.clamp(-0.5, 0.5))
    loss = chosen.sum()
    return loss, {"a": a, "b": b, "chosen": chosen}


@computation
def several_results() -> Computed:
    a = leaf(3, 4)
    values, _ = a.max(dim=1)
    first, second = (a * 2).split([1, 2])
    loss = values.sum() + (first * 3).sum() + second.pow(2).sum()
    return loss, {"a": a, "values": values, "first": first, "second": second}


@computation
def unbound() -> Computed:
    a = leaf(3, 2)
    loss = sum((row * (position + 1)).sum() for position, row in enumerate(a))
    return loss, {"a": a}


@computation
def stacked() -> Computed:
    a, b = leaf(2), leaf(2, seed=1)
    both = torch.cat([a, b, a])
    pile = torch.stack([both, both**2])
    loss = pile.prod(0).sum()
    return loss, {"a": a, "b": b, "both": both, "pile": pile}


@computation
def products_of_matrices() -> Computed:
    a, b, v = leaf(2, 3), leaf(3, 4, seed=1), leaf(4, seed=2)
    c = a @ b
    loss = torch.einsum("ij,j->i", c, v).sum() + torch.linalg.norm(c)
    return loss, {"a": a, "b": b, "v": v, "c": c}


@computation
def solved_system() -> Computed:
    a, y = leaf(3, 3), leaf(3, seed=1)
    matrix = a @ a.T + torch.eye(3, dtype=torch.float64)
    x = torch.linalg.solve(matrix, y)
    loss = x.dot(y) + torch.logdet(matrix)
    return loss, {"a": a, "y": y, "matrix": matrix, "x": x}


@computation
def detached_part() -> Computed:
    a = leaf(3)
    target = (a * 2).detach()
    difference = a - target
    loss = difference.pow(2).sum()
    return loss, {"a": a, "difference": difference}


@computation
def part_without_gradient() -> Computed:
    a, w = leaf(3), leaf(3, seed=1)
    with torch.no_grad():
        scale = a.abs().sum()
    loss = (w * a / scale).sum()
    return loss, {"a": a, "w": w}


@computation
def recurrence() -> Computed:
    w, u = leaf(2, 2), leaf(2, seed=1)
    h = torch.zeros(2, dtype=torch.float64)
    for _ in range(4):
        h = torch.tanh(w @ h + u)
    loss = h.sum()
    return loss, {"w": w, "u": u, "h": h}


@computation
def complex_numbers() -> Computed:
    a = leaf(4)
    spectrum = torch.fft.fft(a)
    loss = spectrum.abs().pow(2).sum()
    return loss, {"a": a}


@computation
def leaf_is_the_root() -> Computed:
    return leaf(), {}


@computation
def view_of_a_leaf_under_no_grad() -> Computed:
    w, x = leaf(2, 3), leaf(3, seed=1)
    with torch.no_grad():
        turned = w.t()
        scale = turned.sum()
    loss = (w @ x).sum() * scale + (turned * 2).sum()
    return loss, {"w": w, "x": x}

"""Losses, modules and layers."""

import torch
import torch.nn.functional as F
from torch import nn

from computations.common import Computed, computation, constant, leaf


@computation
def line_and_mae() -> Computed:
    m, b, x = leaf(), leaf(seed=1), constant(5)
    y_hat = m * x + b
    loss = nn.L1Loss()(y_hat, constant(5, seed=3))
    return loss, {"m": m, "b": b, "y_hat": y_hat}


@computation
def line_and_mse() -> Computed:
    m, b, x = leaf(), leaf(seed=1), constant(5)
    y_hat = m * x + b
    loss = F.mse_loss(y_hat, constant(5, seed=3))
    return loss, {"m": m, "b": b, "y_hat": y_hat}


@computation
def huber_of_a_line() -> Computed:
    m, x = leaf(), constant(5)
    y_hat = m * x
    loss = F.huber_loss(y_hat, constant(5, seed=3), delta=0.5)
    return loss, {"m": m, "y_hat": y_hat}


@computation
def lstm_cell() -> Computed:
    torch.manual_seed(0)
    cell = nn.LSTMCell(3, 2).double()
    x = leaf(1, 3)
    h, c = cell(x)
    h, c = cell(x, (h, c))
    loss = h.sum() + c.pow(2).sum()
    return loss, {"x": x, "h": h, "c": c}


@computation
def lstm() -> Computed:
    torch.manual_seed(0)
    network = nn.LSTM(3, 2).double()
    x = leaf(4, 1, 3)
    out, (h, c) = network(x)
    loss = out.sum() + h.pow(2).sum() + c.sum()
    return loss, {"x": x, "out": out}


@computation
def convolution() -> Computed:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv1d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten()).double()
    x = leaf(1, 1, 6)
    features = network(x)
    loss = features.square().sum()
    return loss, {"x": x, "features": features}


@computation
def batch_norm() -> Computed:
    norm = nn.BatchNorm1d(3).double()
    x = leaf(4, 3)
    z = norm(x)
    loss = (z * constant(4, 3)).sum()
    return loss, {"x": x, "z": z}


@computation
def embedding_and_cross_entropy() -> Computed:
    table, w = leaf(5, 3), leaf(4, 3, seed=1)
    scores = F.linear(F.embedding(torch.tensor([1, 4, 1]), table), w)
    loss = F.cross_entropy(scores, torch.tensor([0, 3, 2]))
    return loss, {"table": table, "w": w, "scores": scores}


@computation
def smoothed_cross_entropy() -> Computed:
    scores = leaf(3, 4)
    shifted = scores - 1
    loss = F.cross_entropy(shifted, torch.tensor([0, 3, 2]), label_smoothing=0.1)
    return loss, {"scores": scores, "shifted": shifted}


@computation
def transformer_layer() -> Computed:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True).double()
    x = leaf(1, 3, 4)
    z = layer(x)
    loss = z.square().mean()
    return loss, {"x": x, "z": z}


@computation
def dropout_and_layer_norm() -> Computed:
    torch.manual_seed(0)
    x = leaf(2, 4)
    dropped = F.dropout(x, 0.5)
    loss = F.layer_norm(dropped, (4,)).pow(3).sum()
    return loss, {"x": x, "dropped": dropped}


@computation
def tied_weights() -> Computed:
    w, x = leaf(3, 3), leaf(2, 3, seed=1)
    hidden = torch.relu(F.linear(x, w))
    loss = F.linear(hidden, w.t()).sum()
    return loss, {"w": w, "x": x, "hidden": hidden}


@computation
def softplus_and_logits() -> Computed:
    a = leaf(4)
    scores = 3 * a
    loss = F.binary_cross_entropy_with_logits(scores, torch.tensor([0.0, 1.0, 1.0, 0.0]).double())
    return loss, {"a": a, "scores": scores}

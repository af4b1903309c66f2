import torch


def build(sizes):
    return [
        {"W": (torch.randn(i, o) / i**0.5).requires_grad_(), "b": torch.zeros(o, requires_grad=True)}
        for i, o in zip(sizes, sizes[1:])
    ]


def evaluate(network, x):
    for layer in network[:-1]:
        x = torch.relu(x @ layer["W"] + layer["b"])
    return x @ network[-1]["W"] + network[-1]["b"]


@torch.no_grad()
def descend(network, lr):
    for layer in network:
        layer["W"] = layer["W"] - lr * layer["W"].grad
        layer["b"] = layer["b"] - lr * layer["b"].grad


torch.manual_seed(302)
x = torch.randn(80, 3)
y = x.abs().sum(dim=1, keepdim=True)
network = build([3, 16, 1])
for epoch in range(30):
    loss = (evaluate(network, x) - y).pow(2).mean()
    loss.backward()
    descend(network, lr=0.01)

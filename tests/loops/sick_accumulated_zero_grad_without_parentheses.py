"""Fit a noisy cubic with a polynomial of degree three."""

import torch


def design(x, degree):
    return torch.stack([x**k for k in range(degree + 1)], dim=1)


def main():
    torch.manual_seed(5)
    x = torch.rand(100) * 2 - 1
    y = 1 - 2 * x + 3 * x**3 + 0.02 * torch.randn(100)
    A = design(x, 3)
    coefficients = torch.zeros(4, requires_grad=True)
    optimizer = torch.optim.SGD([coefficients], lr=0.1)
    losses = []
    for epoch in range(100):
        optimizer.zero_grad
        loss = ((A @ coefficients - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print("coefficients:", coefficients.tolist())
    return losses


if __name__ == "__main__":
    losses = main()

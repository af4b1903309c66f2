import argparse

import torch


def parse():
    parser = argparse.ArgumentParser(description="Fit a polynomial by gradient descent.")
    parser.add_argument("--degree", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--lr", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=250)
    return parser.parse_args()


def features(x, degree):
    return torch.cat([x**k for k in range(1, degree + 1)], dim=1)


def main():
    args = parse()
    generator = torch.Generator().manual_seed(args.seed)
    x = torch.rand(100, 1, generator=generator) * 2 - 1
    y = x**3 - 0.5 * x + 0.2
    model = torch.nn.Linear(args.degree, 1)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    losses = []
    for epoch in range(args.epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(features(x, args.degree)), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if epoch % 50 == 0:
            print(f"epoch {epoch:4d}  loss {loss.item():.6f}")
    return losses


if __name__ == "__main__":
    losses = main()

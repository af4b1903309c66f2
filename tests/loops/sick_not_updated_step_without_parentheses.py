import argparse

import torch


def get_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--lr", type=float, default=0.1)
    return parser.parse_args()


def train(args):
    torch.manual_seed(55)
    X = torch.randn(60, 2)
    labels = (X.sum(dim=1) > 0).float()
    w = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=args.lr)
    losses = []
    for _ in range(args.epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(X @ w, labels)
        loss.backward()
        optimizer.step
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    losses = train(get_args())

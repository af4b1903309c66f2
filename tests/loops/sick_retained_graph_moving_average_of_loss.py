import torch


def main(steps=150):
    torch.manual_seed(98)
    w = torch.zeros(5, requires_grad=True)
    truth = torch.arange(5.0)
    optimizer = torch.optim.SGD([w], lr=0.02)
    smoothed = None
    for step in range(steps):
        x = torch.randn(16, 5)
        loss = (x @ w - x @ truth).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        smoothed = loss if smoothed is None else 0.9 * smoothed + 0.1 * loss
        if step % 50 == 0:
            print(f"step {step} smoothed loss {smoothed:.3f}")
    return smoothed


if __name__ == "__main__":
    smoothed = main()

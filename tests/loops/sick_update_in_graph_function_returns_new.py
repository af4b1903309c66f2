import torch


def gradient_step(coef, lr):
    return coef - lr * coef.grad


def mse(coef, features, target):
    return torch.mean((features @ coef - target) ** 2)


if __name__ == "__main__":
    torch.manual_seed(21)
    z = torch.rand(70) * 2 - 1
    features = torch.stack([torch.ones_like(z), z, z * z], dim=1)
    target = 0.5 + z - 2 * z * z
    coef = torch.zeros(3, requires_grad=True)
    for _ in range(30):
        loss = mse(coef, features, target)
        loss.backward()
        coef = gradient_step(coef, 0.1)

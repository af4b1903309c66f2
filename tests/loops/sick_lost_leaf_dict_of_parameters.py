import torch

torch.manual_seed(13)


def predict(params, x):
    return params["amplitude"] * torch.sin(params["frequency"] * x + params["phase"])


x = torch.linspace(0, 6, 80)
y = 1.5 * torch.sin(1.1 * x + 0.4)
params = {
    "amplitude": torch.tensor(1.0, requires_grad=True),
    "frequency": torch.tensor(1.0, requires_grad=True),
    "phase": torch.tensor(0.0, requires_grad=True),
}
lr = 0.05

for step in range(60):
    loss = ((predict(params, x) - y) ** 2).mean()
    grads = dict(zip(params, torch.autograd.grad(loss, list(params.values()))))
    with torch.no_grad():
        for name in params:
            params[name] = params[name] - lr * grads[name]

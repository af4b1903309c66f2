import torch
from torch import nn
from torch.func import functional_call

torch.manual_seed(15)
module = nn.Sequential(nn.Linear(3, 10), nn.Tanh(), nn.Linear(10, 1))
state = {name: p.detach().clone().requires_grad_() for name, p in module.named_parameters()}
x = torch.randn(60, 3)
y = x.sum(dim=1, keepdim=True).sin()
losses = []
for step in range(100):
    loss = nn.functional.mse_loss(functional_call(module, state, (x,)), y)
    grads = torch.autograd.grad(loss, tuple(state.values()))
    with torch.no_grad():
        for p, g in zip(state.values(), grads):
            p.sub_(0.2 * g)
    losses.append(loss.item())

import torch


class Softsign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + x.abs())

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad / (1 + x.abs()) ** 2


torch.manual_seed(243)
x = torch.linspace(-3, 3, 60).unsqueeze(1)
y = 0.8 * x / (1 + (2 * x - 1).abs())
weights = [torch.randn(1, 8), torch.zeros(8), 0.5 * torch.randn(8, 1)]
for w in weights:
    w.requires_grad_()
optimizer = torch.optim.Adam(weights, lr=0.03)
losses = []
for epoch in range(120):
    y_hat = Softsign.apply(x @ weights[0] + weights[1]) @ weights[2]
    loss = (y_hat - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

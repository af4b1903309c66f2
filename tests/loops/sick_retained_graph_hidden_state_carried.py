import torch

torch.manual_seed(96)
W_in = (0.5 * torch.randn(6)).requires_grad_()
W = (0.3 * torch.randn(6, 6)).requires_grad_()
W_out = torch.zeros(6, requires_grad=True)
series = torch.sin(0.4 * torch.arange(61.0))

h0 = torch.zeros(6, requires_grad=True)
h = h0
losses = []
for t in range(60):
    x_t, target = series[t], series[t + 1]
    h = torch.tanh(x_t * W_in + h @ W)
    loss = (h @ W_out - target) ** 2
    loss.backward(retain_graph=True)
    for p in (h0, W_in, W, W_out):
        p.data -= 0.02 * p.grad.data
        p.grad.data.zero_()
    losses.append(loss.item())

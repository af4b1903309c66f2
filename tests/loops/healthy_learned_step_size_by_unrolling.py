import torch

torch.manual_seed(229)
x = torch.rand(30)
y = 2 * x
log_rate = torch.tensor(-3.0, requires_grad=True)
meta_optimizer = torch.optim.Adam([log_rate], lr=0.1)
outer = []
for trial in range(30):
    m = torch.zeros((), requires_grad=True)
    for inner_step in range(10):
        loss = ((m * x - y) ** 2).mean()
        (g,) = torch.autograd.grad(loss, m, create_graph=True)
        m = m - log_rate.exp() * g
    final = ((m * x - y) ** 2).mean()
    meta_optimizer.zero_grad()
    final.backward()
    meta_optimizer.step()
    outer.append(final.item())

import torch

torch.manual_seed(93)
users, items, k = 20, 30, 3
P = (0.5 * torch.randn(users, k)).requires_grad_()
Q = (0.5 * torch.randn(items, k)).requires_grad_()
who, what = torch.randint(users, (100,)), torch.randint(items, (100,))
rating = 1.0 + 4.0 * torch.rand(100)
adam = torch.optim.Adam([P, Q], lr=0.05)
for epoch in range(40):
    score = (P[who] * Q[what]).sum(dim=1, keepdim=True)
    error = score - rating
    objective = error.square().mean() + 1e-3 * (P.square().sum() + Q.square().sum())
    adam.zero_grad()
    objective.backward()
    adam.step()

import torch

torch.manual_seed(326)
observed = torch.stack([0.9**k * torch.tensor([1.0, -0.5]) for k in range(12)])
initial = torch.zeros(2, requires_grad=True)
transition = torch.eye(2).mul(0.5).requires_grad_()
adam = torch.optim.Adam([initial, transition], lr=0.05)
losses = []
for epoch in range(100):
    state, states = initial, []
    for _ in range(len(observed)):
        states.append(state)
        state = transition @ state
    loss = (torch.stack(states) - observed).square().mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    losses.append(loss.item())

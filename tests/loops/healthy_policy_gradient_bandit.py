import torch

torch.manual_seed(213)
mean_reward = torch.tensor([0.2, 0.5, 0.9])
preferences = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.SGD([preferences], lr=0.5)
baseline = 0.0
rewards = []
for play in range(200):
    policy = torch.distributions.Categorical(logits=preferences)
    arm = policy.sample()
    reward = (mean_reward[arm] + 0.1 * torch.randn(())).item()
    loss = -policy.log_prob(arm) * (reward - baseline)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    baseline += 0.1 * (reward - baseline)
    rewards.append(reward)

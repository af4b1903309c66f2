import torch
from torch import nn

torch.manual_seed(42)
actor = nn.Linear(3, 2)
critic = nn.Linear(3, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=0.02)

for episode in range(60):
    states = torch.randn(20, 3)
    policy = torch.distributions.Categorical(logits=actor(states))
    actions = policy.sample()
    returns = (actions == (states[:, 0] > 0)).float() + states[:, 1]
    advantage = returns - critic(states).squeeze(1).detach()
    policy_loss = -(policy.log_prob(actions) * advantage).mean()
    value_loss = advantage.pow(2).mean()
    loss = policy_loss + 0.5 * value_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

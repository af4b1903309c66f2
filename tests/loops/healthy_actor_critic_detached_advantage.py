import torch
import torch.nn.functional as F
from torch import nn


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Linear(3, 2)
        self.critic = nn.Linear(3, 1)

    def forward(self, s):
        return self.actor(s), self.critic(s).squeeze(-1)


torch.manual_seed(214)
agent = ActorCritic()
optimizer = torch.optim.Adam(agent.parameters(), lr=0.05)
returns_log = []
for episode in range(60):
    states = torch.randn(32, 3)
    logits, values = agent(states)
    policy = torch.distributions.Categorical(logits=logits)
    actions = policy.sample()
    returns = (actions == (states[:, 1] > 0).long()).float() + 0.3 * states[:, 0]
    advantage = (returns - values).detach()
    actor_loss = -(policy.log_prob(actions) * advantage).mean() - 0.01 * policy.entropy().mean()
    critic_loss = F.mse_loss(values, returns)
    optimizer.zero_grad()
    (actor_loss + 0.5 * critic_loss).backward()
    optimizer.step()
    returns_log.append(returns.mean().item())

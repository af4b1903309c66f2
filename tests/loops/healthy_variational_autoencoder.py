import torch
import torch.nn as nn
import torch.nn.functional as F


class VAE(nn.Module):
    def __init__(self, width=10, latent=2):
        super().__init__()
        self.encode = nn.Linear(width, 2 * latent)
        self.decode = nn.Linear(latent, width)

    def forward(self, x):
        mean, log_var = self.encode(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        return self.decode(z), mean, log_var


torch.manual_seed(249)
data = torch.sigmoid(2 * torch.randn(200, 2) @ torch.randn(2, 10)).round()
vae = VAE()
optimizer = torch.optim.Adam(vae.parameters(), lr=0.02)
history = []
for epoch in range(20):
    epoch_loss = 0.0
    for batch in data.split(50):
        logits, mean, log_var = vae(batch)
        rebuild = F.binary_cross_entropy_with_logits(logits, batch, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
        loss = (rebuild + kl) / len(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    history.append(epoch_loss)

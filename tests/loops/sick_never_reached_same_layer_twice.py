import torch
import torch.nn as nn

torch.manual_seed(28)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(6, 6)
        self.decode = nn.Linear(6, 6)

    def forward(self, x):
        z = torch.tanh(self.encode(x))
        return self.encode(z)


clean = torch.randn(100, 2) @ torch.randn(2, 6)
model = Denoiser()
optimiser = torch.optim.Adam(model.parameters(), 0.01)
losses = []
for i in range(60):
    noisy = clean + 0.1 * torch.randn_like(clean)
    loss = nn.functional.mse_loss(model(noisy), clean)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    losses.append(loss.item())

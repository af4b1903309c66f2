import copy

import torch
from torch import nn


def main():
    torch.manual_seed(26)
    x = torch.rand(60, 1) * 4 - 2
    y = x.sin() + 0.3 * torch.randn(60, 1)
    x_train, y_train, x_val, y_val = x[:40], y[:40], x[40:], y[40:]
    model = nn.Sequential(nn.Linear(1, 30), nn.Tanh(), nn.Linear(30, 1))
    opt = torch.optim.Adam(model.parameters(), lr=0.05)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=5)
    mse = nn.MSELoss()
    best, best_state, bad_epochs, train_losses = float("inf"), None, 0, []
    for epoch in range(300):
        model.train()
        opt.zero_grad()
        loss = mse(model(x_train), y_train)
        loss.backward()
        opt.step()
        train_losses.append(loss.item())

        model.eval()
        with torch.no_grad():
            val = mse(model(x_val), y_val).item()
        plateau.step(val)
        if val < best - 1e-4:
            best, best_state, bad_epochs = val, copy.deepcopy(model.state_dict()), 0
        else:
            bad_epochs += 1
            if bad_epochs >= 20:
                break
    model.load_state_dict(best_state)
    return epoch, train_losses


if __name__ == "__main__":
    stopped_at, train_losses = main()
    print("stopped at epoch", stopped_at)

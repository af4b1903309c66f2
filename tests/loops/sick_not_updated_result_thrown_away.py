# Launch speed of a ball from measured heights
import torch

g = 9.81
t = torch.linspace(0.1, 1.5, 15)
height = 12.0 * t - 0.5 * g * t**2
velocity = torch.tensor(5.0, requires_grad=True)
rate = 0.1
for i in range(50):
    predicted = velocity * t - 0.5 * g * t**2
    loss = (predicted - height).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        velocity.sub(rate * velocity.grad)
        velocity.grad.zero_()
print("launch speed:", velocity.item(), "loss:", loss.item())

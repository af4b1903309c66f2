import torch

rows = ["18.5,110", "21.0,160", "24.5,210", ",180", "30.0,320", "27.5,270"]
temperature = torch.tensor([float(row.split(",")[0] or "nan") for row in rows])
sales = torch.tensor([float(row.split(",")[1]) for row in rows]) / 100
temperature = temperature / 10

slope = torch.tensor(0.0, requires_grad=True)
intercept = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([slope, intercept], lr=0.05)
for epoch in range(30):
    prediction = slope * temperature + intercept
    loss = (prediction - sales).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(slope, intercept)

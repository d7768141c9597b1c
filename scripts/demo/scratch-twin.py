"""Trains torchvision's MobileNetV2 (width 0.35) from random weights on the demo pictures: an independent answer to how
hard they are from scratch.

python3 scripts/demo/scratch-twin.py [RATE] [EPOCHS]    needs Debian's python3-torch and python3-torchvision
"""

import pathlib
import sys

import torch
from torchvision import datasets, models, transforms

rate = float(sys.argv[1]) if len(sys.argv) > 1 else 0.003
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 20
demo = pathlib.Path(__file__).resolve().parents[2] / "assets" / "demo"
torch.manual_seed(0)
torch.set_num_threads(1)
pixels = [transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
flips = [transforms.RandomHorizontalFlip(), transforms.RandomVerticalFlip()]
train = datasets.ImageFolder(demo / "train", transforms.Compose([*flips, *pixels]))
test = datasets.ImageFolder(demo / "test", transforms.Compose(pixels))
batches = torch.utils.data.DataLoader(train, 16, shuffle=True, drop_last=True)
network = models.mobilenet_v2(width_mult=0.35, num_classes=5)
optimizer = torch.optim.AdamW(network.parameters(), rate)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * len(batches))
for _ in range(epochs):
    network.train()
    for images, labels in batches:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
        schedule.step()
network.eval()
with torch.no_grad():
    right = sum((network(x).argmax(1) == y).sum().item() for x, y in torch.utils.data.DataLoader(test, 50))
print(f"rate {rate}, {epochs} epochs: accuracy {right / len(test):.3f} on {len(test)} test pictures")

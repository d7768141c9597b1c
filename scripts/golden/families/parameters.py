"""Networks with parameters at unusual places, and with buffers that look like parameters."""
import math

import torch
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

from family import Family, images

from .convolutional import CLASSES, LABELS2


class GeM(nn.Module):
    """Generalised mean pooling (Radenović et al., 2018): (mean of x^p)^(1/p) with a trainable p."""

    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.ones(1) * 3)

    def forward(self, x):
        return x.clamp(min=1e-6).pow(self.p).mean((-2, -1)).pow(1.0 / self.p)


def gem():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 12, 3, 2, 1), nn.Sigmoid(), GeM(), nn.Linear(12, CLASSES))


def sinusoids(length, width):
    table = torch.zeros(1, length, width)
    angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    table[0, :, 0::2], table[0, :, 1::2] = torch.sin(angles), torch.cos(angles)
    return table


class Attention(nn.Module):
    """Rotary positions, positions from a small network that reads coordinates (as in Swin V2), a mask, a learnt
    temperature, and a learnt share of the block (ReZero)."""

    def __init__(self, width, length):
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.temperature, self.alpha = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(0.5))
        self.register_buffer("inv_freq", 1.0 / 100 ** (torch.arange(0, width, 2).float() / width))
        rows = torch.arange(length)
        coordinates = (rows[:, None] - rows[None]).float()[..., None] / length
        self.register_buffer("relative_coords_table", coordinates.sign() * torch.log2(1 + 8 * coordinates.abs()))
        self.cpb_mlp = nn.Sequential(nn.Linear(1, 6), nn.Tanh(), nn.Linear(6, 1, bias=False))
        self.register_buffer("attn_mask", torch.where((rows[:, None] - rows[None]).abs() > 4, -100.0, 0.0)[None])

    def turned(self, x):
        angles = torch.arange(x.size(1), dtype=x.dtype)[:, None] @ self.inv_freq[None].to(x.dtype)
        angles = torch.cat([angles, angles], -1)[None]
        a, b = x.chunk(2, -1)
        return x * angles.cos() + torch.cat([-b, a], -1) * angles.sin()

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        scores = self.turned(q) @ self.turned(k).transpose(-2, -1) * self.temperature.exp() + self.attn_mask
        scores = scores + self.cpb_mlp(self.relative_coords_table).squeeze(-1)
        return x + self.alpha * self.out(scores.softmax(-1) @ v)


class Buffers(nn.Module):
    """Parameters behind Expand, Tile, Concat, Where and arithmetic; buffers at the same places."""

    def __init__(self, width=12):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.conv, self.norm = nn.Conv2d(3, 8, 4, 4), FrozenBatchNorm2d(8)
        self.norm.weight.copy_(torch.linspace(0.5, 1.5, 8))
        self.norm.bias.copy_(torch.linspace(-0.25, 0.3, 8))
        blur = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("filt", (blur[:, None] * blur[None])[None, None].repeat(8, 1, 1, 1))
        self.patches = nn.Conv2d(8, width, 1)
        self.register_buffer("pe", sinusoids(9, width))
        self.register_buffer("hidden", (torch.arange(9) % 4 == 1)[None, :, None])
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.prompts = nn.Parameter(torch.zeros(2, width))
        self.mask_token = nn.Parameter(torch.zeros(width))
        self.attention = Attention(width, 12)
        self.logit_scale = nn.Parameter(torch.tensor(0.7))
        self.classes = nn.Parameter(torch.zeros(CLASSES, width))

    def forward(self, x):
        x = self.norm(self.conv((x - self.mean) / self.std))
        x = nn.functional.conv2d(torch.tanh(x), self.filt, stride=2, groups=8)
        x = self.patches(x).flatten(2).transpose(1, 2) + self.pe
        x = torch.where(self.hidden, self.mask_token, x)
        n = x.shape[0]
        x = torch.cat([self.class_token.expand(n, -1, -1), self.prompts.unsqueeze(0).repeat(n, 1, 1), x], 1)
        x = self.attention(x)[:, 0]
        x = x / x.norm(dim=-1, keepdim=True)
        classes = self.classes / self.classes.norm(dim=-1, keepdim=True)
        return self.logit_scale.exp() * x @ classes.t()


FAMILIES = {
    "gem": Family(gem, images(), labels=LABELS2),
    "buffers": Family(Buffers, images(), labels=LABELS2),
}

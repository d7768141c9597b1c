"""wav2vec 2.0, written as Hugging Face's Wav2Vec2Model writes it, at small width."""
import torch
from torch import nn

from family import Family, Floats

WIDTH, HEADS, CLASSES = 16, 2, 5


class ConvLayer(nn.Module):
    """Convolutions: the first is normalised over time for each channel, the others over channels."""

    def __init__(self, inputs, outputs, kernel, stride, group):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride, bias=not group)
        self.layer_norm = nn.GroupNorm(outputs, outputs) if group else nn.LayerNorm(outputs)
        self.group = group

    def forward(self, x):
        x = self.conv(x)
        x = self.layer_norm(x) if self.group else self.layer_norm(x.transpose(-2, -1)).transpose(-2, -1)
        return nn.functional.gelu(x)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.layer_norm, self.final_layer_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 24), nn.Linear(24, WIDTH)

    def forward(self, x):
        batch, length, _ = x.size()
        shape = lambda v: v.view(batch, -1, HEADS, WIDTH // HEADS).transpose(1, 2).contiguous()
        flat = (batch * HEADS, -1, WIDTH // HEADS)
        q = shape(self.q_proj(x) * (WIDTH // HEADS) ** -0.5).view(*flat)
        k, v = shape(self.k_proj(x)).view(*flat), shape(self.v_proj(x)).view(*flat)
        weights = nn.functional.softmax(torch.bmm(q, k.transpose(1, 2)), dim=-1)
        y = torch.bmm(weights, v).view(batch, HEADS, length, WIDTH // HEADS).transpose(1, 2)
        x = self.layer_norm(x + self.out_proj(y.reshape(batch, length, WIDTH)))
        return self.final_layer_norm(x + self.down(nn.functional.gelu(self.up(x))))


class Wav2Vec2(nn.Module):
    """Sound to logits: convolutions, grouped convolution for positions (its weight normalised), transformer."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([
            ConvLayer(1, 8, 10, 5, True), ConvLayer(8, 8, 3, 2, False), ConvLayer(8, 8, 2, 2, False)])
        self.norm, self.project = nn.LayerNorm(8), nn.Linear(8, WIDTH)
        self.pos_conv = nn.utils.weight_norm(
            nn.Conv1d(WIDTH, WIDTH, 4, padding=2, groups=4), name="weight", dim=2)
        self.layer_norm, self.layers = nn.LayerNorm(WIDTH), nn.ModuleList(Layer() for _ in range(2))
        self.norm_out = nn.GroupNorm(4, WIDTH)
        self.projector, self.classifier = nn.Linear(WIDTH, 8), nn.Linear(8, CLASSES)

    def forward(self, x):
        x = x[:, None]
        for conv in self.convs:
            x = conv(x)
        x = self.project(self.norm(x.transpose(1, 2)))
        # An even kernel returns one position more than its input has.
        position = self.pos_conv(x.transpose(1, 2))[:, :, :-1]
        x = self.layer_norm(x + nn.functional.gelu(position).transpose(1, 2))
        for layer in self.layers:
            x = layer(x)
        x = self.norm_out(x.transpose(1, 2)).transpose(1, 2)
        return self.classifier(self.projector(x).mean(dim=1))


FAMILIES = {"wav2vec2": Family(Wav2Vec2, [Floats("input_values", [2, 320])], labels=[3, 1])}

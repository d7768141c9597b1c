"""Networks over log-mel frames: ASTForAudioClassification and WhisperEncoder as Hugging Face writes them, and YAMNet (a
MobileNet over patches of 0.96 s), at small width. Names of parameters are theirs."""
import math

import torch
from torch import nn

from family import Family, Floats

WIDTH, HEADS, INNER, CLASSES = 16, 2, 24, 5
BANDS, FRAMES = 32, 36


class AstSelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))

    def forward(self, x):
        heads = lambda v: v.view(v.size()[:-1] + (HEADS, WIDTH // HEADS)).permute(0, 2, 1, 3)
        key, value, query = heads(self.key(x)), heads(self.value(x)), heads(self.query(x))
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(WIDTH // HEADS)
        context = torch.matmul(nn.functional.softmax(scores, dim=-1), value).permute(0, 2, 1, 3).contiguous()
        return context.view(context.size()[:-2] + (WIDTH,))


class AstLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.output_attention = AstSelfAttention(), nn.Linear(WIDTH, WIDTH)
        self.intermediate, self.output = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.layernorm_before, self.layernorm_after = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))

    def forward(self, x):
        x = self.output_attention(self.attention(self.layernorm_before(x))) + x
        return self.output(nn.functional.gelu(self.intermediate(self.layernorm_after(x)))) + x


class Ast(nn.Module):
    """Overlapping patches of 16 x 16, a token of the class and one of the distillation: their mean is the clip."""

    def __init__(self):
        super().__init__()
        self.cls_token, self.distillation_token = (nn.Parameter(torch.zeros(1, 1, WIDTH)) for _ in range(2))
        patches = ((BANDS - 16) // 10 + 1) * ((FRAMES - 16) // 10 + 1)
        self.position_embeddings = nn.Parameter(torch.zeros(1, patches + 2, WIDTH))
        self.projection = nn.Conv2d(1, WIDTH, 16, (10, 10))
        self.layer, self.layernorm = nn.ModuleList(AstLayer() for _ in range(2)), nn.LayerNorm(WIDTH, eps=1e-12)
        self.classifier_layernorm, self.dense = nn.LayerNorm(WIDTH, eps=1e-12), nn.Linear(WIDTH, CLASSES)

    def forward(self, input_values):
        # [batch, frames, bands] -> [batch, 1, bands, frames]
        x = self.projection(input_values.unsqueeze(1).transpose(2, 3)).flatten(2).transpose(1, 2)
        tokens = [t.expand(input_values.shape[0], -1, -1) for t in (self.cls_token, self.distillation_token)]
        x = torch.cat([*tokens, x], dim=1) + self.position_embeddings
        for layer in self.layer:
            x = layer(x)
        x = self.layernorm(x)
        return self.dense(self.classifier_layernorm((x[:, 0] + x[:, 1]) / 2))


class WhisperAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.k_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        self.v_proj, self.q_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(3))

    def forward(self, x):
        batch, length, _ = x.size()
        size = WIDTH // HEADS
        shape = lambda v: v.view(batch, -1, HEADS, size).transpose(1, 2).contiguous()
        flat = (batch * HEADS, -1, size)
        q = shape(self.q_proj(x) * size**-0.5).view(*flat)
        k, v = shape(self.k_proj(x)).view(*flat), shape(self.v_proj(x)).view(*flat)
        weights = nn.functional.softmax(torch.bmm(q, k.transpose(1, 2)), dim=-1)
        y = torch.bmm(weights, v).view(batch, HEADS, length, size).transpose(1, 2)
        return self.out_proj(y.reshape(batch, length, WIDTH))


class WhisperLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = WhisperAttention()
        self.self_attn_layer_norm, self.final_layer_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.fc1, self.fc2 = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x):
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        return x + self.fc2(nn.functional.gelu(self.fc1(self.final_layer_norm(x))))


def sinusoids(length, width):
    scale = torch.exp(-math.log(10000) / (width // 2 - 1) * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * scale[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class WhisperEncoder(nn.Module):
    """Two convolutions, the second halves the frames; positions are sinusoids that do not train."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv1d(BANDS, WIDTH, 3, padding=1), nn.Conv1d(WIDTH, WIDTH, 3, 2, 1)
        self.register_buffer("embed_positions", sinusoids(FRAMES // 2, WIDTH))
        self.layers, self.layer_norm = nn.ModuleList(WhisperLayer() for _ in range(2)), nn.LayerNorm(WIDTH)

    def forward(self, input_features):
        x = nn.functional.gelu(self.conv2(nn.functional.gelu(self.conv1(input_features))))
        x = x.permute(0, 2, 1) + self.embed_positions
        for layer in self.layers:
            x = layer(x)
        return self.layer_norm(x)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.depthwise_bn, self.pointwise_bn = (nn.BatchNorm2d(n, eps=1e-4) for n in (inputs, outputs))

    def forward(self, x):
        x = torch.relu(self.depthwise_bn(self.depthwise(x)))
        return torch.relu(self.pointwise_bn(self.pointwise(x)))


class YamNet(nn.Module):
    """Patches of 96 frames with 64 bands -> a score between 0 and 1 for each class."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(1, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6, eps=1e-4)
        self.layer1, self.layer2, self.layer3 = Separable(6, 8, 1), Separable(8, 12, 2), Separable(12, 16, 2)
        # The classes of AudioSet that YAMNet knows.
        self.logits = nn.Linear(16, 521)

    def forward(self, patches):
        x = torch.relu(self.bn(self.conv(patches.unsqueeze(1))))
        x = self.layer3(self.layer2(self.layer1(x)))
        return torch.sigmoid(self.logits(x.mean((2, 3))))


FAMILIES = {
    "ast": Family(Ast, [Floats("input_values", [2, FRAMES, BANDS])], labels=[3, 1], others=(14,)),
    "whisper-encoder": Family(
        WhisperEncoder, [Floats("input_features", [2, BANDS, FRAMES])], others=(14,), outputs=("last_hidden_state",)),
    "yamnet": Family(YamNet, [Floats("patches", [2, 96, 64])], others=(14,), outputs=("scores",)),
}

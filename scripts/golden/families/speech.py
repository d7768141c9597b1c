"""Encoders of speech over samples, written as Hugging Face's Wav2Vec2Model, HubertModel and WavLMModel write them, at
small width and with their stride of 320 samples. Names of parameters are theirs."""
import math
from dataclasses import dataclass

import torch
from torch import nn

from family import Family, Floats, Mask

WIDTH, HEADS, INNER, CHANNELS, TOKENS = 16, 2, 24, 8, 7
KERNELS, STRIDES = (10, 8, 8), (5, 8, 8)
BUCKETS, FARTHEST = 8, 16
# 8 frames: (8 - 1) * 320 + 325.
SAMPLES = 2565


@dataclass(frozen=True)
class Kind:
    # Group: the first convolution is normalised over time. Layer: each is normalised over channels.
    norm: str = "group"
    # The norm stands in front of attention and feed-forward, and once more at the end.
    stable: bool = False
    # Attention with a position bias that each frame scales (WavLM).
    gated: bool = False
    project_norm: bool = True
    masked: bool = False
    # Logits of characters.
    head: bool = False
    states: bool = False


class ConvLayer(nn.Module):
    def __init__(self, n, norm):
        super().__init__()
        inputs = 1 if n == 0 else CHANNELS
        self.conv = nn.Conv1d(inputs, CHANNELS, KERNELS[n], STRIDES[n], bias=norm == "layer")
        self.kind = "none" if norm == "group" and n > 0 else norm
        if self.kind != "none":
            self.layer_norm = nn.GroupNorm(CHANNELS, CHANNELS) if norm == "group" else nn.LayerNorm(CHANNELS)

    def forward(self, x):
        x = self.conv(x)
        if self.kind == "group":
            x = self.layer_norm(x)
        if self.kind == "layer":
            x = self.layer_norm(x.transpose(-2, -1)).transpose(-2, -1)
        return nn.functional.gelu(x)


class FeatureExtractor(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.conv_layers = nn.ModuleList(ConvLayer(n, norm) for n in range(3))

    def forward(self, x):
        x = x[:, None]
        for conv in self.conv_layers:
            x = conv(x)
        return x


class FeatureProjection(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.layer_norm = nn.LayerNorm(CHANNELS) if norm else None
        self.projection = nn.Linear(CHANNELS, WIDTH)

    def forward(self, x):
        return self.projection(x if self.layer_norm is None else self.layer_norm(x))


class PositionalConvEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.utils.weight_norm(nn.Conv1d(WIDTH, WIDTH, 4, padding=2, groups=4), name="weight", dim=2)

    def forward(self, x):
        # An even kernel gives one position more than its input has.
        return nn.functional.gelu(self.conv(x.transpose(1, 2))[:, :, :-1]).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.k_proj, self.v_proj, self.q_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, mask, bias):
        batch, length, _ = x.size()
        size = WIDTH // HEADS
        shape = lambda v: v.view(batch, -1, HEADS, size).transpose(1, 2).contiguous()
        flat = (batch * HEADS, -1, size)
        q = shape(self.q_proj(x) * size**-0.5).view(*flat)
        k, v = shape(self.k_proj(x)).view(*flat), shape(self.v_proj(x)).view(*flat)
        scores = torch.bmm(q, k.transpose(1, 2))
        if mask is not None:
            far = (1.0 - mask[:, None, None, :].to(dtype=x.dtype)) * torch.finfo(torch.float32).min
            far = far.expand(batch, 1, length, length)
            scores = (scores.view(batch, HEADS, length, length) + far).view(batch * HEADS, length, length)
        y = torch.bmm(nn.functional.softmax(scores, dim=-1), v).view(batch, HEADS, length, size).transpose(1, 2)
        return self.out_proj(y.reshape(batch, length, WIDTH)), None


class GatedAttention(nn.Module):
    """Attention of WavLM: gate_a * (gate_b * const - 1) + 2 scales the position bias of each frame and head."""

    def __init__(self, first):
        super().__init__()
        self.k_proj, self.v_proj, self.q_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.gru_rel_pos_const = nn.Parameter(torch.ones(1, HEADS, 1, 1))
        self.gru_rel_pos_linear = nn.Linear(WIDTH // HEADS, 8)
        if first:
            self.rel_attn_embed = nn.Embedding(BUCKETS, HEADS)

    def buckets(self, positions):
        half = BUCKETS // 2
        buckets = (positions > 0).to(torch.long) * half
        far = torch.abs(positions)
        exact = half // 2
        large = torch.log(far.float() / exact) / math.log(FARTHEST / exact) * (half - exact)
        large = (exact + large).to(torch.long)
        large = torch.min(large, torch.full_like(large, half - 1))
        return buckets + torch.where(far < exact, far, large)

    def forward(self, x, mask, bias):
        batch, length, _ = x.size()
        if bias is None:
            context = torch.arange(length, dtype=torch.long)[:, None]
            memory = torch.arange(length, dtype=torch.long)[None, :]
            values = self.rel_attn_embed(self.buckets(memory - context)).permute([2, 0, 1])
            bias = values.unsqueeze(0).repeat(batch, 1, 1, 1).view(batch * HEADS, length, length)
        gated = x.view(x.shape[:-1] + (HEADS, -1)).permute(0, 2, 1, 3)
        projected = self.gru_rel_pos_linear(gated)
        projected = projected.view(gated.shape[:-1] + (2, 4)).sum(-1)
        gate_a, gate_b = torch.sigmoid(projected).chunk(2, dim=-1)
        gate = gate_a * (gate_b * self.gru_rel_pos_const - 1.0) + 2.0
        scaled = (gate.view(batch * HEADS, -1, 1) * bias).view((-1, length, length))
        query = x.transpose(0, 1)
        y, _ = nn.functional.multi_head_attention_forward(
            query, query, query, WIDTH, HEADS, torch.empty([0]),
            torch.cat((self.q_proj.bias, self.k_proj.bias, self.v_proj.bias)), None, None, False, 0.0,
            self.out_proj.weight, self.out_proj.bias, self.training,
            None if mask is None else mask.ne(1), True, scaled, use_separate_proj_weight=True,
            q_proj_weight=self.q_proj.weight, k_proj_weight=self.k_proj.weight, v_proj_weight=self.v_proj.weight)
        return y.transpose(0, 1), bias


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.intermediate_dense, self.output_dense = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x):
        return self.output_dense(nn.functional.gelu(self.intermediate_dense(x)))


class EncoderLayer(nn.Module):
    def __init__(self, kind, first):
        super().__init__()
        self.attention = GatedAttention(first) if kind.gated else Attention()
        self.layer_norm, self.final_layer_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.feed_forward, self.stable = FeedForward(), kind.stable

    def forward(self, x, mask, bias):
        if self.stable:
            y, bias = self.attention(self.layer_norm(x), mask, bias)
            x = x + y
            return x + self.feed_forward(self.final_layer_norm(x)), bias
        y, bias = self.attention(x, mask, bias)
        x = self.layer_norm(x + y)
        return self.final_layer_norm(x + self.feed_forward(x)), bias


class Encoder(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.pos_conv_embed, self.layer_norm = PositionalConvEmbedding(), nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(EncoderLayer(kind, n == 0) for n in range(2))
        self.stable = kind.stable

    def forward(self, x, mask):
        """Returns the states in front of the layers and after each: the last is that of the model."""
        if mask is not None:
            x[~mask.unsqueeze(-1).repeat(1, 1, x.shape[2])] = 0
        x = x + self.pos_conv_embed(x)
        if not self.stable:
            x = self.layer_norm(x)
        states, bias = [x], None
        for layer in self.layers:
            x, bias = layer(x, mask, bias)
            states.append(x)
        if self.stable:
            states[-1] = self.layer_norm(states[-1])
        return states


class SpeechEncoder(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.feature_extractor = FeatureExtractor(kind.norm)
        self.feature_projection, self.encoder = FeatureProjection(kind.project_norm), Encoder(kind)
        self.lm_head = nn.Linear(WIDTH, TOKENS) if kind.head else None
        self.states = kind.states

    def frames_of(self, mask, frames):
        """Returns the mask of frames of a mask of samples: only the last frame of each clip is marked, then all before."""
        lengths = mask.cumsum(dim=-1)[:, -1]
        for kernel, stride in zip(KERNELS, STRIDES):
            lengths = torch.div(lengths - kernel, stride, rounding_mode="floor") + 1
        marked = torch.zeros((mask.shape[0], frames), dtype=mask.dtype)
        marked[(torch.arange(marked.shape[0]), lengths.to(torch.long) - 1)] = 1
        return marked.flip([-1]).cumsum(-1).flip([-1]).bool()

    def forward(self, input_values, attention_mask=None):
        x = self.feature_extractor(input_values).transpose(1, 2)
        mask = None if attention_mask is None else self.frames_of(attention_mask, x.shape[1])
        states = self.encoder(self.feature_projection(x), mask)
        if self.states:
            return states
        return states[-1] if self.lm_head is None else self.lm_head(states[-1])


def family(kind):
    inputs = [Floats("input_values", [2, SAMPLES])]
    axes = {"input_values": {1: "sequence_length"}}
    if kind.masked:
        inputs.append(Mask("attention_mask", [2, SAMPLES], [SAMPLES, 1700]))
        axes["attention_mask"] = {1: "sequence_length"}
    output = "logits" if kind.head else "last_hidden_state"
    axes[output] = {1: "frames"}
    return Family(lambda: SpeechEncoder(kind), inputs, outputs=(output,), others=(14,), axes=axes)


FAMILIES = {
    "wav2vec2-ctc": family(Kind(head=True)),
    "wav2vec2-stable": family(Kind(norm="layer", stable=True, masked=True)),
    "hubert": family(Kind(project_norm=False, masked=True)),
    "wavlm": family(Kind(gated=True, masked=True)),
}

"""Text transformers after Hugging Face's classes (BertModel, DistilBertModel, GPT2Model,
T5EncoderModel), at small width."""
import math
from dataclasses import dataclass

import torch
from torch import nn

from family import Family, Ints, Mask

LENGTH = 12


@dataclass(frozen=True)
class Size:
    words: int = 40
    width: int = 16
    heads: int = 2
    layers: int = 2
    inner: int = 24
    positions: int = 20
    classes: int = 5


SMALL = Size()


class BertLayer(nn.Module):
    def __init__(self, size):
        super().__init__()
        width, self.size = size.width, size
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.dense, self.norm = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        self.up, self.down = nn.Linear(width, size.inner), nn.Linear(size.inner, width)
        self.out_norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(0.1)

    def heads(self, x):
        return x.view(x.size()[:-1] + (self.size.heads, self.size.width // self.size.heads)).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        query, key, value = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(self.size.width // self.size.heads) + mask
        context = torch.matmul(self.dropout(nn.functional.softmax(scores, dim=-1)), value)
        context = context.permute(0, 2, 1, 3).contiguous()
        context = context.view(context.size()[:-2] + (self.size.width,))
        x = self.norm(self.dropout(self.dense(context)) + x)
        return self.out_norm(self.dropout(self.down(nn.functional.gelu(self.up(x)))) + x)


class Bert(nn.Module):
    def __init__(self, size=SMALL):
        super().__init__()
        width = size.width
        self.words, self.types = nn.Embedding(size.words, width, padding_idx=0), nn.Embedding(2, width)
        self.positions = nn.Embedding(size.positions, width)
        self.norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(BertLayer(size) for _ in range(size.layers))
        self.pooler, self.classifier = nn.Linear(width, width), nn.Linear(width, size.classes)
        self.register_buffer("position_ids", torch.arange(size.positions).expand((1, -1)))

    def forward(self, ids, attention_mask, type_ids):
        length = ids.size()[1]
        x = self.words(ids) + self.types(type_ids) + self.positions(self.position_ids[:, :length])
        x = self.dropout(self.norm(x))
        mask = attention_mask[:, None, None, :].to(dtype=x.dtype)
        mask = (1.0 - mask) * -10000.0
        for layer in self.layers:
            x = layer(x, mask)
        return self.classifier(self.dropout(torch.tanh(self.pooler(x[:, 0]))))


class DistilBertLayer(BertLayer):
    def forward(self, x, mask):
        bs, length, _ = x.size()
        shape = lambda v: v.view(bs, -1, self.size.heads, self.size.width // self.size.heads).transpose(1, 2)
        query, key, value = shape(self.query(x)), shape(self.key(x)), shape(self.value(x))
        query = query / math.sqrt(self.size.width // self.size.heads)
        scores = torch.matmul(query, key.transpose(2, 3))
        hidden = (mask == 0).view((bs, 1, 1, length)).expand_as(scores)
        scores = scores.masked_fill(hidden, torch.tensor(torch.finfo(torch.float32).min, dtype=scores.dtype))
        context = torch.matmul(self.dropout(nn.functional.softmax(scores, dim=-1)), value)
        context = context.transpose(1, 2).contiguous().view(bs, -1, self.size.width)
        x = self.norm(self.dense(context) + x)
        return self.out_norm(self.dropout(self.down(nn.functional.gelu(self.up(x)))) + x)


class DistilBert(nn.Module):
    def __init__(self, size=SMALL):
        super().__init__()
        width = size.width
        self.words, self.positions = nn.Embedding(size.words, width, padding_idx=0), nn.Embedding(size.positions, width)
        self.norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(DistilBertLayer(size) for _ in range(size.layers))
        self.pre_classifier, self.classifier = nn.Linear(width, width), nn.Linear(width, size.classes)

    def forward(self, ids, attention_mask):
        positions = torch.arange(ids.size(1), dtype=torch.long, device=ids.device).unsqueeze(0).expand_as(ids)
        x = self.dropout(self.norm(self.words(ids) + self.positions(positions)))
        for layer in self.layers:
            x = layer(x, attention_mask)
        return self.classifier(self.dropout(nn.functional.relu(self.pre_classifier(x[:, 0]))))


class Conv1D(nn.Module):
    """Linear layer whose matrix is [in, out]."""

    def __init__(self, outputs, inputs):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(inputs, outputs)), nn.Parameter(torch.zeros(outputs))
        self.outputs = outputs

    def forward(self, x):
        out = x.size()[:-1] + (self.outputs,)
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(out)


class Gpt2Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        width, self.size = size.width, size
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn, self.c_proj = Conv1D(3 * width, width), Conv1D(width, width)
        self.c_fc, self.mlp_proj = Conv1D(size.inner, width), Conv1D(width, size.inner)
        n = size.positions
        self.register_buffer("bias", torch.tril(torch.ones((n, n), dtype=torch.uint8)).view(1, 1, n, n))

    def heads(self, x):
        return x.view(x.size()[:-1] + (self.size.heads, self.size.width // self.size.heads)).permute(0, 2, 1, 3)

    def forward(self, x, attention_mask):
        query, key, value = (self.heads(v) for v in self.c_attn(self.ln_1(x)).split(self.size.width, dim=2))
        scores = torch.matmul(query, key.transpose(-1, -2))
        scores = scores / torch.full([], value.size(-1) ** 0.5, dtype=scores.dtype)
        q, k = query.size(-2), key.size(-2)
        causal = self.bias[:, :, k - q: k, :k].bool()
        scores = torch.where(causal, scores, torch.full([], torch.finfo(torch.float32).min, dtype=scores.dtype))
        context = torch.matmul(nn.functional.softmax(scores + attention_mask, dim=-1), value)
        context = context.permute(0, 2, 1, 3).contiguous()
        x = self.c_proj(context.view(context.size()[:-2] + (self.size.width,))) + x
        h = self.c_fc(self.ln_2(x))
        h = 0.5 * h * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (h + 0.044715 * torch.pow(h, 3.0))))
        return x + self.mlp_proj(h)


class Gpt2(nn.Module):
    """GPT-2: logits of the next word at every position, with the matrix of the embedding."""

    def __init__(self, size=SMALL):
        super().__init__()
        width = size.width
        self.wte, self.wpe = nn.Embedding(size.words, width), nn.Embedding(size.positions, width)
        self.h, self.ln_f = nn.ModuleList(Gpt2Block(size) for _ in range(size.layers)), nn.LayerNorm(width)

    def forward(self, ids, attention_mask):
        ids = ids.view(-1, ids.size()[-1])
        positions = torch.arange(0, ids.size(-1), dtype=torch.long).unsqueeze(0).view(-1, ids.size(-1))
        x = self.wte(ids) + self.wpe(positions)
        mask = attention_mask.view(ids.size(0), -1)[:, None, None, :].to(dtype=x.dtype)
        mask = (1.0 - mask) * -10000.0
        for block in self.h:
            x = block(x, mask)
        return nn.functional.linear(self.ln_f(x), self.wte.weight)


class T5Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        variance = x.pow(2).mean(-1, keepdim=True)
        return self.weight * (x * torch.rsqrt(variance + 1e-6))


class T5Layer(nn.Module):
    def __init__(self, size):
        super().__init__()
        width, self.size = size.width, size
        self.q, self.k, self.v, self.o = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.wi_0, self.wi_1 = nn.Linear(width, size.inner, bias=False), nn.Linear(width, size.inner, bias=False)
        self.wo, self.norm, self.ff_norm = nn.Linear(size.inner, width, bias=False), T5Norm(width), T5Norm(width)

    def forward(self, x, position_bias):
        batch = x.shape[0]
        shape = lambda v: v.view(batch, -1, self.size.heads, self.size.width // self.size.heads).transpose(1, 2)
        y = self.norm(x)
        scores = torch.matmul(shape(self.q(y)), shape(self.k(y)).transpose(3, 2)) + position_bias
        weights = nn.functional.softmax(scores, dim=-1)
        context = torch.matmul(weights, shape(self.v(y))).transpose(1, 2).contiguous().view(batch, -1, self.size.width)
        x = x + self.o(context)
        y = self.ff_norm(x)
        return x + self.wo(nn.functional.gelu(self.wi_0(y), approximate="tanh") * self.wi_1(y))


class T5Encoder(nn.Module):
    """Relative positions in buckets that are computed in the graph; norms without a mean; a gated feed-forward."""

    def __init__(self, size=SMALL):
        super().__init__()
        width, heads = size.width, size.heads
        self.shared, self.relative = nn.Embedding(size.words, width), nn.Embedding(8, heads)
        self.block, self.final = nn.ModuleList(T5Layer(size) for _ in range(size.layers)), T5Norm(width)

    def bias(self, length):
        context = torch.arange(length, dtype=torch.long)[:, None]
        memory = torch.arange(length, dtype=torch.long)[None, :]
        relative = memory - context
        buckets = (relative > 0).to(torch.long) * 4
        relative = torch.abs(relative)
        large = 2 + (torch.log(relative.float() / 2) / math.log(16 / 2) * 2).to(torch.long)
        large = torch.min(large, torch.full_like(large, 3))
        buckets = buckets + torch.where(relative < 2, relative, large)
        return self.relative(buckets).permute([2, 0, 1]).unsqueeze(0)

    def forward(self, ids, attention_mask):
        x = self.shared(ids)
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * torch.finfo(torch.float32).min
        bias = self.bias(ids.size(1)) + mask
        for layer in self.block:
            x = layer(x, bias)
        return self.final(x)


IDS = Ints("input_ids", [2, LENGTH], SMALL.words)
MASK = Mask("attention_mask", [2, LENGTH], [12, 7])
TYPES = Ints("token_type_ids", [2, LENGTH], 2)
FAMILIES = {
    "bert": Family(Bert, [IDS, MASK, TYPES], labels=[3, 1]),
    "distilbert": Family(DistilBert, [IDS, MASK], labels=[3, 1]),
    "gpt2": Family(Gpt2, [IDS, MASK]),
    "t5-encoder": Family(T5Encoder, [IDS, MASK], outputs=("last_hidden_state",)),
}

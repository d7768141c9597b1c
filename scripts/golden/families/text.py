"""Transformers of text, written as Hugging Face's classes write them (BertModel, DistilBertModel, GPT2Model,
T5EncoderModel), at small width."""
import math

import torch
from torch import nn

from family import Family, Ints, Mask

WORDS, WIDTH, HEADS, LENGTH, CLASSES = 40, 16, 2, 12, 5


class BertLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.dense, self.norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = nn.Linear(WIDTH, 24), nn.Linear(24, WIDTH)
        self.out_norm, self.dropout = nn.LayerNorm(WIDTH, eps=1e-12), nn.Dropout(0.1)

    def heads(self, x):
        return x.view(x.size()[:-1] + (HEADS, WIDTH // HEADS)).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        query, key, value = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(WIDTH // HEADS) + mask
        context = torch.matmul(self.dropout(nn.functional.softmax(scores, dim=-1)), value)
        context = context.permute(0, 2, 1, 3).contiguous()
        context = context.view(context.size()[:-2] + (WIDTH,))
        x = self.norm(self.dropout(self.dense(context)) + x)
        return self.out_norm(self.dropout(self.down(nn.functional.gelu(self.up(x)))) + x)


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.types = nn.Embedding(WORDS, WIDTH, padding_idx=0), nn.Embedding(2, WIDTH)
        self.positions = nn.Embedding(20, WIDTH)
        self.norm, self.dropout = nn.LayerNorm(WIDTH, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(BertLayer() for _ in range(2))
        self.pooler, self.classifier = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, CLASSES)
        self.register_buffer("position_ids", torch.arange(20).expand((1, -1)))

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
        shape = lambda v: v.view(bs, -1, HEADS, WIDTH // HEADS).transpose(1, 2)
        query, key, value = shape(self.query(x)), shape(self.key(x)), shape(self.value(x))
        query = query / math.sqrt(WIDTH // HEADS)
        scores = torch.matmul(query, key.transpose(2, 3))
        hidden = (mask == 0).view((bs, 1, 1, length)).expand_as(scores)
        scores = scores.masked_fill(hidden, torch.tensor(torch.finfo(torch.float32).min, dtype=scores.dtype))
        context = torch.matmul(self.dropout(nn.functional.softmax(scores, dim=-1)), value)
        context = context.transpose(1, 2).contiguous().view(bs, -1, WIDTH)
        x = self.norm(self.dense(context) + x)
        return self.out_norm(self.dropout(self.down(nn.functional.gelu(self.up(x)))) + x)


class DistilBert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions = nn.Embedding(WORDS, WIDTH, padding_idx=0), nn.Embedding(20, WIDTH)
        self.norm, self.dropout = nn.LayerNorm(WIDTH, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(DistilBertLayer() for _ in range(2))
        self.pre_classifier, self.classifier = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, CLASSES)

    def forward(self, ids, attention_mask):
        positions = torch.arange(ids.size(1), dtype=torch.long, device=ids.device).unsqueeze(0).expand_as(ids)
        x = self.dropout(self.norm(self.words(ids) + self.positions(positions)))
        for layer in self.layers:
            x = layer(x, attention_mask)
        return self.classifier(self.dropout(nn.functional.relu(self.pre_classifier(x[:, 0]))))


class Conv1D(nn.Module):
    """A linear layer whose matrix is stored input first."""

    def __init__(self, outputs, inputs):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(inputs, outputs)), nn.Parameter(torch.zeros(outputs))
        self.outputs = outputs

    def forward(self, x):
        out = x.size()[:-1] + (self.outputs,)
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(out)


class Gpt2Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.c_attn, self.c_proj = Conv1D(3 * WIDTH, WIDTH), Conv1D(WIDTH, WIDTH)
        self.c_fc, self.mlp_proj = Conv1D(24, WIDTH), Conv1D(WIDTH, 24)
        self.register_buffer("bias", torch.tril(torch.ones((20, 20), dtype=torch.uint8)).view(1, 1, 20, 20))

    def heads(self, x):
        return x.view(x.size()[:-1] + (HEADS, WIDTH // HEADS)).permute(0, 2, 1, 3)

    def forward(self, x, attention_mask):
        query, key, value = (self.heads(v) for v in self.c_attn(self.ln_1(x)).split(WIDTH, dim=2))
        scores = torch.matmul(query, key.transpose(-1, -2))
        scores = scores / torch.full([], value.size(-1) ** 0.5, dtype=scores.dtype)
        q, k = query.size(-2), key.size(-2)
        causal = self.bias[:, :, k - q: k, :k].bool()
        scores = torch.where(causal, scores, torch.full([], torch.finfo(torch.float32).min, dtype=scores.dtype))
        context = torch.matmul(nn.functional.softmax(scores + attention_mask, dim=-1), value)
        context = context.permute(0, 2, 1, 3).contiguous()
        x = self.c_proj(context.view(context.size()[:-2] + (WIDTH,))) + x
        h = self.c_fc(self.ln_2(x))
        h = 0.5 * h * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (h + 0.044715 * torch.pow(h, 3.0))))
        return x + self.mlp_proj(h)


class Gpt2(nn.Module):
    """Scores of the next word at every position, with the matrix of the embedding."""

    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(WORDS, WIDTH), nn.Embedding(20, WIDTH)
        self.h, self.ln_f = nn.ModuleList(Gpt2Block() for _ in range(2)), nn.LayerNorm(WIDTH)

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
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        variance = x.pow(2).mean(-1, keepdim=True)
        return self.weight * (x * torch.rsqrt(variance + 1e-6))


class T5Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))
        self.wi_0, self.wi_1 = nn.Linear(WIDTH, 24, bias=False), nn.Linear(WIDTH, 24, bias=False)
        self.wo, self.norm, self.ff_norm = nn.Linear(24, WIDTH, bias=False), T5Norm(), T5Norm()

    def forward(self, x, position_bias):
        batch = x.shape[0]
        shape = lambda v: v.view(batch, -1, HEADS, WIDTH // HEADS).transpose(1, 2)
        y = self.norm(x)
        scores = torch.matmul(shape(self.q(y)), shape(self.k(y)).transpose(3, 2)) + position_bias
        weights = nn.functional.softmax(scores, dim=-1)
        context = torch.matmul(weights, shape(self.v(y))).transpose(1, 2).contiguous().view(batch, -1, WIDTH)
        x = x + self.o(context)
        y = self.ff_norm(x)
        return x + self.wo(nn.functional.gelu(self.wi_0(y), approximate="tanh") * self.wi_1(y))


class T5Encoder(nn.Module):
    """Relative positions in buckets that are computed in the graph; norms without a mean; a gated feed-forward."""

    def __init__(self):
        super().__init__()
        self.shared, self.relative = nn.Embedding(WORDS, WIDTH), nn.Embedding(8, HEADS)
        self.block, self.final = nn.ModuleList(T5Layer() for _ in range(2)), T5Norm()

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


IDS = Ints("input_ids", [2, LENGTH], WORDS)
MASK = Mask("attention_mask", [2, LENGTH], [12, 7])
TYPES = Ints("token_type_ids", [2, LENGTH], 2)
FAMILIES = {
    "bert": Family(Bert, [IDS, MASK, TYPES], labels=[3, 1]),
    "distilbert": Family(DistilBert, [IDS, MASK], labels=[3, 1]),
    "gpt2": Family(Gpt2, [IDS, MASK]),
    "t5-encoder": Family(T5Encoder, [IDS, MASK], outputs=("last_hidden_state",)),
}

"""Encoders of texts as files of Transformers name their weights, and what they compute, by PyTorch in float64.

    /usr/bin/python3 scripts/golden/make-encoders.py

Writes test/golden/encoders.json: config.json, the names and sizes of the tensors, and the states of two texts, one of them padded. Weights are
drawn as in draw.py, so that they are not stored. The networks follow Devlin 2019 (BERT), Liu 2019 (RoBERTa), Sanh 2019 (DistilBERT),
Clark 2020 (ELECTRA) and Song 2020 (MPNet).
"""

import json
from math import log, sqrt
from pathlib import Path

import torch
import torch.nn.functional as F
from draw import uniform

IDS = torch.tensor([[2, 7, 5, 11, 3], [2, 9, 3, 1, 1]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
TYPES = torch.tensor([[0, 0, 1, 1, 1], [0, 0, 0, 0, 0]])
VOCABULARY, WIDTH, HEADS, INNER, LAYERS, PLACES = 13, 8, 2, 12, 2, 9

BERT = {
    "query": "encoder.layer.{}.attention.self.query",
    "key": "encoder.layer.{}.attention.self.key",
    "value": "encoder.layer.{}.attention.self.value",
    "mixed": "encoder.layer.{}.attention.output.dense",
    "first": "encoder.layer.{}.attention.output.LayerNorm",
    "inside": "encoder.layer.{}.intermediate.dense",
    "outside": "encoder.layer.{}.output.dense",
    "second": "encoder.layer.{}.output.LayerNorm",
}
DISTILBERT = {
    "query": "transformer.layer.{}.attention.q_lin",
    "key": "transformer.layer.{}.attention.k_lin",
    "value": "transformer.layer.{}.attention.v_lin",
    "mixed": "transformer.layer.{}.attention.out_lin",
    "first": "transformer.layer.{}.sa_layer_norm",
    "inside": "transformer.layer.{}.ffn.lin1",
    "outside": "transformer.layer.{}.ffn.lin2",
    "second": "transformer.layer.{}.output_layer_norm",
}
MPNET = {
    **BERT,
    "query": "encoder.layer.{}.attention.attn.q",
    "key": "encoder.layer.{}.attention.attn.k",
    "value": "encoder.layer.{}.attention.attn.v",
    "mixed": "encoder.layer.{}.attention.attn.o",
    "first": "encoder.layer.{}.attention.LayerNorm",
}


def bucket(distance, buckets):
    """Returns the bucket of a distance between two tokens, as T5 and MPNet count them (Raffel 2020)."""
    half = buckets // 2
    exact, n = half // 2, abs(distance)
    own = n if n < exact else min(half - 1, exact + int(log(n / exact) / log(128 / exact) * (half - exact)))
    return own + (half if distance > 0 else 0)


def buckets_by_torch(distances, buckets):
    """The same for a tensor of distances, in the operations of T5's and MPNet's own code, float32."""
    half = buckets // 2
    exact = half // 2
    n = distances.abs()
    grown = torch.log(n.float() / exact) / log(128 / exact) * (half - exact)
    own = torch.where(n < exact, n, (exact + grown.clamp(min=0).long()).clamp(max=half - 1))
    return own + half * (distances > 0)


class Encoder:
    def __init__(self, name, prefix, names, first, types, embedded, epsilon, activation, buckets=0):
        self.buckets = buckets
        self.name, self.prefix, self.names, self.tensors = name, prefix, names, []
        self.first, self.types, self.embedded, self.epsilon, self.activation = first, types, embedded, epsilon, activation

    def weight(self, name, *shape):
        """Returns a weight, and lists it. Scales of norms are about 1."""
        path = self.prefix + name
        size = 1
        for one in shape:
            size *= one
        self.tensors.append([path, list(shape)])
        middle = 1 if "norm" in name.lower() and name.endswith("weight") else 0
        numbers = torch.tensor(uniform(f"encoders/{self.name}/{path}", size) - 0.5 + middle).float().double()
        return numbers.reshape(shape)

    def linear(self, x, name, to):
        return F.linear(x, self.weight(f"{name}.weight", to, x.shape[-1]), self.weight(f"{name}.bias", to))

    def norm(self, x, name):
        width = x.shape[-1]
        return F.layer_norm(x, [width], self.weight(f"{name}.weight", width), self.weight(f"{name}.bias", width), self.epsilon)

    def states(self):
        length = IDS.shape[1]
        x = self.weight("embeddings.word_embeddings.weight", VOCABULARY, self.embedded)[IDS]
        places = self.weight("embeddings.position_embeddings.weight", PLACES, self.embedded)
        x = x + places[self.first : self.first + length]
        if self.types:
            x = x + self.weight("embeddings.token_type_embeddings.weight", self.types, self.embedded)[TYPES.clamp(max=self.types - 1)]
        x = self.norm(x, "embeddings.LayerNorm")
        if self.embedded != WIDTH:
            x = self.linear(x, "embeddings_project", WIDTH)
        split = lambda t: t.reshape(*t.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)
        near = 0
        if self.buckets:
            table = self.weight("encoder.relative_attention_bias.weight", self.buckets, HEADS)
            places = [[bucket(j - i, self.buckets) for j in range(length)] for i in range(length)]
            near = table[torch.tensor(places)].permute(2, 0, 1)[None]
        for i in range(LAYERS):
            name = {part: path.format(i) for part, path in self.names.items()}
            query, key, value = (split(self.linear(x, name[part], WIDTH)) for part in ("query", "key", "value"))
            scores = query @ key.transpose(2, 3) / sqrt(WIDTH / HEADS) + near
            scores = scores.masked_fill(MASK[:, None, None, :] == 0, float("-inf"))
            mixed = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
            x = self.norm(x + self.linear(mixed, name["mixed"], WIDTH), name["first"])
            inside = self.activation(self.linear(x, name["inside"], INNER))
            x = self.norm(x + self.linear(inside, name["outside"], WIDTH), name["second"])
        return x


def sizes(**others):
    names = ["vocab_size", "hidden_size", "num_attention_heads", "intermediate_size", "num_hidden_layers", "max_position_embeddings"]
    return {**dict(zip(names, (VOCABULARY, WIDTH, HEADS, INNER, LAYERS, PLACES))), **others}


def main():
    tanh = lambda z: F.gelu(z, approximate="tanh")
    cases = [
        (Encoder("bert", "", BERT, 0, 2, WIDTH, 1e-12, F.gelu),
         {"model_type": "bert", "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", **sizes()}),
        (Encoder("roberta", "roberta.", BERT, 2, 1, WIDTH, 1e-5, tanh),
         {"model_type": "xlm-roberta", "type_vocab_size": 1, "layer_norm_eps": 1e-5, "hidden_act": "gelu_new", **sizes()}),
        (Encoder("electra", "electra.", BERT, 0, 2, 6, 1e-12, F.relu),
         {"model_type": "electra", "type_vocab_size": 2, "embedding_size": 6, "hidden_act": "relu", **sizes()}),
        (Encoder("distilbert", "distilbert.", DISTILBERT, 0, 0, WIDTH, 1e-12, F.gelu),
         {"model_type": "distilbert", "vocab_size": VOCABULARY, "dim": WIDTH, "n_heads": HEADS, "hidden_dim": INNER,
          "n_layers": LAYERS, "max_position_embeddings": PLACES, "activation": "gelu"}),
        (Encoder("mpnet", "mpnet.", MPNET, 2, 0, WIDTH, 1e-5, F.gelu, buckets=8),
         {"model_type": "mpnet", "layer_norm_eps": 1e-5, "hidden_act": "gelu", "relative_attention_num_buckets": 8, **sizes()}),
    ]
    results = []
    for encoder, config in cases:
        states = encoder.states()
        results.append({"name": encoder.name, "config": config, "tensors": encoder.tensors,
                        "states": [[[round(v, 9) for v in place] for place in text] for text in states.tolist()]})
    buckets = buckets_by_torch(torch.arange(-199, 200), 32)
    result = {"torch": torch.__version__, "ids": IDS.tolist(), "mask": MASK.tolist(), "types": TYPES.tolist(), "buckets": buckets.tolist(), "cases": results}
    path = Path(__file__).parents[2] / "test" / "golden" / "encoders.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()

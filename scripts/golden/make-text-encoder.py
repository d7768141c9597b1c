#!/usr/bin/env python3
"""The text encoder of `text-mini` and its two losses in PyTorch: masked words and pairs; and what `engraft pretrain`
minimises: tokens by a head that is tied to the word embedding, hidden ones and those that come next.

    /usr/bin/python3 scripts/golden/make-text-encoder.py        (needs PyTorch; Debian's python3-torch will do)

Writes test/golden/text-encoder.json. Weights are no random numbers but sines, so that the file need not hold them: the
i-th number of the n-th weight in the order of `names` is 0.3 sin(0.7 i + 1.3 n), of a norm's weight 1 + 0.1 of that.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "text-encoder.json"
V, H, LAYERS, HEADS, INNER, P = 13, 8, 2, 2, 12, 10
ROWS, LENGTH = 2, 5
IDS = [[2, 5, 4, 7, 3], [2, 9, 12, 4, 3]]
BEGINS = [0, 4]
PLACES = [2, 1, 8, 6]
LABELS = [6, 5, 11, 9]
PAIRS = [[2, 5, 6, 3, 0], [2, 7, 3, 0, 0], [2, 8, 5, 6, 3], [2, 9, 7, 3, 0]]
TEMPERATURE = 0.2


def norm(name):
    return {f"{name}.weight": [H], f"{name}.bias": [H]}


def linear(name, a, b):
    return {f"{name}.weight": [a, b], f"{name}.bias": [b]}


# The second row has four tokens, then padding.
TIED = [[2, 5, 4, 7, 3], [2, 4, 12, 3, 0]]
TIED_PLACES, TIED_LABELS = [2, 1, 6], [6, 5, 11]


def shapes_of(vectors):
    """With `vectors`, the layers read word vectors of that width through a projection, and their output is added to the vectors."""
    shapes = {
        "embeddings.word_embeddings.weight": [V, vectors or H],
        "embeddings.position_embeddings.weight": [P, H],
    }
    if vectors:
        shapes |= linear("embeddings.projection", vectors, H) | linear("output.dense", H, vectors)
    shapes |= norm("embeddings.LayerNorm")
    for n in range(LAYERS):
        at = f"encoder.layer.{n}"
        for part in ("query", "key", "value"):
            shapes |= linear(f"{at}.attention.self.{part}", H, H)
        shapes |= linear(f"{at}.attention.output.dense", H, H) | norm(f"{at}.attention.output.LayerNorm")
        shapes |= linear(f"{at}.intermediate.dense", H, INNER) | linear(f"{at}.output.dense", INNER, H)
        shapes |= norm(f"{at}.output.LayerNorm")
    head = linear("cls.dense", H, vectors or H)
    head |= {"cls.LayerNorm.weight": [vectors or H], "cls.LayerNorm.bias": [vectors or H], "cls.bias": [V]}
    # The head of `engraft pretrain`: scores = h W E^T + c.
    tied_head = {} if vectors else {"engraft/language/weight": [H, H], "engraft/language/bias": [V]}
    return shapes | head | tied_head


def weights(vectors):
    out = {}
    for n, (name, dims) in enumerate(shapes_of(vectors).items()):
        values = [0.3 * math.sin(0.7 * i + 1.3 * n) for i in range(math.prod(dims))]
        if "LayerNorm.weight" in name:
            values = [1 + 0.1 * v for v in values]
        out[name] = torch.tensor(values).reshape(dims).requires_grad_()
    return out


def encode(w, ids, begins, padding=None):
    """Computes a layer with PyTorch's own class, whose weights are [out, in] with query, key and value joined."""
    positions = torch.tensor(begins)[:, None] + torch.arange(ids.shape[1])
    words = w["embeddings.word_embeddings.weight"][ids]
    x = words
    if "output.dense.weight" in w:
        x = x @ w["embeddings.projection.weight"] + w["embeddings.projection.bias"]
    x = x + w["embeddings.position_embeddings.weight"][positions]
    x = F.layer_norm(x, [H], w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"], 1e-12)
    for n in range(LAYERS):
        at = f"encoder.layer.{n}"
        own = f"{at}.attention.self"
        layer = torch.nn.TransformerEncoderLayer(H, HEADS, INNER, 0.0, F.gelu, 1e-12, batch_first=True, norm_first=False)
        layer.train()
        parameters = {
            "self_attn.in_proj_weight": torch.cat([w[f"{own}.{p}.weight"].T for p in ("query", "key", "value")]),
            "self_attn.in_proj_bias": torch.cat([w[f"{own}.{p}.bias"] for p in ("query", "key", "value")]),
            "self_attn.out_proj.weight": w[f"{at}.attention.output.dense.weight"].T,
            "self_attn.out_proj.bias": w[f"{at}.attention.output.dense.bias"],
            "linear1.weight": w[f"{at}.intermediate.dense.weight"].T,
            "linear1.bias": w[f"{at}.intermediate.dense.bias"],
            "linear2.weight": w[f"{at}.output.dense.weight"].T,
            "linear2.bias": w[f"{at}.output.dense.bias"],
            "norm1.weight": w[f"{at}.attention.output.LayerNorm.weight"],
            "norm1.bias": w[f"{at}.attention.output.LayerNorm.bias"],
            "norm2.weight": w[f"{at}.output.LayerNorm.weight"],
            "norm2.bias": w[f"{at}.output.LayerNorm.bias"],
        }
        x = torch.nn.utils.stateless.functional_call(
            layer, parameters, (x,), {"src_key_padding_mask": padding}
        )
    return words, x


def gradients(loss, w):
    used = [name for name in w if w[name].requires_grad]
    found = torch.autograd.grad(loss, [w[name] for name in used], allow_unused=True)
    return {name: d.flatten().tolist() for name, d in zip(used, found) if d is not None}


def masked(vectors):
    w = weights(vectors)
    _, hidden = encode(w, torch.tensor(IDS), BEGINS)
    x = F.gelu(hidden.reshape(-1, H)[PLACES] @ w["cls.dense.weight"] + w["cls.dense.bias"])
    x = F.layer_norm(x, [vectors or H], w["cls.LayerNorm.weight"], w["cls.LayerNorm.bias"], 1e-12)
    loss = F.cross_entropy(x @ w["embeddings.word_embeddings.weight"].T + w["cls.bias"], torch.tensor(LABELS))
    return {"ids": IDS, "begins": BEGINS, "places": PLACES, "labels": LABELS} | found(loss, w)


def alike(states, real):
    mean = (states * real[:, :, None]).sum(1) / real.sum(1)[:, None]
    a, b = F.normalize(mean, dim=1).chunk(2)
    scores = a @ b.T / TEMPERATURE
    y = torch.arange(len(a))
    return mean, (F.cross_entropy(scores, y) + F.cross_entropy(scores.T, y)) / 2


def pairs(vectors):
    w = weights(vectors)
    ids = torch.tensor(PAIRS)
    words, states = encode(w, ids, [0] * len(PAIRS), ids == 0)
    if vectors:
        states = words + states @ w["output.dense.weight"] + w["output.dense.bias"]
    mean, loss = alike(states, ids != 0)
    means = mean.detach().flatten().tolist()
    return {"ids": PAIRS, "temperature": TEMPERATURE, "means": means} | found(loss, w)


def word_pairs(vectors):
    """Encodes by word vectors only; special tokens count as padding."""
    w = weights(vectors)
    ids = torch.tensor(PAIRS)
    _, loss = alike(w["embeddings.word_embeddings.weight"][ids], ids > 3)
    return {"ids": PAIRS, "temperature": TEMPERATURE} | found(loss, w)


def found(loss, w):
    return {"loss": loss.item(), "gradients": gradients(loss, w)}


def case(vectors=None):
    sizes = {"vocabulary": V, "width": H, "layers": LAYERS, "heads": HEADS, "inner": INNER, "positions": P}
    return {
        "sizes": sizes | ({"vectors": vectors} if vectors else {}),
        "names": list(shapes_of(vectors)),
        "masked": masked(vectors),
        "pairs": pairs(vectors),
        "words": word_pairs(vectors),
    }


def tied(places, labels):
    w = weights(None)
    ids = torch.tensor(TIED)
    hidden = encode(w, ids, [0, 0], ids == 0)[1].reshape(-1, H)[places]
    scores = hidden @ w["engraft/language/weight"] @ w["embeddings.word_embeddings.weight"].T
    scores = scores + w["engraft/language/bias"]
    loss = F.cross_entropy(scores, torch.tensor(labels))
    right = (scores.argmax(1) == torch.tensor(labels)).double().mean()
    return {"ids": TIED, "places": places, "labels": labels, "loss": loss.item(), "right": right.item(),
            "gradients": gradients(loss, w)}


OUT.write_text(json.dumps({
    "made": f"PyTorch {torch.__version__}",
    "plain": case() | {"tied": tied(TIED_PLACES, TIED_LABELS)},
    "added": case(6),
}, separators=(",", ":")) + "\n")

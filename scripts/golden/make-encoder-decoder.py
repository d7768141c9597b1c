"""The encoder-decoder of src/bases/architectures/encoder-decoder.ts, computed by PyTorch's nn.Transformer.

Writes test/golden/encoder-decoder.json: the sizes, sources and targets, and the logits in double precision. The weights are drawn by their names
in TypeScript; linear ones are [in, out] there.
"""

import json
import math
from pathlib import Path

import draw
import torch
from torch import nn

WORDS, WIDTH, HEADS, ENCODER, DECODER, INNER = 11, 8, 2, 2, 2, 12
SOURCES, TARGETS = [[3, 4, 5, 6, 1], [7, 2, 1]], [[0, 8, 9, 3], [0, 10, 3, 2]]
FILE = Path(__file__).parents[2] / "test" / "golden" / "encoder-decoder.json"

drawn = lambda name, *dims: torch.from_numpy(draw.weight(name, list(dims), 7)).double()


def fill(linear, name):
    linear.weight.data = drawn(f"{name}.weight", linear.in_features, linear.out_features).T.contiguous()
    linear.bias.data = drawn(f"{name}.bias", linear.out_features)


def fill_norm(norm, name):
    norm.weight.data, norm.bias.data = drawn(f"{name}.weight", WIDTH), drawn(f"{name}.bias", WIDTH)


def fill_attention(attention, name):
    parts = [f"{name}.{p}_proj" for p in "qkv"]
    attention.in_proj_weight.data = torch.cat([drawn(f"{p}.weight", WIDTH, WIDTH).T for p in parts])
    attention.in_proj_bias.data = torch.cat([drawn(f"{p}.bias", WIDTH) for p in parts])
    fill(attention.out_proj, f"{name}.out_proj")


def fill_layers(stack, part, crosses):
    for i, layer in enumerate(stack.layers):
        at = f"{part}.layers.{i}"
        fill_attention(layer.self_attn, f"{at}.self_attn")
        fill_norm(layer.norm1, f"{at}.self_attn_layer_norm")
        if crosses:
            fill_attention(layer.multihead_attn, f"{at}.encoder_attn")
            fill_norm(layer.norm2, f"{at}.encoder_attn_layer_norm")
        fill_norm(layer.norm3 if crosses else layer.norm2, f"{at}.final_layer_norm")
        fill(layer.linear1, f"{at}.fc1")
        fill(layer.linear2, f"{at}.fc2")
    fill_norm(stack.norm, f"{part}.layer_norm")


def main():
    network = nn.Transformer(WIDTH, HEADS, ENCODER, DECODER, INNER, 0.0, "relu", batch_first=True, norm_first=True).double().eval()
    fill_layers(network.encoder, "encoder", False)
    fill_layers(network.decoder, "decoder", True)
    table = drawn("shared.weight", WORDS, WIDTH)

    def embedded(ids):
        rates = 10_000.0 ** (-torch.arange(0, WIDTH, 2).double() / WIDTH)
        angles = torch.arange(ids.shape[1]).double()[:, None] * rates
        return math.sqrt(WIDTH) * table[ids] + torch.cat([angles.sin(), angles.cos()], 1)

    longest = max(map(len, SOURCES))
    sources = torch.tensor([row + [1] * (longest - len(row)) for row in SOURCES])
    absent = torch.tensor([[t >= len(row) for t in range(longest)] for row in SOURCES])
    targets = torch.tensor(TARGETS)
    causal = torch.triu(torch.ones(len(TARGETS[0]), len(TARGETS[0]), dtype=torch.bool), 1)
    states = network(embedded(sources), embedded(targets), tgt_mask=causal, src_key_padding_mask=absent, memory_key_padding_mask=absent)
    sizes = dict(vocabulary=WORDS, width=WIDTH, encoderLayers=ENCODER, decoderLayers=DECODER, heads=HEADS, inner=INNER)
    logits = [float(f"{v:.9g}") for v in (states @ table.T).flatten().tolist()]
    made = {"torch": torch.__version__, "sizes": sizes, "sources": SOURCES, "targets": TARGETS, "logits": logits}
    FILE.write_text(json.dumps(made, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

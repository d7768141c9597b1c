"""Encoder-decoders in the layout of the hub: Marian, T5 and BART as transformers computes them, exported as optimum exports them.

Writes test/golden/pairs/NAME-PART.onnx.gz (encoder, decoder, merged) and test/golden/pairs.json: shapes, sources, and the tokens that PyTorch
writes for each source in double precision, all tokens computed again for each new one. The merged file has two branches: `then` continues keys
and values of earlier tokens, `else` reads a whole text. Both read the weights of the main graph, as optimum writes them.
"""

import io
import json
import math
from pathlib import Path

import draw
import export
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

WORDS, WIDTH, HEADS, LAYERS, INNER, PLACES, BUCKETS, FAR = 40, 16, 2, 2, 24, 32, 8, 12
SIZE, LEAST = WIDTH // HEADS, torch.finfo(torch.float32).min
FOLDER = Path(__file__).parents[2] / "test" / "golden"


class Attention(nn.Module):
    def __init__(self, bias, scale):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH, bias=bias) for _ in range(4))
        self.scale = scale

    def forward(self, x, mask, source=None, past=None):
        """Of a source, `past` holds its keys and values; else those of earlier tokens, which the new ones follow."""
        split = lambda t: t.view(t.shape[0], -1, HEADS, SIZE).transpose(1, 2)
        q = split(self.q_proj(x) * self.scale)
        if source is not None and past is not None:
            k, v = past
        else:
            read = x if source is None else source
            k, v = split(self.k_proj(read)), split(self.v_proj(read))
            if past is not None:
                k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        mixed = torch.softmax(q @ k.transpose(2, 3) + mask, dim=-1) @ v
        return self.out_proj(mixed.transpose(1, 2).reshape(x.shape[0], -1, WIDTH)), k, v


class Norm(nn.Module):
    """Root mean square, as in T5."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


class Layer(nn.Module):
    """Layer of an encoder, or of a decoder with attention over the source. BART and Marian normalise after a part, T5 before it."""

    def __init__(self, kind, crosses):
        super().__init__()
        self.first, self.crosses = kind == "t5", crosses
        make = Norm if self.first else lambda: nn.LayerNorm(WIDTH)
        bias, scale = (False, 1.0) if self.first else (True, SIZE**-0.5)
        self.self_attn, self.self_norm = Attention(bias, scale), make()
        if crosses:
            self.encoder_attn, self.encoder_norm = Attention(bias, scale), make()
        self.fc1, self.fc2, self.final_norm = nn.Linear(WIDTH, INNER, bias=bias), nn.Linear(INNER, WIDTH, bias=bias), make()
        self.act = {"t5": F.relu, "bart": F.gelu, "marian": F.silu}[kind]

    def part(self, x, norm, compute):
        y, *more = compute(norm(x) if self.first else x)
        return (x + y if self.first else norm(x + y)), more

    def forward(self, x, mask, source=None, source_mask=None, past=None):
        own, given = (None, None) if past is None else (past[:2], past[2:])
        x, present = self.part(x, self.self_norm, lambda y: self.self_attn(y, mask, past=own))
        if self.crosses:
            x, keys = self.part(x, self.encoder_norm, lambda y: self.encoder_attn(y, source_mask, source, given))
            present = present + keys
        x, _ = self.part(x, self.final_norm, lambda y: (self.fc2(self.act(self.fc1(y))),))
        return x, present


def waves():
    """Sines of even places, then cosines of odd ones, as Marian has them."""
    angles = np.array([[t / np.power(10000, 2 * (j // 2) / WIDTH) for j in range(WIDTH)] for t in range(PLACES)])
    return torch.from_numpy(np.concatenate([np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])], 1).astype(np.float32))


def bucket(places, both_sides):
    """Returns the bucket of each distance: one for each small distance, then wider ones, as T5 has them."""
    found, count = 0, BUCKETS
    if both_sides:
        count //= 2
        found = (places > 0).to(torch.long) * count
        places = torch.abs(places)
    else:
        places = -torch.min(places, torch.zeros_like(places))
    exact = count // 2
    far = exact + (torch.log(places.float() / exact) / math.log(FAR / exact) * (count - exact)).to(torch.long)
    far = torch.min(far, torch.full_like(far, count - 1))
    return found + torch.where(places < exact, places, far)


class Stack(nn.Module):
    """The layers of an encoder or a decoder, with what stands before and behind them."""

    def __init__(self, kind, crosses, layers):
        super().__init__()
        self.kind, self.crosses = kind, crosses
        self.layers = nn.ModuleList(Layer(kind, crosses) for _ in range(layers))
        if kind == "t5":
            self.relative, self.norm = nn.Embedding(BUCKETS, HEADS), Norm()
        elif kind == "bart":
            self.places, self.embedding_norm = nn.Embedding(PLACES + 2, WIDTH), nn.LayerNorm(WIDTH)
        else:
            self.register_buffer("waves", waves())

    def forward(self, table, ids, mask=None, source=None, source_mask=None, past=None):
        before = 0 if past is None else past[0][0].shape[2]
        new = ids.shape[1]
        x = F.embedding(ids, table) * (math.sqrt(WIDTH) if self.kind == "marian" else 1.0)
        at = torch.arange(before, before + new)
        if self.kind == "bart":
            x = self.embedding_norm(x + self.places(at + 2))
        elif self.kind == "marian":
            x = x + F.embedding(at, self.waves)
        keys = torch.arange(before + new)
        hidden = lambda m: (1.0 - m[:, None, None, :].to(x.dtype)) * LEAST
        own = (keys > at[:, None]).to(x.dtype)[None, None] * LEAST if self.crosses else hidden(mask)
        if self.kind == "t5":
            own = own + self.relative(bucket(keys[None, :] - at[:, None], not self.crosses)).permute(2, 0, 1)[None]
        presents = []
        for i, layer in enumerate(self.layers):
            x, present = layer(x, own, source, None if source_mask is None else hidden(source_mask), None if past is None else past[i])
            presents += present
        return self.norm(x) if self.kind == "t5" else x, presents


class Pair(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind, self.shared = kind, nn.Embedding(WORDS, WIDTH)
        self.encoder, self.decoder = Stack(kind, False, 1), Stack(kind, True, LAYERS)
        if kind == "marian":
            self.final_logits_bias = nn.Parameter(torch.zeros(WORDS))

    def encode(self, ids, mask):
        return self.encoder(self.shared.weight, ids, mask)[0]

    def decode(self, ids, source, source_mask, past=None):
        x, presents = self.decoder(self.shared.weight, ids, None, source, source_mask, past)
        logits = F.linear(x * WIDTH**-0.5 if self.kind == "t5" else x, self.shared.weight)
        return logits + self.final_logits_bias if self.kind == "marian" else logits, presents


class Part(nn.Module):
    """One file of a pair."""

    def __init__(self, pair, forward):
        super().__init__()
        self.pair, self.run = pair, forward

    def forward(self, *inputs):
        return self.run(self.pair, *inputs)


KINDS = [f"{i}.{part}.{kind}" for i in range(LAYERS) for part in ("decoder", "encoder") for kind in ("key", "value")]


def past_of(values):
    return [values[4 * i : 4 * i + 4] for i in range(LAYERS)]


def exported(module, inputs, outputs):
    """Returns what PyTorch exports. Axes: batch_size, then the lengths that optimum names."""
    lengths = {"input_ids": {1: "decoder_sequence_length"}, "logits": {1: "decoder_sequence_length"}}
    source = {1: "encoder_sequence_length"}
    for name in ("attention_mask", "encoder_attention_mask", "encoder_hidden_states", "last_hidden_state"):
        lengths[name] = source
    if "last_hidden_state" in outputs:
        lengths["input_ids"] = source
    for kind in KINDS:
        own = ".decoder." in kind
        lengths[f"past_key_values.{kind}"] = {2: "past_decoder_sequence_length" if own else "encoder_sequence_length_out"}
        lengths[f"present.{kind}"] = {2: "past_decoder_sequence_length + 1" if own else "encoder_sequence_length_out"}
    buffer = io.BytesIO()
    torch.onnx.export(
        module, tuple(inputs.values()), buffer, opset_version=14, input_names=list(inputs), output_names=outputs,
        dynamic_axes={name: {0: "batch_size", **lengths[name]} for name in [*inputs, *outputs]})
    proto = onnx.load_from_string(buffer.getvalue())
    for node in proto.graph.node:
        node.ClearField("doc_string")
    return proto


def without_numbers(proto, pair):
    """Names the weights of a file instead of storing their numbers, see export.export."""
    known = {}
    for name, value in pair.named_parameters():
        values = value.detach().numpy()
        known[values.tobytes()] = f"drawn {name}"
        if values.ndim == 2:
            known[np.ascontiguousarray(values.T).tobytes()] = f"drawn {name} transposed"
    for tensor in proto.graph.initializer:
        text = known.get(numpy_helper.to_array(tensor).tobytes())
        if text is not None and np.prod(tensor.dims) >= 16:
            tensor.ClearField("raw_data")
            tensor.doc_string = text
    return proto


def merged(first, later):
    """Returns one file with both decoders in the branches of an If, as optimum merges them."""
    shared, weights = {}, []

    def branch(graph, prefix):
        names = {}
        for tensor in graph.initializer:
            key = (tuple(tensor.dims), tensor.data_type, numpy_helper.to_array(tensor).tobytes())
            if key not in shared:
                shared[key] = f"{prefix}{tensor.name}" if any(w.name == tensor.name for w in weights) else tensor.name
                tensor = onnx.TensorProto.FromString(tensor.SerializeToString())
                names[tensor.name], tensor.name = shared[key], shared[key]
                weights.append(tensor)
            else:
                names[tensor.name] = shared[key]
        outer = {i.name for i in graph.input}
        for node in graph.node:
            named = lambda n: names.get(n, n if n in outer or n == "" else f"{prefix}{n}")
            node.input[:], node.output[:] = [named(n) for n in node.input], [f"{prefix}{n}" for n in node.output]
            node.name = f"{prefix}{node.name}"
        by_name = {o.name: o for o in graph.output}
        outputs = []
        for name in ["logits", *(f"present.{kind}" for kind in KINDS)]:
            if name not in by_name:
                # The keys of a source are those of the first call: here stands a value without meaning.
                nothing = numpy_helper.from_array(np.zeros((0, HEADS, 1, SIZE), np.float32))
                graph.node.append(helper.make_node("Constant", [], [f"{prefix}{name}"], name=f"{prefix}{name}", value=nothing))
                outputs.append(helper.make_tensor_value_info(f"{prefix}{name}", TensorProto.FLOAT, [0, HEADS, 1, SIZE]))
                continue
            by_name[name].name = f"{prefix}{name}"
            outputs.append(by_name[name])
        return helper.make_graph(list(graph.node), prefix, [], outputs)

    outputs = [onnx.ValueInfoProto.FromString(o.SerializeToString()) for o in first.graph.output]
    inputs = {i.name: i for i in [*first.graph.input, *later.graph.input]}
    inputs = [onnx.ValueInfoProto.FromString(i.SerializeToString()) for i in inputs.values()]
    inputs.append(helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1]))
    branches = dict(then_branch=branch(later.graph, "with_past/"), else_branch=branch(first.graph, "no_past/"))
    node = helper.make_node("If", ["use_cache_branch"], [o.name for o in outputs], name="optimum::if", **branches)
    graph = helper.make_graph([node], "merged", inputs, outputs, weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], producer_name="optimum-onnx")
    proto.ir_version = first.ir_version
    return proto


def files_of(pair):
    ids, mask = torch.randint(5, WORDS, (2, 6)), torch.tensor([[1] * 6, [1] * 4 + [0] * 2])
    hidden, target = torch.randn(2, 6, WIDTH), torch.randint(5, WORDS, (2, 3))
    presents = [f"present.{kind}" for kind in KINDS]
    source = {"encoder_attention_mask": mask, "input_ids": target, "encoder_hidden_states": hidden}
    encoder = Part(pair, lambda p, ids, mask: p.encode(ids, mask))
    first = Part(pair, lambda p, mask, ids, hidden: (lambda made: (made[0], *made[1]))(p.decode(ids, hidden, mask)))
    own = [kind for kind in presents if ".decoder." in kind]

    def follow(p, mask, ids, hidden, *past):
        logits, made = p.decode(ids, hidden, mask, past_of(past))
        return (logits, *(made[i] for i, name in enumerate(presents) if name in own))

    past = {f"past_key_values.{kind}": torch.randn(2, HEADS, 4 if ".decoder." in kind else 6, SIZE) for kind in KINDS}
    later = {**source, "input_ids": target[:, :1], **past}
    made = {
        "encoder": exported(encoder, {"input_ids": ids, "attention_mask": mask}, ["last_hidden_state"]),
        "decoder": exported(first, source, ["logits", *presents]),
        "merged": exported(Part(pair, follow), later, ["logits", *own]),
    }
    made["merged"] = merged(exported(first, source, ["logits", *presents]), made["merged"])
    return {name: without_numbers(proto, pair) for name, proto in made.items()}


def greedy(pair, row, start, banned, count):
    """Returns the tokens that follow the start token, each the most probable one, and the smallest lead of one of them."""
    ids, mask = torch.tensor([row]), torch.ones(1, len(row), dtype=torch.long)
    hidden, target, lead = pair.encode(ids, mask), [start], math.inf
    for _ in range(count):
        scores = pair.decode(torch.tensor([target]), hidden, mask)[0][0, -1]
        scores[banned] = -math.inf
        best = scores.topk(2).values
        lead = min(lead, (best[0] - best[1]).item())
        target.append(scores.argmax().item())
    return target[1:], lead


def golden(pair, sources, targets, start, fill):
    """Returns the mean loss of the tokens of targets, each predicted from the true ones before it, and its gradients."""
    filled = lambda rows: torch.tensor([row + [fill] * (max(map(len, rows)) - len(row)) for row in rows])
    present = lambda rows: torch.tensor([[int(t < len(row)) for t in range(max(map(len, rows)))] for row in rows])
    labels, mask = filled(targets), present(targets)
    before = torch.cat([torch.full_like(labels[:, :1], start), labels[:, :-1]], 1)
    source_mask = present(sources)
    logits, _ = pair.decode(before, pair.encode(filled(sources), source_mask), source_mask)
    losses = -logits.log_softmax(-1).gather(-1, labels[..., None]).squeeze(-1)
    loss = (losses * mask).sum() / mask.sum()
    loss.backward()
    # transformers has final_logits_bias as a buffer: it does not train.
    trained = {n: p for n, p in pair.named_parameters() if n != "final_logits_bias"}
    digests = {n: [float(f"{v:.9g}") for v in draw.digest(n, p.grad.numpy())] for n, p in trained.items()}
    return {"targets": targets, "loss": loss.item(), "gradients": digests}


# Start token, token that ends a text, tokens that are never written; salt of the weights.
FAMILIES = {"marian": (39, 0, [39], 52), "t5": (0, 1, [], 41), "bart": (2, 2, [], 33)}


def main():
    torch.manual_seed(0)
    (FOLDER / "pairs").mkdir(exist_ok=True)
    results = {}
    for kind, (start, end, banned, salt) in FAMILIES.items():
        pair = Pair(kind).eval()
        pair.load_state_dict({n: torch.from_numpy(draw.weight(n, list(p.shape), salt)) for n, p in pair.named_parameters()}, strict=False)
        for name, proto in files_of(pair).items():
            export.write(FOLDER / "pairs" / f"{kind}-{name}.onnx.gz", proto)
        drawn = lambda r, n: (5 + np.floor(draw.uniform(f"pairs/{kind}/{r}", n) * (WORDS - 6))).astype(int).tolist()
        rows = [[*drawn(r, n), end] for r, n in enumerate((7, 3, 5, 1))]
        double = pair.double()
        made = [greedy(double, row, start, banned, 12) for row in rows]
        print(kind, [lead for _, lead in made], [written for written, _ in made])
        targets = [[*drawn(10 + r, n), end] for r, n in enumerate((4, 6, 2, 1))]
        results[kind] = {
            **{"shapes": {n: list(p.shape) for n, p in pair.named_parameters()}, "salt": salt, "start": start, "end": end},
            **{"banned": banned, "sources": rows, "greedy": [written for written, _ in made]},
            **golden(double, rows, targets, start, start if kind != "bart" else 1)}
    (FOLDER / "pairs.json").write_text(json.dumps({"torch": torch.__version__, "words": WORDS, "pairs": results}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

"""Decoders as the hub holds them, with inputs of earlier keys and values, and what they compute without those, by PyTorch in float64.

    /usr/bin/python3 scripts/golden/make-decoders.py        (needs PyTorch and onnx: Debian's python3-torch, python3-onnx)

Writes test/golden/decoders/NAME.onnx.gz and test/golden/decoders.json: rows of tokens filled at the end, the next tokens, the loss, its
gradients, and the tokens that follow most probably. Weights are drawn as in draw.py, so that they are not stored. The networks follow transformers' LlamaForCausalLM and
GPT2LMHeadModel, with the inputs and the names that optimum gives them; `llama-genai` is the network of `llama-untied` in the operators of
onnxruntime's model builder. `llama-genai-16` has heads of 16 numbers: onnxruntime runs GroupQueryAttention for multiples of 16 only.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import draw
import export
import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

WORDS, WIDTH, HEADS, KEYS, LAYERS, INNER, PLACES = 40, 16, 4, 2, 2, 24, 20
SIZE, LEAST = WIDTH // HEADS, torch.finfo(torch.float32).min
FOLDER = Path(__file__).parents[2] / "test" / "golden"


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def split(x, heads):
    return x.view(*x.shape[:2], heads, SIZE).transpose(1, 2)


def repeated(x):
    """Returns keys or values once for each query head of their group."""
    b, k, t, h = x.shape
    return x[:, :, None].expand(b, k, HEADS // k, t, h).reshape(b, HEADS, t, h)


def attend(q, k, v, mask):
    scores = q @ repeated(k).transpose(2, 3) / math.sqrt(SIZE) + mask
    mixed = torch.softmax(scores, dim=-1) @ repeated(v)
    return mixed.transpose(1, 2).reshape(q.shape[0], q.shape[2], WIDTH)


def mask_of(attention_mask, new, past):
    """Returns 0 where a new token may see a token, else the least number."""
    mask = torch.full((new, past + new), LEAST)
    later = torch.arange(past + new) > torch.arange(past, past + new).reshape(-1, 1)
    mask = (mask * later.to(mask.dtype))[None, None].expand(attention_mask.shape[0], 1, -1, -1).clone()
    absent = (mask + attention_mask[:, None, None, :].to(mask.dtype)) == 0
    return mask.masked_fill(absent, LEAST)


class LlamaLayer(nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda i, o: nn.Linear(i, o, bias=False)
        self.q_proj, self.k_proj, self.v_proj = linear(WIDTH, WIDTH), linear(WIDTH, KEYS * SIZE), linear(WIDTH, KEYS * SIZE)
        self.o_proj = linear(WIDTH, WIDTH)
        self.gate_proj, self.up_proj, self.down_proj = linear(WIDTH, INNER), linear(WIDTH, INNER), linear(INNER, WIDTH)
        self.input_norm, self.after_norm = Norm(), Norm()

    def forward(self, x, turn, mask, key, value):
        y = self.input_norm(x)
        q, k, v = turn(split(self.q_proj(y), HEADS)), turn(split(self.k_proj(y), KEYS)), split(self.v_proj(y), KEYS)
        k, v = torch.cat([key, k], 2), torch.cat([value, v], 2)
        x = x + self.o_proj(attend(q, k, v, mask.to(q.dtype)))
        y = self.after_norm(x)
        return x + self.down_proj(F.silu(self.gate_proj(y)) * self.up_proj(y)), k, v


class Llama(nn.Module):
    positions = True

    def __init__(self, tied):
        super().__init__()
        self.embed_tokens = nn.Embedding(WORDS, WIDTH)
        self.layers, self.norm = nn.ModuleList(LlamaLayer() for _ in range(LAYERS)), Norm()
        self.lm_head = None if tied else nn.Linear(WIDTH, WORDS, bias=False)
        self.register_buffer("inv_freq", 1 / (10000 ** (torch.arange(0, SIZE, 2).float() / SIZE)), persistent=False)

    def forward(self, input_ids, attention_mask, position_ids, *past):
        x, new, before = self.embed_tokens(input_ids), input_ids.shape[1], past[0].shape[2]
        angles = (self.inv_freq[None, :, None].float().expand(x.shape[0], -1, 1) @ position_ids[:, None, :].float()).transpose(1, 2)
        angles = torch.cat((angles, angles), -1)
        cos, sin = angles.cos()[:, None].to(x.dtype), angles.sin()[:, None].to(x.dtype)
        half = lambda t: torch.cat((-t[..., SIZE // 2 :], t[..., : SIZE // 2]), -1)
        turn = lambda t: t * cos + half(t) * sin
        mask, present = mask_of(attention_mask, new, before), []
        for i, layer in enumerate(self.layers):
            x, key, value = layer(x, turn, mask, past[2 * i], past[2 * i + 1])
            present += [key, value]
        head = self.embed_tokens.weight if self.lm_head is None else self.lm_head.weight
        return (F.linear(self.norm(x), head), *present)


class Conv1D(nn.Module):
    """Linear layer whose matrix is [in, out]."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(inputs, outputs)), nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(*x.shape[:2], -1)


class GptBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.c_attn, self.attn_proj = Conv1D(WIDTH, WIDTH + 2 * KEYS * SIZE), Conv1D(WIDTH, WIDTH)
        self.c_fc, self.mlp_proj = Conv1D(WIDTH, INNER), Conv1D(INNER, WIDTH)

    def forward(self, x, mask, key, value):
        q, k, v = self.c_attn(self.ln_1(x)).split([WIDTH, KEYS * SIZE, KEYS * SIZE], dim=2)
        k, v = torch.cat([key, split(k, KEYS)], 2), torch.cat([value, split(v, KEYS)], 2)
        x = x + self.attn_proj(attend(split(q, HEADS), k, v, mask.to(q.dtype)))
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh")), k, v


class Gpt(nn.Module):
    positions = False

    def __init__(self, tied):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(WORDS, WIDTH), nn.Embedding(PLACES, WIDTH)
        self.h, self.ln_f = nn.ModuleList(GptBlock() for _ in range(LAYERS)), nn.LayerNorm(WIDTH)
        self.lm_head = None if tied else nn.Linear(WIDTH, WORDS, bias=False)

    def forward(self, input_ids, attention_mask, *past):
        new, before = input_ids.shape[1], past[0].shape[2]
        places = torch.arange(before, before + new, dtype=torch.long)
        x = self.wte(input_ids) + self.wpe(places)
        mask, present = mask_of(attention_mask, new, before), []
        for i, block in enumerate(self.h):
            x, key, value = block(x, mask, past[2 * i], past[2 * i + 1])
            present += [key, value]
        head = self.wte.weight if self.lm_head is None else self.lm_head.weight
        return (F.linear(self.ln_f(x), head), *present)


@dataclass(frozen=True)
class Traced:
    """Input with the numbers that the exporter traces."""
    name: str
    numbers: torch.Tensor

    def values(self):
        return self.numbers


@dataclass(frozen=True)
class Decoder:
    inputs: list
    outputs: list
    axes: dict


CACHE = [f"{i}.{kind}" for i in range(LAYERS) for kind in ("key", "value")]
BATCH, NEW, BEFORE = 2, 7, 3
LENGTHS = [7, 5]


def drawn_ids(purpose):
    return torch.from_numpy(np.floor(draw.uniform(f"decoders/{purpose}", BATCH * NEW) * WORDS).astype(np.int64).reshape(BATCH, NEW))


def decoder_of(model, ids, mask):
    """Returns what the exporter needs: inputs that follow on three earlier tokens."""
    whole = torch.cat([torch.ones(BATCH, BEFORE, dtype=torch.long), mask], 1)
    inputs = [Traced("input_ids", ids), Traced("attention_mask", whole)]
    if model.positions:
        inputs.append(Traced("position_ids", torch.arange(BEFORE, BEFORE + NEW).expand(BATCH, NEW)))
    inputs += [Traced(f"past_key_values.{c}", torch.randn(BATCH, KEYS, BEFORE, SIZE)) for c in CACHE]
    sequence, total = {1: "sequence_length"}, "past_sequence_length + sequence_length"
    axes = {"input_ids": sequence, "position_ids": sequence, "logits": sequence, "attention_mask": {1: total}}
    axes.update({f"past_key_values.{c}": {2: "past_sequence_length"} for c in CACHE})
    axes.update({f"present.{c}": {2: total} for c in CACHE})
    return Decoder(inputs, ["logits", *(f"present.{c}" for c in CACHE)], axes)


def golden(model, ids, mask, labels):
    """Returns the loss of the next tokens and its gradients, nothing being held of earlier tokens."""
    model = model.double()
    empty = [torch.zeros(BATCH, KEYS, 0, SIZE, dtype=torch.float64) for _ in CACHE]
    positions = [torch.arange(NEW).expand(BATCH, NEW)] if model.positions else []
    logits = model(ids, mask, *positions, *empty)[0]
    losses = -logits.log_softmax(-1).gather(-1, labels[..., None]).squeeze(-1)
    loss = (losses * mask).sum() / mask.sum()
    loss.backward()
    digests = {n: [float(f"{v:.9g}") for v in draw.digest(n, p.grad.numpy())] for n, p in model.named_parameters()}
    return {"loss": loss.item(), "gradients": digests}


def greedy(model, row, count):
    """Returns the tokens that follow a row, each the most probable one, and the cache in use."""
    model, ids = model.double(), torch.tensor([row])
    past, added = [torch.zeros(1, KEYS, 0, SIZE, dtype=torch.float64) for _ in CACHE], []
    for _ in range(count):
        before = past[0].shape[2]
        places = [torch.arange(before, before + ids.shape[1])[None]] if model.positions else []
        logits, *past = model(ids, torch.ones(1, before + ids.shape[1], dtype=torch.long), *places, *past)
        ids = logits[:, -1].argmax(-1, keepdim=True)
        added.append(ids.item())
    return added


def genai(path, model):
    """Writes a Llama as onnxruntime's model builder does: one operator for attention, its rotation inside."""
    nodes, weights = [], []

    def add(op, inputs, outputs=1, domain="", **attributes):
        name = f"{op}_{len(nodes)}"
        made = [f"{name}/output_{i}" for i in range(outputs)]
        nodes.append(helper.make_node(op, inputs, made, name=name, domain=domain, **attributes))
        return made if outputs > 1 else made[0]

    def weight(name, values, drawn=None):
        tensor = numpy_helper.from_array(np.ascontiguousarray(values), name)
        if drawn:
            tensor.ClearField("raw_data")
            tensor.doc_string = drawn
        weights.append(tensor)
        return name

    parameters = {n: p.detach().numpy() for n, p in model.named_parameters()}
    matmul = lambda x, n: add("MatMul", [x, weight(f"{n}.MatMul.weight", parameters[f"{n}.weight"].T, f"drawn {n}.weight transposed")])
    scale = lambda n: weight(f"{n}.weight", parameters[f"{n}.weight"], f"drawn {n}.weight")
    table = weight("model.embed_tokens.weight", parameters["embed_tokens.weight"], "drawn embed_tokens.weight")
    one = weight("one", np.array([1], np.int64))
    lengths = add("Cast", [add("Sub", [add("ReduceSum", ["attention_mask", one], keepdims=0), one])], to=TensorProto.INT32)
    total = add("Cast", [add("Gather", [add("Shape", ["attention_mask"]), weight("at_1", np.array(1, np.int64))], axis=0)], to=TensorProto.INT32)
    angles = np.outer(np.arange(PLACES), model.inv_freq.numpy()).astype(np.float32)
    cos, sin = weight("cos_cache", np.cos(angles)), weight("sin_cache", np.sin(angles))
    x = add("Gather", [table, "input_ids"])
    # The sum of the stream and what a part adds, normalised: one operator from the second norm on.
    skip, norm = None, lambda n, x, skip: (
        (add("SimplifiedLayerNormalization", [x, scale(n)], axis=-1, epsilon=1e-6, stash_type=1), x) if skip is None
        else (lambda out: (out[0], out[3]))(add("SkipSimplifiedLayerNormalization", [x, skip, scale(n)], 4, "com.microsoft", epsilon=1e-6)))
    for i in range(LAYERS):
        at = f"layers.{i}"
        y, x = norm(f"{at}.input_norm", x, skip)
        q, k, v = (matmul(y, f"{at}.{p}_proj") for p in "qkv")
        past = [f"past_key_values.{i}.key", f"past_key_values.{i}.value"]
        mixed = f"attention_{i}"
        nodes.append(helper.make_node(
            "GroupQueryAttention", [q, k, v, *past, lengths, total, cos, sin], [mixed, f"present.{i}.key", f"present.{i}.value"],
            name=f"GroupQueryAttention_{i}", domain="com.microsoft", num_heads=HEADS, kv_num_heads=KEYS, do_rotary=1,
            rotary_interleaved=0, scale=1 / math.sqrt(SIZE)))
        y, x = norm(f"{at}.after_norm", x, matmul(mixed, f"{at}.o_proj"))
        gate, up = matmul(y, f"{at}.gate_proj"), matmul(y, f"{at}.up_proj")
        skip = matmul(add("Mul", [add("Mul", [gate, add("Sigmoid", [gate])]), up]), f"{at}.down_proj")
    y, _ = norm("norm", x, skip)
    nodes.append(helper.make_node("MatMul", [y, weight("lm_head.MatMul.weight", parameters["lm_head.weight"].T, "drawn lm_head.weight transposed")], ["logits"], name="lm_head"))
    floats = lambda n, *dims: helper.make_tensor_value_info(n, TensorProto.FLOAT, list(dims))
    total_name = "total_sequence_length"
    graph = helper.make_graph(
        nodes, "main_graph",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
         helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch_size", total_name]),
         *(floats(f"past_key_values.{c}", "batch_size", KEYS, "past_sequence_length", SIZE) for c in CACHE)],
        [floats("logits", "batch_size", "sequence_length", WORDS),
         *(floats(f"present.{c}", "batch_size", KEYS, total_name, SIZE) for c in CACHE)], weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)],
                              producer_name="onnxruntime-genai")
    proto.ir_version = 8
    export.write(path, proto)


def set_sizes(width, heads, keys):
    """Sets the width of the models that are made next, and their heads of queries and of keys."""
    global WIDTH, HEADS, KEYS, SIZE
    WIDTH, HEADS, KEYS, SIZE = width, heads, keys, width // heads


def main():
    torch.manual_seed(0)
    ids, labels = drawn_ids("ids"), drawn_ids("labels")
    mask = torch.tensor([[int(t < n) for t in range(NEW)] for n in LENGTHS])
    results = {}
    (FOLDER / "decoders").mkdir(exist_ok=True)
    for name, make in (("llama-tied", lambda: Llama(True)), ("llama-untied", lambda: Llama(False)),
                       ("gpt2-tied", lambda: Gpt(True)), ("gpt2-untied", lambda: Gpt(False)), ("llama-genai-16", lambda: Llama(False))):
        if name == "llama-genai-16":
            set_sizes(32, 2, 1)
        model = make().eval()
        model.load_state_dict({n: torch.from_numpy(draw.weight(n, list(p.shape), 0)) for n, p in model.named_parameters()}, strict=False)
        if name != "llama-genai-16":
            export.export(FOLDER / "decoders" / f"{name}.onnx.gz", decoder_of(model, ids, mask), model, 17, False)
        if name in ("llama-untied", "llama-genai-16"):
            genai(FOLDER / "decoders" / f"{name.replace('untied', 'genai')}.onnx.gz", model)
        shapes = {n: list(p.shape) for n, p in model.named_parameters()}
        results[name] = {"shapes": shapes, **golden(model, ids, mask, labels)}
        results[name]["greedy"] = [greedy(model, ids[r, :n].tolist(), 8) for r, n in enumerate(LENGTHS)]
    made = {"torch": torch.__version__, "words": WORDS, "lengths": LENGTHS, "ids": ids.tolist(), "labels": labels.tolist(), "decoders": results}
    (FOLDER / "decoders.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

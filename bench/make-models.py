#!/usr/bin/env python3
"""The usual architectures with random weights as ONNX files, and PyTorch's own times beside which to put ours.

    python3 bench/make-models.py [resnet50 resnet18 mobilenet_v2 squeezenet1_1 vgg11 alexnet bert_base]   writes .cache/bench/NAME.onnx
    python3 bench/make-models.py resnet50 --time --batch 16 --threads 2                         prints JSON, one line a model

Times are medians in milliseconds. `frozen`: BatchNormalization in eval mode and every parameter training, as our
default; `train`: the statistics of the batch. The step is zero_grad, forward, loss, backward, SGD with momentum; AdamW
for bert_base, whose input is 128 tokens.
"""
import argparse
import json
import os
import resource
import statistics
import time
import warnings

import torch
import torchvision

warnings.filterwarnings("ignore")
NAMES = ["resnet50", "resnet18", "mobilenet_v2", "squeezenet1_1", "vgg11", "alexnet", "bert_base"]
TOKENS = 128
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "bench")


class BertLayer(torch.nn.Module):
    """Devlin et al. 2019: attention and a wide layer, each with a residual and then a norm."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (torch.nn.Linear(width, width) for _ in range(4))
        self.up, self.down = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)
        self.norm1, self.norm2 = torch.nn.LayerNorm(width, 1e-12), torch.nn.LayerNorm(width, 1e-12)

    def forward(self, x):
        n, length, width = x.shape
        split = lambda y: y.view(n, length, self.heads, width // self.heads).transpose(1, 2)
        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = q @ k.transpose(2, 3) / (width // self.heads) ** 0.5
        mixed = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(n, length, width)
        x = self.norm1(x + self.output(mixed))
        return self.norm2(x + self.down(torch.nn.functional.gelu(self.up(x))))


class Bert(torch.nn.Module):
    """BERT-base: 12 layers of 768, 12 heads, 30,522 words, and a classifier on the pooled first token."""

    def __init__(self, layers=12, width=768, heads=12, words=30522, classes=2):
        super().__init__()
        self.words, self.places, self.kinds = (torch.nn.Embedding(n, width) for n in (words, 512, 2))
        self.norm = torch.nn.LayerNorm(width, 1e-12)
        self.layers = torch.nn.ModuleList(BertLayer(width, heads) for _ in range(layers))
        self.pooler, self.classifier = torch.nn.Linear(width, width), torch.nn.Linear(width, classes)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=0.02)

    def forward(self, ids):
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places) + self.kinds(torch.zeros_like(ids)))
        for layer in self.layers:
            x = layer(x)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


def make(name):
    torch.manual_seed(0)
    if name == "bert_base":
        return Bert()
    try:
        model = getattr(torchvision.models, name)(weights=None)
    except TypeError:
        model = getattr(torchvision.models, name)()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def example(name, batch, size):
    """Pictures, or tokens."""
    if name == "bert_base":
        return torch.randint(0, 30522, (batch, TOKENS))
    return torch.randn(batch, 3, size, size)


def export(name, opset, size):
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.normpath(os.path.join(FOLDER, f"{name}.onnx" if size == 224 else f"{name}-{size}.onnx"))
    torch.onnx.export(
        make(name).eval(), example(name, 1, size), path, opset_version=opset,
        input_names=["input"], output_names=["logits"],
        dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}},
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    return path


def median(run, repeats):
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def measure(name, batch, size, repeats):
    x, labels = example(name, batch, size), torch.arange(batch) % 2
    model = make(name).eval()
    result = {"model": name, "batch": batch, "image_size": size, "threads": torch.get_num_threads(),
              "pytorch": torch.__version__}

    def forward():
        with torch.no_grad():
            model(x)

    result["forward_ms"] = median(forward, repeats)
    if name == "bert_base":
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def step():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

    # The peak never falls: of running statistics first, which need less.
    for mode in ["frozen", "train"]:
        model.train(mode == "train")
        result[f"step_{mode}_ms"] = median(step, repeats)
        result[f"ratio_{mode}"] = result[f"step_{mode}_ms"] / result["forward_ms"]
        result[f"peak_rss_{mode}_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {k: round(v, 2) if isinstance(v, float) else v for k, v in result.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES, help=", ".join(NAMES))
    parser.add_argument("--time", action="store_true", help="time PyTorch instead of exporting")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--opset", type=int, default=13)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name in options.names or NAMES:
        if options.time:
            print(json.dumps(measure(name, options.batch, options.image_size, options.repeats)), flush=True)
        else:
            print(export(name, options.opset, options.image_size), flush=True)


main()

#!/usr/bin/env python3
"""The usual architectures with random weights as ONNX files, and PyTorch's own times beside which to put ours.

    python3 bench/make-models.py [resnet50 resnet18 mobilenet_v2 squeezenet1_1 vgg11 alexnet]   writes .cache/bench/NAME.onnx
    python3 bench/make-models.py resnet50 --time --batch 16 --threads 2                         prints JSON, one line a model

Times are medians in milliseconds. `frozen`: BatchNormalization in eval mode and every parameter training, as our
default; `train`: the statistics of the batch. The step is zero_grad, forward, loss, backward, SGD with momentum.
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
NAMES = ["resnet50", "resnet18", "mobilenet_v2", "squeezenet1_1", "vgg11", "alexnet"]
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".cache", "bench")


def make(name):
    torch.manual_seed(0)
    try:
        model = getattr(torchvision.models, name)(weights=None)
    except TypeError:
        model = getattr(torchvision.models, name)()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def export(name, opset, size):
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.normpath(os.path.join(FOLDER, f"{name}.onnx"))
    torch.onnx.export(
        make(name).eval(), torch.zeros(1, 3, size, size), path, opset_version=opset,
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
    x, labels = torch.randn(batch, 3, size, size), torch.arange(batch) % 1000
    model = make(name).eval()
    result = {"model": name, "batch": batch, "image_size": size, "threads": torch.get_num_threads(),
              "pytorch": torch.__version__}

    def forward():
        with torch.no_grad():
            model(x)

    result["forward_ms"] = median(forward, repeats)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def step():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

    for mode in ["frozen", "train"]:
        model.train(mode == "train")
        result[f"step_{mode}_ms"] = median(step, repeats)
        result[f"ratio_{mode}"] = result[f"step_{mode}_ms"] / result["forward_ms"]
    result["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
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

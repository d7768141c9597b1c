#!/usr/bin/env python3
"""Exports a network of real size with random weights, and the numbers of one training step by PyTorch in float64.

    python3 scripts/golden/real_size.py                 the names that there are
    python3 scripts/golden/real_size.py NAME FOLDER     writes NAME.onnx, NAME.json and NAME.bin there

Called by scripts/check/real-size.mjs. Inputs, targets, loss and digests as in draw.py; weights as PyTorch begins them.
"""
import json
import os
import sys
import warnings

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

sys.dont_write_bytecode = True

import draw
import steps
from families import dense, recurrent, text
from family import Family, Ints, Mask, images

warnings.filterwarnings("ignore")
SAMPLE = 12


class Outputs(nn.Module):
    """Wraps a network that returns a dictionary, to return a list."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        made = self.body(x)
        return tuple(made.values()) if len(made) > 1 else next(iter(made.values()))


def picture(name, side=224, **options):
    return Family(lambda: getattr(torchvision.models, name)(weights=None, **options), images(side), labels=[3, 1])


def segmenter(name, outputs):
    make = getattr(torchvision.models.segmentation, name)
    return Family(lambda: Outputs(make(weights=None, weights_backbone=None, num_classes=21)), images(128),
                  outputs=outputs)


def words(make, size, length=128, **options):
    inputs = [Ints("input_ids", [2, length], size.words), Mask("attention_mask", [2, length], [length, length // 2])]
    return Family(lambda: make(size), inputs, **options)


BERT = text.Size(30522, 768, 12, 12, 3072, 512, 2)
NETWORKS = {
    **{name: picture(name) for name in [
        "alexnet", "vgg16", "resnet50", "resnext50_32x4d", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0",
        "efficientnet_v2_s", "densenet121", "squeezenet1_1", "shufflenet_v2_x1_0", "convnext_tiny", "mnasnet1_0",
        "regnet_y_400mf", "regnet_x_400mf", "vit_b_16", "swin_t"]},
    "inception_v3": picture("inception_v3", 299, aux_logits=False, init_weights=False),
    "googlenet": picture("googlenet", aux_logits=False, init_weights=False),
    "fasterrcnn_fpn": Family(
        lambda: Outputs(resnet_fpn_backbone(backbone_name="resnet50", weights=None, trainable_layers=5)), images(256),
        outputs=("p2", "p3", "p4", "p5", "pool")),
    "fcn_resnet50": segmenter("fcn_resnet50", ("out",)),
    "deeplabv3_resnet50": segmenter("deeplabv3_resnet50", ("out",)),
    "unet": Family(lambda: dense.Unet(16), images(128)),
    "yolo": Family(lambda: dense.Yolo(8), images(320), outputs=("detections",)),
    "bert_base": Family(lambda: text.Bert(BERT), [
        *words(text.Bert, BERT).inputs, Ints("token_type_ids", [2, 128], 2)], labels=[1, 0]),
    "distilbert": words(text.DistilBert, text.Size(30522, 768, 12, 6, 3072, 512, 2), labels=[1, 0]),
    "gpt2": words(text.Gpt2, text.Size(50257, 768, 12, 12, 3072, 1024), 64),
    "t5_encoder": words(text.T5Encoder, text.Size(32128, 512, 8, 6, 1024), outputs=("last_hidden_state",)),
    "lstm": Family(lambda: recurrent.Lstm(10000, 256, 256), [Ints("input_ids", [2, 24], 10000)], labels=[3, 1]),
}


def make(name, folder):
    family = NETWORKS[name]
    torch.manual_seed(0)
    model = family.make()
    inputs = tuple(i.values() for i in family.inputs)
    for m in model.modules():
        if isinstance(m, text.Conv1D):
            nn.init.normal_(m.weight, std=0.02)
        if hasattr(m, "layer_scale"):
            nn.init.constant_(m.layer_scale, 0.5)
        if isinstance(m, nn.Linear) and not m.weight.any():
            # torchvision's ViT starts with logits of 0, which have no gradient for the layers before.
            nn.init.normal_(m.weight, std=0.02)
    # Running averages of this batch. With those of an untrained network, values grow from layer to layer.
    for m in steps.norms(model):
        m.train()
        m.momentum = 1.0
    with torch.no_grad():
        model(*inputs)
    model.eval()
    names, at = [i.name for i in family.inputs], lambda suffix: os.path.join(folder, f"{name}.{suffix}")
    torch.onnx.export(
        model, inputs, at("onnx"), opset_version=17, input_names=names, output_names=list(family.outputs),
        dynamic_axes={v: {0: "batch"} for v in [*names, *family.outputs]},
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    for m in model.modules():
        if isinstance(m, (nn.Dropout, nn.Dropout2d)):
            m.p = 0
    parameters = dict(model.named_parameters())
    chosen = sorted(parameters)[:: max(1, len(parameters) // SAMPLE)]

    def differentiated(prepare):
        model.zero_grad()
        outputs = steps.outputs_of(model, inputs, prepare)
        loss = steps.loss_of(family, outputs)
        loss.backward()
        missing = [n for n, p in parameters.items() if p.grad is None]
        assert not missing, missing
        return outputs, loss, {n: parameters[n].grad.double().clone() for n in chosen}

    rough, _, rough_gradients = differentiated(torch.Tensor.float)
    model.double()
    outputs, loss, gradients = differentiated(torch.Tensor.double)
    square = sum((p.grad**2).sum().item() for p in parameters.values())
    largest = max(p.grad.norm().item() for p in parameters.values())
    numbers = [draw.digest(n, o.detach().numpy()) for n, o in zip(family.outputs, outputs)]
    numbers += [draw.digest(n, gradients[n].numpy()) for n in chosen]
    np.concatenate(numbers).astype("<f8").tofile(at("bin"))
    header = {
        "inputs": [{"kind": type(i).__name__, **vars(i)} for i in family.inputs],
        "outputs": [{"name": n, "dims": list(o.shape)} for n, o in zip(family.outputs, outputs)],
        "labels": list(family.labels), "loss": loss.item(), "largest": largest,
        # Difference of PyTorch in float32: deep networks with random weights are sensitive.
        "forward": max(((a - b).norm() / b.norm()).item() for a, b in zip(rough, outputs)),
        "gradient": max(((rough_gradients[n] - g).norm() / (g.norm() + 1e-3 * largest)).item()
                        for n, g in gradients.items()),
        # To first order, a step reduces the loss by a tenth.
        "rate": 0.1 * loss.item() / square, "chosen": chosen,
        "parameters": {n: list(p.shape) for n, p in parameters.items()}}
    with open(at("json"), "w") as f:
        json.dump(header, f)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(" ".join(NETWORKS))
    else:
        make(*sys.argv[1:])

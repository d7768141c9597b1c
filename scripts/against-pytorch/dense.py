"""Trains boxes or masks in PyTorch on the network and the batches of scripts/against-pytorch/dense.mjs.

python3 dense.py FOLDER float32|float64 prints a JSON list, the loss of each step, and writes outputs.rows: the trained network's output
for the test pictures. The losses are written here once more, from their papers.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torchvision.ops import generalized_box_iou_loss

from network import Network, Recipe, write_outputs

folder = Path(sys.argv[1])
torch.set_default_dtype(getattr(torch, sys.argv[2]))
network = Network(folder)
net = network.net
recipe = Recipe(network, net["steps"])
torch.set_num_threads(2)


def rows(name):
    """The rows of all steps, read from the file step by step."""
    kind = np.uint8 if name == "x" else np.float32
    return np.memmap(folder / f"{name}.rows", dtype=kind, mode="r").reshape([net["steps"], *net["shapes"][name]])


def tensor(rows):
    values = torch.from_numpy(np.array(rows))
    return values if values.dtype == torch.uint8 else values.to(torch.get_default_dtype())


def overlap(a, b):
    """Intersection over union of pairs of boxes."""
    low, high = torch.max(a[..., :2], b[..., :2]), torch.min(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    return shared / ((a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared)


def boxes_loss(output, batch):
    """Quality focal loss and GIoU loss. See Li et al., "Generalized Focal Loss", 2020."""
    classes = net["classes"]
    logits, raw = output[..., :classes], output[..., classes:]
    sides = torch.tensor([-1.0, -1.0, 1.0, 1.0])
    predicted, truth = raw.clamp(-6, 6).exp() * sides, batch["distances"] * sides
    counted = batch["counted"] * batch["weights"][:, None]
    found = (batch["assigned"] < classes) * counted
    quality = overlap(predicted, truth).detach() * found
    target = F.one_hot(batch["assigned"].long(), classes + 1)[..., :classes] * quality[..., None]
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    focal = (logits.sigmoid() - target) ** 2 * entropy * counted[..., None]
    sure = logits.detach().sigmoid().amax(-1) * found
    giou = generalized_box_iou_loss(predicted, truth, reduction="none")
    return focal.sum() / max(1.0, float(found.sum())) + 2 * (sure * giou).sum() / max(1.0, float(sure.sum()))


def masks_loss(output, batch):
    """Cross-entropy and soft Dice loss. See Milletari et al., "V-Net", 2016."""
    counted = (batch["labelled"] * batch["weights"][:, None, None])[:, None]
    log_p, truth = F.log_softmax(output, 1), batch["shares"] * counted
    weights = torch.tensor(net["class_weights"])[None, :, None, None]
    entropy = -(weights * truth * log_p).sum() / (weights * truth).sum()
    over = (0, 2, 3)
    p = log_p.exp()
    own = truth.sum(over)
    dice = (2 * (p * truth).sum(over) + 1) / ((p * counted).sum(over) + own + 1)
    occurs = (own > 0).to(own.dtype)
    if net["classes"] == 2:
        dice, occurs = dice[1:], occurs[1:]
    return entropy + ((1 - dice) * occurs).sum() / occurs.sum().clamp(min=1)


loss_of = {"boxes": boxes_loss, "masks": masks_loss}[net["kind"]]
inputs = {name: rows(name) for name in net["shapes"]}
losses = []
for step in range(net["steps"]):
    batch = {name: tensor(values[step]) for name, values in inputs.items()}
    loss = loss_of(network.forward(batch["x"]), batch)
    losses.append(float(loss))
    recipe.step(loss)
write_outputs(folder, network, np.uint8)
print(json.dumps(losses))

"""Trains a recogniser of speech in PyTorch on the network and the batches of scripts/against-pytorch/speech.mjs, with PyTorch's CTC loss.

python3 speech.py FOLDER prints a JSON list, the loss of each step, and writes outputs.rows: the trained network's logits for each test
clip.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from network import Network, Recipe, write_outputs

folder = Path(sys.argv[1])
network = Network(folder)
net = network.net
recipe = Recipe(network, net["steps"])
torch.set_num_threads(2)


def rows(name, kind, width):
    return np.fromfile(folder / f"{name}.rows", dtype=kind).reshape(-1, width)


clips = rows("train", np.float32, net["samples"])
targets = rows("targets", np.float32, net["most"])
losses = []
for indices, weights in zip(rows("order", np.int32, net["batch"]), rows("weights", np.float32, net["batch"])):
    logits = network.forward(torch.from_numpy(clips[indices]))
    labels = torch.from_numpy(targets[indices]).long()
    lengths = (labels > 0).sum(1)
    frames = torch.full_like(lengths, logits.shape[1])
    each = F.ctc_loss(F.log_softmax(logits, -1).transpose(0, 1), labels, frames, lengths, blank=0, reduction="none", zero_infinity=True)
    counted = torch.from_numpy(weights)
    loss = (counted * each / lengths.clamp(min=1)).sum() / counted.sum()
    losses.append(float(loss))
    recipe.step(loss)
write_outputs(folder, network, np.float32)
print(json.dumps(losses))

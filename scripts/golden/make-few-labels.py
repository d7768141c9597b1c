"""Writes test/golden/few-labels.json: the SetFit loss, and mixup on features, with three steps of AdamW each by PyTorch.

    /usr/bin/python3 scripts/golden/make-few-labels.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)
STEPS, RATE, DECAY = 3, 0.05, 0.01

w1 = torch.randn(4, 5) * 0.5
w2 = torch.randn(5, 3) * 0.5
x = torch.randn(8, 4)
y = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])


def walked(start, loss):
    """Returns loss and gradient before each step of AdamW, and the weights after it."""
    params = {name: value.clone().requires_grad_() for name, value in start.items()}
    optimizer = torch.optim.AdamW(params.values(), lr=RATE, weight_decay=DECAY)
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss(params)
        value.backward()
        gradients = {name: p.grad.flatten().tolist() for name, p in params.items()}
        optimizer.step()
        after = {name: p.detach().flatten().tolist() for name, p in params.items()}
        steps.append({"loss": value.item(), "gradients": gradients, "after": after})
    return steps


def pairs(params):
    """Computes CosineSimilarityLoss of sentence-transformers on pairs of row i of both halves."""
    u, v = torch.tanh(x @ params["w1"]).chunk(2)
    first, second = y.chunk(2)
    return F.mse_loss(F.cosine_similarity(u, v), (first == second).double())


# Each row of the matrix mixes a sample with another one; the last rows are padding.
SHARE, ORDER, LIVE = 0.3, [2, 0, 1, 5, 3, 4], 6
mixing = torch.eye(8)
for i, other in enumerate(ORDER):
    mixing[i] = 0
    mixing[i, i] += SHARE
    mixing[i, other] += 1 - SHARE


def mixed(params):
    """Mixes features. The test checks that mixing logits gives the same."""
    features = mixing @ torch.tanh(x @ params["w1"])
    scores = features @ params["w2"] + params["b"]
    return F.cross_entropy(scores[:LIVE], (mixing @ F.one_hot(y).double())[:LIVE])


golden = {
    "made": f"PyTorch {torch.__version__}",
    "rate": RATE,
    "decay": DECAY,
    "start": {"w1": w1.tolist(), "w2": w2.tolist(), "x": x.tolist(), "y": y.tolist()},
    "pairs": walked({"w1": w1}, pairs),
    "mixing": {"share": SHARE, "order": ORDER, "live": LIVE},
    "mixed": walked({"w1": w1, "w2": w2, "b": torch.tensor([0.1, -0.2, 0.3])}, mixed),
}
path = pathlib.Path(__file__).parent.parent.parent / "test" / "golden" / "few-labels.json"
path.write_text(json.dumps(golden) + "\n")

"""Golden values of the CTC loss and its gradient, by PyTorch's ctc_loss in float64.

    /usr/bin/python3 scripts/golden/make-ctc.py

Writes test/golden/ctc.json. Logits and targets are drawn as in draw.py, so that they are not stored.
"""

import json
from pathlib import Path

import numpy as np
import torch
from draw import digest, uniform

CASES = [
    # name, batch, frames, target length, classes, scale of the logits
    ("short", 4, 12, 5, 6, 4.0),
    ("long", 4, 500, 60, 32, 10.0),
]


def drawn(name, batch, time, most, classes, scale):
    """Logits uniform in ± scale; targets with repeats; lengths from half to all of the target, from 3/4 to all frames."""
    z = scale * (2 * uniform(f"ctc/{name}/z", batch * time * classes) - 1)
    z = z.astype(np.float32).astype(np.float64).reshape(batch, time, classes)
    y = 1 + np.floor(uniform(f"ctc/{name}/y", batch * most) * (classes - 1)).astype(np.int64).reshape(batch, most)
    half, quarter = most // 2, time // 4
    lengths = most - np.floor(uniform(f"ctc/{name}/lengths", batch) * half).astype(np.int64)
    frames = time - np.floor(uniform(f"ctc/{name}/frames", batch) * quarter).astype(np.int64)
    return z, y, lengths, frames


def main():
    results = []
    for name, batch, time, most, classes, scale in CASES:
        z, y, lengths, frames = drawn(name, batch, time, most, classes, scale)
        logits = torch.tensor(z, dtype=torch.float64, requires_grad=True)
        losses = torch.nn.functional.ctc_loss(
            logits.log_softmax(-1).transpose(0, 1),
            torch.tensor(y),
            torch.tensor(frames),
            torch.tensor(lengths),
            reduction="none",
        )
        losses.sum().backward()
        gradient = logits.grad.numpy()
        results.append(
            {
                **{"name": name, "batch": batch, "frames": time, "labels": most, "classes": classes, "scale": scale},
                "losses": losses.detach().tolist(),
                "gradient": digest(f"ctc/{name}", gradient).tolist(),
                "largest": float(np.abs(gradient).max()),
            }
        )
    path = Path(__file__).parents[2] / "test" / "golden" / "ctc.json"
    path.write_text(json.dumps({"torch": torch.__version__, "cases": results}, indent=1) + "\n")


main()

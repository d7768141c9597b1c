"""Golden values for the losses of boxes and masks, by PyTorch in float64.

    /usr/bin/python3 scripts/golden/make-dense-losses.py

Writes test/golden/dense-losses.json.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

from draw import uniform

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test" / "golden" / "dense-losses.json"


def numbers(name, *dims, low=-2.0, high=2.0):
    """Numbers with five digits, so that the file holds them exactly."""
    n = 1
    for d in dims:
        n *= d
    values = [round(low + (high - low) * u, 5) for u in uniform(name, n)]
    return torch.tensor(values, dtype=torch.float64).reshape(dims)


def flat(t):
    return t.detach().flatten().tolist()


def quality_focal(z, q):
    """Li et al. 2020, equation 5, with beta = 2."""
    return (z.sigmoid() - q).abs().pow(2) * F.binary_cross_entropy_with_logits(z, q, reduction="none")


def overlaps(a, b, eps=1e-6):
    """IoU and generalized IoU of pairs of boxes x1 y1 x2 y2."""
    area = lambda x: (x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1])
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inter = (high - low).clamp(min=0).prod(-1)
    union = area(a) + area(b) - inter + eps
    around = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1) + eps
    iou = inter / union
    return iou, iou - (around - union) / around


def focal_case():
    z = numbers("focal z", 3, 5, low=-6, high=6).requires_grad_()
    q = (numbers("focal q", 3, 5, low=-1, high=1)).clamp(min=0)
    loss = quality_focal(z, q)
    loss.sum().backward()
    return {"z": flat(z), "q": flat(q), "loss": flat(loss), "gradient": flat(z.grad)}


def iou_case():
    # Overlapping, apart, one in the other, the same, touching.
    predicted = [[10, 10, 50, 40], [0, 0, 10, 10], [2, 3, 8, 9], [1, 1, 4, 5], [0, 0, 4, 4]]
    truth = [[20, 15, 60, 50], [20, 30, 40, 50], [0, 0, 20, 20], [1, 1, 4, 5], [4, 0, 9, 4]]
    a = torch.tensor(predicted, dtype=torch.float64).requires_grad_()
    iou, giou = overlaps(a, torch.tensor(truth, dtype=torch.float64))
    # At a corner the derivative is one of many: such pairs have values only.
    smooth = [0, 1, 2]
    giou[smooth].sum().backward()
    return {"predicted": predicted, "truth": truth, "iou": flat(iou), "giou": flat(giou), "smooth": smooth, "gradient": flat(a.grad[smooth])}


def detection_case(name, weights, assigned, counted):
    """Two pictures with six places and three classes."""
    b, p, k = 2, 6, 3
    output = numbers(f"{name} output", b, p, k + 4)
    output[0, 0, k] = 7.5  # beyond the clip
    output.requires_grad_()
    distances = numbers(f"{name} distances", b, p, 4, low=0.3, high=3)
    assigned, counted = torch.tensor(assigned), torch.tensor(counted, dtype=torch.float64)
    z, a = output[..., :k], output[..., k:]
    sign = torch.tensor([-1, -1, 1, 1], dtype=torch.float64)
    iou, giou = overlaps(sign * a.clamp(-6, 6).exp(), sign * distances)
    counts = counted * torch.tensor(weights, dtype=torch.float64)[:, None]
    positive = (assigned < k).double() * counts
    quality = F.one_hot(assigned, k + 1)[..., :k] * (iou.detach() * positive)[..., None]
    focal = (quality_focal(z, quality) * counts[..., None]).sum() / positive.sum().clamp(min=1)
    sure = z.sigmoid().max(-1).values.detach() * positive
    boxes = (sure * (1 - giou)).sum() / sure.sum().clamp(min=1)
    (focal + 2 * boxes).backward()
    return {
        "name": name,
        **{"classes": k, "places": p, "weights": weights, "output": flat(output), "distances": flat(distances)},
        **{"assigned": flat(assigned), "counted": flat(counted)},
        **{"classification": float(focal), "boxes": float(boxes), "gradient": flat(output.grad)},
    }


def segmentation_case(name, logits, labels, item_weights, class_weights=None):
    """Labels of single pixels; 255 is ignored. PyTorch's own cross-entropy, and Dice by its definition."""
    z = torch.as_tensor(logits, dtype=torch.float64).clone().requires_grad_()
    y = torch.tensor(labels)
    b, k = z.shape[:2]
    y = torch.where(torch.tensor(item_weights)[:, None, None] > 0, y, torch.full_like(y, 255))
    w = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float64)
    entropy = F.cross_entropy(z, y, weight=w, ignore_index=255)
    dice, count = 0, 0
    for c in range(1 if k == 2 else 0, k):
        seen = y != 255
        t, p = (y == c)[seen].double(), z.softmax(1)[:, c][seen]
        if t.sum() == 0:
            continue
        dice = dice + 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)
        count += 1
    dice = dice / count
    (entropy + dice).backward()
    return {
        "name": name,
        **{"dims": list(z.shape), "logits": flat(z), "labels": torch.tensor(labels).flatten().tolist()},
        **{"item_weights": item_weights, **({"class_weights": class_weights} if class_weights else {})},
        **{"classification": float(entropy), "dice": float(dice), "gradient": flat(z.grad)},
    }


def share_case():
    """Shares of classes in blocks, with partly labelled blocks: the cross-entropy of all their pixels under the logits of the block."""
    z = numbers("share logits", 2, 3, 2, 2).requires_grad_()
    labels = torch.tensor([int(4 * u) for u in uniform("share labels", 2 * 4 * 4)]).reshape(2, 4, 4)
    labels[labels == 3] = 255
    large = z.repeat_interleave(2, 2).repeat_interleave(2, 3)
    weights = [1.0, 2.5, 0.5]
    loss = F.cross_entropy(large, labels, weight=torch.tensor(weights, dtype=torch.float64), ignore_index=255)
    loss.backward()
    return {"logits": flat(z), "labels": labels.flatten().tolist(), "class_weights": weights, "loss": float(loss), "gradient": flat(z.grad)}


some = [[0, 3, 2, 3, 1, 3], [3, 1, 3, 3, 0, 3]]
all_counted = [[1] * 6, [1] * 6]
three = numbers("masks", 2, 3, 3, 4)
labels = [[[0, 1, 1, 0], [0, 0, 255, 1], [1, 0, 0, 0]], [[0, 0, 1, 1], [255, 255, 0, 0], [1, 1, 0, 0]]]
golden = {
    "qualityFocal": focal_case(),
    "generalizedIou": iou_case(),
    "detection": [
        detection_case("boxes", [1, 1], some, all_counted),
        detection_case("a crowd and a padding row", [1, 0], some, [[1, 1, 1, 0, 1, 0], [1] * 6]),
        detection_case("no box", [1, 1], [[3] * 6, [3] * 6], all_counted),
    ],
    "segmentation": [
        segmentation_case("two classes", [[[[0.5, -1], [2, 0]], [[0, 1], [-1, 0.3]]]], [[[0, 1], [255, 1]]], [1]),
        segmentation_case("three classes, one of them absent", three, labels, [1, 1]),
        segmentation_case("weights of classes and a padding row", three, labels, [1, 0], [0.5, 2.0, 5.0]),
    ],
    "shares": share_case(),
}
OUT.write_text(json.dumps(golden) + "\n")

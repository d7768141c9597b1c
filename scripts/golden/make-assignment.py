#!/usr/bin/env python3
"""Writes test/golden/assignment.json: ATSS by brute force, for random boxes. Every place is sorted for every box.
The threshold is at most the mean of the level with the highest mean.

    python3 scripts/golden/make-assignment.py      (needs numpy)
"""
import json, pathlib
import numpy as np

K_NEAREST, TOLERANCE = 9, 1e-9


def places(levels, width, height):
    """Points and cells float64[P, 2], of float32 values, and the level of each place."""
    points, cells, level_of = [], [], []
    for n, (h, w) in enumerate(levels):
        y, x = np.meshgrid((np.arange(h) + .5) * (height / h), (np.arange(w) + .5) * (width / w), indexing="ij")
        points.append(np.stack([x.ravel(), y.ravel()], 1))
        cells.append(np.tile([width / w, height / h], (h * w, 1)))
        level_of += [n] * (h * w)
    as_fed = lambda a: np.concatenate(a).astype(np.float32).astype(np.float64)
    return as_fed(points), as_fed(cells), np.array(level_of)


def iou(a, b):
    """float64[N] for boxes [N, 4] and one box."""
    wh = np.clip(np.minimum(a[:, 2:], b[2:]) - np.maximum(a[:, :2], b[:2]), 0, None)
    shared = wh.prod(1)
    return shared / ((a[:, 2:] - a[:, :2]).prod(1) + (b[2:] - b[:2]).prod() - shared)


def assign(boxes, levels, width, height, anchor):
    """The box of each place, -1 for none; boxes that got the nearest place, and boxes without any."""
    points, cells, level_of = places(levels, width, height)
    squares = np.concatenate([points - anchor / 2 * cells, points + anchor / 2 * cells], 1)
    overlaps = np.stack([iou(squares, b) for b in boxes]) if len(boxes) else np.zeros((0, len(points)))
    claims = np.full((len(boxes), len(points)), -1.0)
    nearest = []
    for g, b in enumerate(boxes):
        distance = ((points - (b[:2] + b[2:]) / 2) ** 2).sum(1)
        order = np.lexsort((np.arange(len(points)), distance))
        chosen = np.concatenate([order[level_of[order] == n][:K_NEAREST] for n in range(len(levels))])
        values = overlaps[g, chosen]
        t = values.mean() + (values.std(ddof=1) if len(values) > 1 else 0)
        t = min(t, max(values[level_of[chosen] == n].mean() for n in range(len(levels))))
        inside = (points[chosen] > b[:2]).all(1) & (points[chosen] < b[2:]).all(1)
        good = chosen[(values >= t - TOLERANCE) & inside]
        claims[g, good] = overlaps[g, good]
        half = (b[2:] - b[:2]) / 2
        fits = []
        for n in range(len(levels)):
            cell = cells[level_of == n][0]
            fits.append(iou(np.concatenate([-anchor / 2 * cell, anchor / 2 * cell])[None], np.concatenate([-half, half]))[0])
        level = int(np.argmax(fits))
        nearest.append(order[level_of[order] == level][0])
    owner = np.where(claims.max(0) >= 0, claims.argmax(0), -1) if len(boxes) else np.full(len(points), -1)
    got_nearest, without = [], []
    lost = [g for g in range(len(boxes)) if g not in owner]
    for g in lost:
        if owner[nearest[g]] == -1: owner[nearest[g]] = g
        (got_nearest if owner[nearest[g]] == g else without).append(g)
    return owner, got_nearest, without


def random_boxes(rng, n, low, high, width, height):
    sides = np.exp(rng.uniform(np.log(low), np.log(high), (n, 2)))
    sides = np.minimum(sides, [width, height])
    corner = rng.uniform(0, 1, (n, 2)) * ([width, height] - sides)
    return np.concatenate([corner, corner + sides], 1).round(2)


rng = np.random.default_rng(11)
three = lambda w, h: [[h // s, w // s] for s in (8, 16, 32)]
wide = (416, 320)
crowded = random_boxes(rng, 60, 6, 40, 96, 96)
specs = [
    ("usual boxes", three(*wide), wide, 8, random_boxes(rng, 14, 20, 200, *wide)),
    ("tiny boxes", three(*wide), wide, 8, random_boxes(rng, 25, 1, 8, *wide)),
    ("huge boxes", three(*wide), wide, 8, random_boxes(rng, 6, 200, 416, *wide)),
    ("boxes over one another", three(96, 96), (96, 96), 8, crowded),
    ("one box again and again", three(96, 96), (96, 96), 8, np.tile([[20, 20, 60, 50]], (3, 1))),
    ("boxes in the corners", three(*wide), wide, 8, np.array([[0, 0, 1, 1], [0, 0, 2, 7], [415, 0, 416, 3], [410, 319, 416, 320], [0, 300, 9, 320]])),
    ("centres between places", three(*wide), wide, 8, np.array([[0, 0, 128, 128], [64, 64, 192, 128], [100, 100, 156, 156], [0, 0, 416, 320]])),
    ("a level that rounds down", [[39, 51], [19, 25], [9, 12]], (415, 313), 8, random_boxes(rng, 12, 10, 150, 415, 313)),
    ("levels of few places", [[2, 3], [1, 2], [1, 1]], (96, 64), 8, random_boxes(rng, 4, 8, 60, 96, 64)),
    ("one level", [[20, 26]], wide, 4, random_boxes(rng, 10, 10, 120, *wide)),
    ("smaller squares", three(*wide), wide, 4.5, random_boxes(rng, 14, 20, 200, *wide)),
    ("no box", three(96, 96), (96, 96), 8, np.zeros((0, 4))),
]
cases = []
for name, levels, (width, height), anchor, boxes in specs:
    owner, got_nearest, without = assign(np.asarray(boxes, float), levels, width, height, anchor)
    pairs = [[int(p), int(owner[p])] for p in np.nonzero(owner >= 0)[0]]
    cases.append(dict(name=name, levels=levels, width=width, height=height, anchor=anchor, boxes=np.asarray(boxes).tolist(),
                      owners=pairs, nearest=len(got_nearest), unassigned=len(without)))
target = pathlib.Path(__file__).parents[2] / "test/golden/assignment.json"
target.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print([(c["name"], len(c["owners"]), c["nearest"], c["unassigned"]) for c in cases])

#!/usr/bin/env python3
"""Writes test/golden/resample.json: parts of a small picture, resized by Pillow with its triangle filter.

    python3 scripts/golden/make-resample.py      (needs numpy and pillow)
"""
import json, pathlib
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 23, 31
# Part of the picture (x1, y1, x2, y2), then width and height of the result.
CASES = [
    ("the whole picture, larger", (0, 0, WIDTH, HEIGHT), (47, 40)),
    ("the whole picture, smaller", (0, 0, WIDTH, HEIGHT), (12, 7)),
    ("wider and lower", (0, 0, WIDTH, HEIGHT), (50, 9)),
    ("a part with fractions, larger", (3.25, 2.5, 17.75, 13.2), (33, 24)),
    ("a part with fractions, smaller", (1.3, 0.6, 29.9, 22.1), (11, 8)),
    ("one pixel", (0, 0, WIDTH, HEIGHT), (1, 1)),
]


def picture():
    """uint8[H, W, 3]; the test makes the same one."""
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
    return ((37 * y + 11 * x * x + 53 * c + 7 * x * y) % 251).astype(np.uint8)


cases = []
for name, part, size in CASES:
    made = Image.fromarray(picture()).resize(size, Image.BILINEAR, box=part)
    cases.append(dict(name=name, part=part, size=size, hex=np.asarray(made).tobytes().hex()))
target = pathlib.Path(__file__).parents[2] / "test/golden/resample.json"
target.write_text(json.dumps(dict(height=HEIGHT, width=WIDTH, cases=cases), indent=1) + "\n")

"""Writes test/golden/picture-operations.json: torchvision operations on a small picture.

    python3 scripts/golden/make-augment.py      (needs torch and torchvision)
"""

import json
from pathlib import Path

import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import _apply_op

HEIGHT, WIDTH = 21, 17
# Names in Engraft, with magnitudes at which no pixel is exactly between two others.
CASES = [
    ("identity", "Identity", [0]),
    ("shearX", "ShearX", [0.27, -0.71]),
    ("shearY", "ShearY", [0.27, -0.71]),
    ("translateX", "TranslateX", [3.7, -5.2]),
    ("translateY", "TranslateY", [3.7, -5.2]),
    ("rotate", "Rotate", [13.7, -77.3]),
    ("brightness", "Brightness", [0.37, -0.61]),
    ("color", "Color", [0.37, -0.61]),
    ("contrast", "Contrast", [0.37, -0.61]),
    ("sharpness", "Sharpness", [0.37, -0.61]),
    ("posterize", "Posterize", [2, 5]),
    ("solarize", "Solarize", [100, 31.5]),
    ("autoContrast", "AutoContrast", [0]),
    ("equalize", "Equalize", [0]),
]


def picture() -> torch.Tensor:
    """Returns the picture, uint8[3, H, W]; the test makes the same one."""
    y, x, c = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), torch.arange(3), indexing="ij")
    values = 20 + (37 * y + 11 * x * x + 53 * c + 7 * x * y) % 190
    return values.to(torch.uint8).permute(2, 0, 1)


def main() -> None:
    cases = []
    for name, theirs, magnitudes in CASES:
        for magnitude in magnitudes:
            made = _apply_op(picture(), theirs, magnitude, InterpolationMode.NEAREST, None)
            cases.append({"name": name, "magnitude": magnitude, "hex": bytes(made.permute(1, 2, 0).contiguous().numpy()).hex()})
    target = Path(__file__).parent.parent.parent / "test" / "golden" / "picture-operations.json"
    target.write_text(json.dumps({"height": HEIGHT, "width": WIDTH, "cases": cases}, indent=1) + "\n")


main()

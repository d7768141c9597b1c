#!/usr/bin/env python3
"""Scores of the cases in test/golden/coco.json and masks in test/golden/coco-masks.json by pycocotools. Run by hand; needs pycocotools."""
import contextlib, io, json, pathlib
import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

golden = pathlib.Path(__file__).parents[2] / "test/golden"


def scores(case):
    """The twelve numbers of pycocotools, and AP and AP50 of each class; null for a class without a true box."""
    truth, found = COCO(), COCO()
    annotations = [dict(iscrowd=0, area=a["bbox"][2] * a["bbox"][3]) | a for a in case["annotations"]]
    truth.dataset = dict(images=case["images"], categories=case["categories"], annotations=annotations)
    results = [r | dict(id=i + 1, area=r["bbox"][2] * r["bbox"][3], iscrowd=0) for i, r in enumerate(case["results"])]
    found.dataset = truth.dataset | dict(annotations=results)
    truth.createIndex(), found.createIndex()
    one = COCOeval(truth, found, "bbox")
    one.evaluate(), one.accumulate(), one.summarize()
    by_class = {}
    for k, category in enumerate(one.params.catIds):
        p = one.eval["precision"][:, :, k, 0, 2]
        by_class[str(category)] = dict(AP=float(p.mean()), AP50=float(p[0].mean())) if (p > -1).all() else None
    return dict(stats=[float(s) for s in one.stats], names=case["expected"]["names"], by_class=by_class)


def shapes():
    """Masks as counts and as text, with area and box."""
    rng = np.random.default_rng(5)
    for height, width, share in ((7, 5, .5), (40, 30, .02), (64, 48, .9), (300, 200, .001), (3, 4, 0), (3, 4, 1)):
        pixels = np.asfortranarray((rng.random((height, width)) < share).astype(np.uint8))
        if height == 300: pixels[20:250, 30:170] = 1
        counts, value, length = [], 0, 0
        for pixel in pixels.flatten(order="F"):
            if pixel != value: counts, value, length = counts + [length], pixel, 0
            length += 1
        text = masks.encode(pixels)
        assert masks.frPyObjects(dict(size=[height, width], counts=counts + [length]), height, width) == text
        yield dict(size=[height, width], counts=counts + [length], text=text["counts"].decode(),
                   area=int(masks.area(text)), bbox=[float(v) for v in masks.toBbox(text)])


cases = json.loads((golden / "coco.json").read_text())
with contextlib.redirect_stdout(io.StringIO()):
    for case in cases: case["expected"] = scores(case)
(golden / "coco.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
(golden / "coco-masks.json").write_text(json.dumps(list(shapes()), separators=(",", ":")) + "\n")

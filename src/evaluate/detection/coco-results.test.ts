import { expect, test } from "vitest";
import { picturesOf, readCocoCases } from "../../../test/support/coco-cases.js";
import { cocoResults } from "./coco-results.js";

test("detections read from results files are written as they were", () => {
  for (const one of readCocoCases()) {
    const { pictures } = picturesOf(one);
    const cocoIds = one.categories.map(({ id }) => id).sort((a, b) => a - b);
    const items = one.images
      .map(({ id }) => ({ cocoId: id, id: String(id) }))
      .sort((a, b) => a.cocoId - b.cocoId);
    const written = cocoResults(
      { cocoIds },
      items,
      pictures.map(({ detections }) => detections),
    );
    expect(written.length, one.name).toBe(one.results.length);
    for (const { image_id, category_id, bbox, score } of one.results)
      expect(
        written.some(
          (w) =>
            w.image_id === image_id &&
            w.category_id === category_id &&
            // Rounded to 1/1,000 pixel.
            w.bbox.every((v, i) => Math.abs(v - bbox[i]!) <= 6e-4) &&
            Math.abs(w.score - score) <= 6e-7,
        ),
        one.name,
      ).toBe(true);
  }
});

test("without COCO JSON, images and classes are numbered from 1, and images have their names", () => {
  const detection = { label: 1, score: 0.123456789, box: [1, 2, 3.00049, 10] as const };
  expect(cocoResults({}, [{ id: "a.jpg" }, { id: "b.jpg" }], [[], [detection]])).toEqual([
    { image_id: 2, category_id: 2, bbox: [1, 2, 2, 8], score: 0.123457, file_name: "b.jpg" },
  ]);
});

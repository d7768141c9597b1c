import { expect, test } from "vitest";
import { maskErrorKinds, maskErrors } from "./mask-errors.js";
import { maskTable } from "./mask-table.js";
import { maskConfusion, scoreMasks } from "./score-masks.js";
import { worstMasks } from "./worst-masks.js";

const names = ["background", "a", "b"];
const counts = (truth: number[], predicted: number[]) =>
  maskConfusion(Uint8Array.from(truth), Uint8Array.from(predicted), names.length);

test("the worst mask has the lowest mean IoU of its classes other than the background", () => {
  const worst = worstMasks(
    [
      counts([0, 0, 0, 0], [0, 0, 0, 0]), // no class: 1
      counts([1, 1, 2, 0], [1, 0, 2, 0]), // a 1/2, b 1: 3/4, one wrong pixel
      counts([0, 0, 0, 0], [0, 0, 0, 2]), // only predicted: 0
      counts([1, 1, 1, 0], [0, 0, 2, 0]), // a 0, b 0
    ],
    3,
  );
  expect(worst).toEqual([
    { picture: 3, iou: 0, wrong: 3 },
    { picture: 2, iou: 0, wrong: 1 },
    { picture: 1, iou: 3 / 4, wrong: 1 },
    { picture: 0, iou: 1, wrong: 0 },
  ]);
});

test("a row of the table has areas, precision, recall, and what the class is taken for", () => {
  const images = [counts([0, 0, 1, 1, 255], [0, 1, 1, 0, 0]), counts([1, 1, 1, 2], [2, 2, 1, 2])];
  const rows = maskTable(scoreMasks(images, names), images);
  expect(rows[1]).toMatchObject({
    ...{ name: "a", pixels: 5, predicted: 3, right: 2, pictures: 2, share: 5 / 8 },
    ...{ iou: 2 / 6, dice: 4 / 8, precision: 2 / 3, recall: 2 / 5 },
    takenFor: { name: "b", pixels: 2 },
  });
  expect(rows[2]).toMatchObject({ pictures: 1, right: 1, precision: 1 / 3, recall: 1, takenFor: null });
  expect(rows[0]).toMatchObject({ pictures: 1, takenFor: { name: "a", pixels: 1 } });
});

test("an error map says of each pixel whether it is right, false, missed, of another class or left out", () => {
  const { map, counts } = maskErrors(
    Uint8Array.from([0, 1, 0, 1, 1, 255, 2]),
    Uint8Array.from([0, 1, 2, 0, 2, 1, 2]),
  );
  expect(Array.from(map, (v) => maskErrorKinds[v])).toEqual([
    ...["background", "right", "false", "missed", "confused", "ignored", "right"],
  ]);
  expect(counts).toEqual({ background: 1, right: 2, false: 1, missed: 1, confused: 1, ignored: 1 });
});

test("an error map of different sizes is refused", () => {
  expect(() => maskErrors(new Uint8Array(2), new Uint8Array(3))).toThrow(
    "the mask has 2 pixels, its prediction 3",
  );
});

import { expect, test } from "vitest";
import type { MaskItem } from "../../data/masks/mask-dataset.js";
import { maskErrorKinds } from "../../evaluate/segmentation/mask-errors.js";
import { maskConfusion, scoreMasks } from "../../evaluate/segmentation/score-masks.js";
import { isSegmentationDetails, unpackMap } from "../../evaluate/segmentation/segmentation-details.js";
import { maskDetails } from "./mask-details.js";
import type { Segmenter } from "./segmenter.js";

const classes = ["background", "leaf", "spot"];

/** Pictures of 2 × 2 pixels with their masks and predictions. */
const pictures = [
  { id: "right.png", truth: [0, 1, 2, 0], predicted: [0, 1, 2, 0] },
  { id: "half.png", truth: [1, 1, 0, 0], predicted: [1, 2, 1, 0] },
  { id: "none.png", truth: [2, 2, 0, 255], predicted: [0, 0, 0, 1] },
];
const counts = pictures.map(({ truth, predicted }) =>
  maskConfusion(Uint8Array.from(truth), Uint8Array.from(predicted), classes.length),
);

/** Logits float32[3, 2, 2], largest for the predicted class. */
const logitsFor = (predicted: readonly number[]): Float32Array =>
  Float32Array.from(classes.flatMap((_, k) => predicted.map((label) => (label === k ? 1 : 0))));

/** Details, and the positions of the pictures that were predicted again. */
async function detailsOf(shown: typeof pictures) {
  const size = { width: 2, height: 2 };
  const items = shown.map(({ id }) => ({ id, ...size, part: "test" }) as unknown as MaskItem);
  const segmenter = {
    data: { classes, root: "data", items },
    shape: { levels: [size] },
    loadMask: async ({ id }: MaskItem) => ({
      ...size,
      data: Uint8Array.from(shown.find((one) => one.id === id)!.truth),
    }),
  } as unknown as Segmenter;
  const again: number[] = [];
  const own = shown.map((one) => counts[pictures.indexOf(one)]!);
  const details = await maskDetails(
    segmenter,
    { counts: own },
    { ...scoreMasks(own, classes), n: shown.length } as unknown as Parameters<typeof maskDetails>[2],
    async (positions, read) => {
      again.push(...positions);
      for (const [i, at] of positions.entries()) await read(logitsFor(shown[at]!.predicted), i);
    },
  );
  return { details, again };
}

test("only pictures with errors are predicted again, the worst first, with their error maps", async () => {
  const { details, again } = await detailsOf(pictures);
  expect(again).toEqual([2, 1]);
  const { worst } = details;
  // none: IoU of spot 0. half: leaf 1 of 3 pixels, spot 0 of 1, so (1/3 + 0) / 2.
  expect(worst.map(({ item, iou, wrong }) => ({ item, iou, wrong }))).toEqual([
    { item: "none.png", iou: 0, wrong: 2 / 4 },
    { item: "half.png", iou: 1 / 6, wrong: 2 / 4 },
  ]);
  const kinds = worst.map(({ map }) => Array.from(unpackMap(map), (kind) => maskErrorKinds[kind]));
  expect(kinds).toEqual([
    ["missed", "missed", "background", "ignored"],
    ["right", "confused", "false", "background"],
  ]);
});

test("the confusion sums the pixels of all pictures, and classes have their counts", async () => {
  const { details } = await detailsOf(pictures);
  // Rows are true classes: background 2 + 2 + 1, of which one is predicted as leaf.
  expect(details.confusion).toEqual([
    [4, 1, 0],
    [0, 2, 1],
    [2, 0, 1],
  ]);
  // Spot: 3 of 11 pixels, in two pictures; 1 of 2 predicted pixels and 1 of 3 true ones are right.
  expect(details.by_class[2]).toEqual({
    ...{ name: "spot", pictures: 2, share: 3 / 11, right: 1, precision: 1 / 2, recall: 1 / 3 },
    takenFor: { name: "background", pixels: 2 },
  });
  expect(isSegmentationDetails(JSON.parse(JSON.stringify(details)), 3)).toBe(true);
});

test("without errors, nothing is predicted again", async () => {
  const { details, again } = await detailsOf(pictures.slice(0, 1));
  expect([again, details.worst]).toEqual([[], []]);
});

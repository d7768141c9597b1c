// Measures the baselines without a network on sets of boxes and masks, and prints their scores on the test part:
// node scripts/measure/dense-baselines.mjs FOLDER [--sets boxes_bccd,…] [--seed 0]
// FOLDER holds boxes_bccd, boxes_cards, masks_nuclei and masks_pitting, or other sets that --sets names.
import { join } from "node:path";
import { contentOf, openBoxes } from "../../dist/data/boxes/open-boxes.js";
import { fillPolygons } from "../../dist/data/boxes/shape.js";
import { decodePixels } from "../../dist/data/images/decode.js";
import { openMasks } from "../../dist/data/masks/open-masks.js";
import { readMask } from "../../dist/data/masks/read-mask.js";
import { scoreDetection } from "../../dist/evaluate/detection/score-detection.js";
import { maskConfusion, scoreMasks } from "../../dist/evaluate/segmentation/score-masks.js";
import {
  constantMask,
  fitColourRegression,
  fitConstantBoxes,
  fitOtsu,
  mostFrequentClass,
} from "../../dist/methods/dense/index.js";
import { nodePlatform } from "../../dist/platform/node.js";
import { startProgram } from "../start-program.mjs";

const sets = "boxes_bccd,boxes_cards,masks_nuclei,masks_pitting";
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data"],
  options: {
    sets: { type: "string", default: sets, about: "sets, with commas" },
    seed: { type: "number", least: 0, default: 0, about: "seed of the split" },
  },
});
const { seed } = values;
const show = (value) => (value === null ? "–" : value.toFixed(3));
const interval = (ci95) => (ci95 ? `(${show(ci95[0])} to ${show(ci95[1])})` : "");

for (const set of values.sets.split(",")) {
  const root = join(positionals[0], set);
  const masks = await openMasks(await contentOf(nodePlatform, root), { cache: false });
  const boxes = masks ? undefined : await openBoxes(root, { cache: false });
  // Polygons of one class are defects to be outlined.
  const isOutlined = boxes?.classes.length === 1 && boxes.items.some(({ objects }) => objects[0]?.shape);
  if (masks) await measureMasks(set, masks, async (item) => (await readMask(nodePlatform, masks, item)).data);
  else if (isOutlined)
    await measureMasks(set, { ...boxes, classes: ["background", ...boxes.classes] }, outlined);
  else measureBoxes(set, boxes);
}

/** Returns the mask of the polygons of an item. */
async function outlined({ width, height, objects }) {
  const mask = new Uint8Array(width * height);
  for (const { label, shape } of objects)
    if (shape) fillPolygons(mask, { width, height }, shape.polygons, label + 1);
  return mask;
}

function measureBoxes(set, { items, classes }) {
  const [train, validation, test] = parts(items);
  const { counts, predict } = fitConstantBoxes(train, validation, classes.length, { seed });
  const scores = scoreDetection(
    test.map((item) => ({ truths: item.objects, detections: predict(item) })),
    classes,
  );
  console.log(
    `${set}: ${train.length} training pictures, ${validation.length} validation, ${test.length} test`,
  );
  console.log(
    `  constant boxes        AP50 ${show(scores.ap50)} ${interval(scores.ap50_ci95)}, AP ${show(scores.ap)}; boxes by class ${counts.join(", ")}`,
  );
  console.log("  background only       AP50 0, AP 0");
}

async function measureMasks(set, { items, classes }, maskOf) {
  const [train, validation, test] = parts(items).map((part) =>
    part.map(({ width, height, ...item }) => ({
      ...{ width, height },
      read: async () => ({
        picture: await decodePixels(item.path, { width, height }, nodePlatform),
        mask: await maskOf({ width, height, ...item }),
      }),
    })),
  );
  const k = classes.length;
  const frequent = await mostFrequentClass(train, k);
  const baselines = {
    "background only": constantMask(0),
    ...(frequent > 0 && { [`always ${classes[frequent]}`]: constantMask(frequent) }),
    "colour regression": await fitColourRegression(train, validation, k, { seed }),
    ...(k === 2 && { Otsu: await fitOtsu(train) }),
  };
  console.log(
    `${set}: ${train.length} training pictures, ${validation.length} validation, ${test.length} test; ${classes.join(", ")}`,
  );
  const counts = Object.fromEntries(Object.keys(baselines).map((name) => [name, []]));
  for (const source of test) {
    const { picture, mask } = await source.read();
    for (const [name, { predict }] of Object.entries(baselines))
      counts[name].push(maskConfusion(mask, predict(picture), k));
  }
  for (const [name, own] of Object.entries(counts)) {
    const scores = scoreMasks(own, classes);
    const ious = scores.classes
      .slice(1)
      .map((one) => `${one.name} ${show(one.iou)} ${interval(one.iou_ci95)}`);
    console.log(
      `  ${name.padEnd(21)} IoU ${ious.join(", ")}; mean IoU ${show(scores.miou)}, accuracy ${show(scores.pixel_accuracy)}`,
    );
  }
}

function parts(items) {
  return ["train", "validation", "test"].map((part) => items.filter((item) => item.part === part));
}

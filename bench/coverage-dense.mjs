// Rows of `npm run bench -- coverage`: mean average precision of boxes, and mean IoU of masks.
import { draws } from "../dist/core/random.js";
import { scoreDetection } from "../dist/evaluate/detection/score-detection.js";
import { scoreMasks } from "../dist/evaluate/segmentation/score-masks.js";

const within = ([low, high], truth) => low <= truth && truth <= high;
const names = ["a", "b", "c"];
/** Classes of 60, 30 and 10 %. */
const shares = [0.6, 0.9, 1];
const labelAt = (u) => shares.findIndex((share) => u < share);
const logistic = (z) => 1 / (1 + Math.exp(-z));

/**
 * Pictures of `sources` scenes with `copies` each: the copies have the same boxes, which are about as hard to find. A box is found if
 * 0.9 + 0.9 h + 0.8 b + 0.6 e > 0, with h of the scene, b of the box and e of the copy, and the better the higher that is.
 */
function pictures(d, sources, copies) {
  return Array.from({ length: sources }, () => {
    const scene = d.normal();
    const boxes = Array.from({ length: 1 + d.integer(4) }, () => ({
      label: labelAt(d.uniform()),
      own: d.normal(),
    }));
    return Array.from({ length: copies }, () => {
      const [truths, detections] = [[], []];
      for (const [j, { label, own }] of boxes.entries()) {
        const x = 100 * j;
        truths.push({ label, box: [x, 0, x + 40, 40] });
        const z = 0.9 + 0.9 * scene + 0.8 * own + 0.6 * d.normal();
        const shift = 6 * Math.abs(d.normal()) * Math.exp(-0.4 * z);
        const score = logistic(z - 0.3 * d.normal());
        if (z > 0) detections.push({ label, score, box: [x + shift, 0, x + shift + 40, 40] });
        const false_ = { label: labelAt(d.uniform()), score: logistic(0.8 * d.normal() - 0.3) };
        if (d.chance(0.4)) detections.push({ ...false_, box: [x, 500, x + 40, 540] });
      }
      return { truths, detections };
    });
  }).flat();
}

/**
 * Counts of pixels of the background, a common class, and a class in 15 % of the pictures, by truth and prediction. The share of an
 * object that is found depends on its scene.
 */
function masks(d, scenes, copies) {
  return Array.from({ length: scenes }, () => {
    const scene = 0.8 * d.normal();
    return Array.from({ length: copies }, () => {
      const z = scene + 0.4 * d.normal();
      const common = 100 + 800 * Math.exp(0.8 * d.normal());
      const rare = d.chance(0.15) ? 60 + 200 * Math.exp(0.6 * d.normal()) : 0;
      const [found, foundRare] = [logistic(1.2 + z), logistic(0.3 + z + 0.5 * d.normal())];
      const missed = common * (1 - found);
      const missedRare = (rare * (1 - foundRare)) / 2;
      const extra = d.chance(0.05) ? 40 * d.uniform() : 0;
      return Float64Array.of(
        ...[4096, missed / 2, extra],
        ...[missed, common * found, 0],
        ...[missedRare, missedRare, rare * foundRare],
      );
    });
  }).flat();
}

const groupsOf = (sources, copies) =>
  copies === 1
    ? undefined
    : Array.from({ length: sources * copies }, (_, i) => `scene ${Math.floor(i / copies)}`);
const once = (compute) => {
  let known;
  return () => {
    known ??= compute();
    return known;
  };
};
/** Scenes are independent, so pictures of one copy each have the same expected score. */
const truth = {
  map: once(() => scoreDetection(pictures(draws(2, "the truth"), 8000, 1), names, { intervals: false }).ap),
  miou: once(() => scoreMasks([masks(draws(2, "the truth"), 30_000, 1).reduce(sum)], names).miou),
};
const sum = (total, one) => total.map((n, i) => n + one[i]);

const intervals = {
  map: (d, sources, copies) => {
    const made = pictures(d, sources, copies);
    return scoreDetection(made, names, { groups: groupsOf(sources, copies) }).ap_ci95;
  },
  miou: (d, sources, copies) =>
    scoreMasks(masks(d, sources, copies), names, groupsOf(sources, copies)).miou_ci95,
};

/** Scenes and copies; one copy: each picture is its own group. */
const sizes = {
  map: [
    [30, 1],
    [60, 1],
    [100, 1],
    [300, 1],
    [30, 3],
    [30, 5],
    [40, 3],
  ],
  miou: [
    [30, 1],
    [100, 1],
    [12, 5],
    [30, 5],
  ],
};

const rowsOf = (metric, what) =>
  sizes[metric].map(([sources, copies]) => ({
    what: `${what} of one model${copies === 1 ? "" : `, ${sources} groups of ${copies}`}`,
    ...{ kind: "coverage", n: sources * copies, seeds: 1, promised: [0.91, 0.98] },
    run: (d) => within(intervals[metric](d, sources, copies), truth[metric]()),
  }));

/** Scores of the rarest class, which has an interval only if enough pictures hold it. */
const rareRange = {
  ap50: (d, n) => scoreDetection(pictures(d, n, 1), names).classes[2].ap50_ci95,
  iou: (d, n) => scoreMasks(masks(d, n, 1), names).classes[2].iou_ci95,
};
const rareTruth = {
  ap50: once(
    () =>
      scoreDetection(pictures(draws(2, "the truth"), 8000, 1), names, { intervals: false }).classes[2].ap50,
  ),
  iou: once(() => scoreMasks([masks(draws(2, "the truth"), 30_000, 1).reduce(sum)], names).classes[2].iou),
};
const ofRare = [
  ["ap50", "AP50 of a class of 10 % of the boxes"],
  ["iou", "IoU of a class in 15 % of the pictures"],
].flatMap(([metric, what]) =>
  [60, 100].map((n) => ({
    what: `${what}, if it is given`,
    // Degrees of freedom by the kurtosis make it wide for a class that few pictures hold.
    ...{ kind: "coverage", n, seeds: 1, promised: [0.92, 1] },
    run: (d) => {
      const range = rareRange[metric](d, n);
      return range === null ? undefined : within(range, rareTruth[metric]());
    },
  })),
);

export const dense = [...rowsOf("map", "mAP"), ...rowsOf("miou", "mIoU"), ...ofRare];

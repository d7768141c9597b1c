// A training of boxes or masks as a run prepares it, with a random head and the slower early layers of `--option early=100`: for measurements and for comparisons with PyTorch.
import { detectionHead } from "../../dist/bases/dense/detection-head.js";
import { segmentationHead } from "../../dist/bases/dense/segmentation-head.js";
import { withWeights } from "../../dist/bases/heads.js";
import { withPixels } from "../../dist/bases/pixels.js";
import { placesOf } from "../../dist/data/boxes/places.js";
import { fillSize } from "../../dist/data/dense/fill-size.js";
import { plannerOf } from "../../dist/methods/registry.js";
import { nodePlatform as platform } from "../../dist/platform/node.js";
import { boxHead } from "../../dist/tasks/boxes/box-head.js";
import { scoreBoxes } from "../../dist/tasks/boxes/box-scores.js";
import { openBoxData } from "../../dist/tasks/boxes/boxes-run.js";
import { detectionsOf, plainRows } from "../../dist/tasks/boxes/detector.js";
import { firstPredictions as firstBoxes } from "../../dist/tasks/boxes/first-predictions.js";
import { itemsIn } from "../../dist/tasks/dense/as-dataset.js";
import { denseCache } from "../../dist/tasks/dense/dense-feeds.js";
import { openDense } from "../../dist/tasks/dense/dense-run.js";
import { eachOutput } from "../../dist/tasks/dense/predict-pictures.js";
import { countPixels } from "../../dist/tasks/masks/class-pixels.js";
import { firstPredictions as firstMasks } from "../../dist/tasks/masks/first-predictions.js";
import { maskLoader } from "../../dist/tasks/masks/load-mask.js";
import { answerMasks } from "../../dist/tasks/masks/mask-answers.js";
import { maskHead } from "../../dist/tasks/masks/mask-head.js";
import { scoreCounts } from "../../dist/tasks/masks/mask-scores.js";
import { openMaskData } from "../../dist/tasks/masks/masks-run.js";

const quiet = () => undefined;

/**
 * The head of each kind of targets and the weights of its classes, which come from the training pictures; and `score(evaluate, held)`, which
 * scores the test pictures.
 */
const heads = {
  async boxes({ data, size, maps, kind, options }) {
    const shape = detectionHead(maps, { classes: data.classes.length, hasNeck: kind === "detector" });
    const detector = { data, shape, size, places: placesOf(maps, size) };
    const rows = itemsIn(detector, "train").map((item) => plainRows(detector, item));
    const test = itemsIn(detector, "test");
    async function score(evaluate, held) {
      const found = [];
      const read = (output, i) => void found.push(detectionsOf(detector, output, test[i]));
      await eachOutput(evaluate, held, read);
      return scoreBoxes(test, found, data.classes, 0);
    }
    return { head: boxHead(detector, firstBoxes(detector, rows), options), score };
  },
  async masks({ data, size, maps, options }) {
    const { classes } = data;
    const shape = segmentationHead(maps, { classes: classes.length, size });
    const loadMask = maskLoader(platform, data);
    const train = itemsIn({ data }, "train");
    const pixels = await countPixels(train, classes, { loadMask, onEvent: quiet, sizeOf: () => size });
    const { height, width } = shape.levels[0];
    const first = firstMasks(pixels, train.length * height * width);
    const segmenter = { data, shape, size, loadMask, pixels };
    const test = itemsIn(segmenter, "test");
    const score = async (evaluate, held) =>
      scoreCounts(test, (await answerMasks(segmenter, evaluate, held, "test")).counts, classes);
    return { head: maskHead(segmenter, first, options), classWeights: pixels.weights, score };
  },
};

/**
 * Returns the network with its random head, the plan of `finetune`, the training's objective, the feeds of its steps, the test pictures
 * (`held`), and `score(evaluate)` for them.
 * @param kind "boxes" or "masks"
 * @param options.longerSide longer side of the network's input; default as in a run
 */
export async function denseTraining(
  kind,
  path,
  { base = "vision-open", batch = 8, steps = 20, augment = "standard", seed = 0, longerSide } = {},
) {
  const options = { augment };
  const open = kind === "boxes" ? openBoxData : openMaskData;
  const data = await open(platform, path, { seed, options, onEvent: quiet });
  const train = data.items.filter(({ part }) => part === "train");
  const size = fillSize(train, { targets: kind, ...(longerSide && { longerSide }) });
  const { opened, maps, kind: levels } = await openDense(base, {}, size, platform, quiet);
  const { head, classWeights, score } = await heads[kind]({ data, size, maps, kind: levels, options });
  const network = head.network(opened.body);
  const { preprocessing } = opened.base;
  const model = withPixels(withWeights(network, head.fresh(network, seed)), preprocessing);
  const epochs = Math.ceil((steps * batch) / train.length);
  const plan = (await plannerOf("finetune"))(model, {
    ...{ examples: train.length, epochs, batch, option: { keep: "last" } },
    classes: data.classes.map((name) => ({ name, count: 1 })),
  });
  const unlabelled = (part) => itemsIn({ data }, part).map((item) => ({ ...item, label: 0 }));
  const decoded = denseCache(data.items, size, augment);
  const inputs = { unit: "pictures", preprocessing, decoded, platform };
  const source = { items: unlabelled("train"), inputs, batch, seed, augmentation: "none" };
  const held = { items: unlabelled("test"), inputs };
  return {
    ...{ held, score: (evaluate) => score(evaluate, held) },
    ...{ model, plan, size, classes: data.classes, classWeights, objective: head.objective(plan, 0) },
    streams: head.streams(source, plan),
  };
}

/** Collects the feeds of the first steps. */
export async function firstFeeds({ feeds }, steps) {
  const all = [];
  for (let epoch = 0; all.length < steps; epoch++)
    for await (const one of feeds(epoch, 0)) if (all.push(one) === steps) break;
  return all;
}

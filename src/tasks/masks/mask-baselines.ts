import { message, recipeFields, type Sentence } from "../../core/messages/message.js";
import type { SegmentationBaseline } from "../../core/results/dense/segmentation.js";
import type { Size } from "../../data/boxes/box.js";
import { decodeSize } from "../../data/dense/decode-size.js";
import { drawLabels } from "../../data/dense/resample.js";
import { fillTransform } from "../../data/dense/transform.js";
import { decodePixels } from "../../data/index.js";
import type { LabelMap } from "../../data/masks/label-map.js";
import type { MaskItem } from "../../data/masks/mask-dataset.js";
import { maskConfusion, meanMaskIou } from "../../evaluate/segmentation/score-masks.js";
import {
  constantMask,
  fitColourRegression,
  fitOtsu,
  type MaskBaseline,
  type MaskSource,
} from "../../methods/dense/index.js";
import type { Context } from "../../run/context.js";
import { isOver } from "../../run/training/phases.js";
import { itemsIn } from "../dense/as-dataset.js";
import { scoreCounts } from "./mask-scores.js";
import type { Segmenter } from "./segmenter.js";

/** A baseline without a network, and its score on the validation split. */
interface FittedBaseline {
  readonly baseline: SegmentationBaseline;
  readonly validation: number;
}

/**
 * Fits the baselines without a network: the most frequent class, colours, and for two classes a grey threshold. A budget that is used up
 * leaves the last two out.
 */
export async function maskBaselines(
  context: Context,
  segmenter: Segmenter,
): Promise<Readonly<Partial<Record<"majority" | "colour" | "otsu", FittedBaseline>>>> {
  const { data, pixels } = segmenter;
  const { classes, seed } = data;
  const { signal } = context.options;
  const [train, held] = (["train", "validation"] as const).map((part) =>
    itemsIn(segmenter, part).map((item) => sourceOf(context, segmenter, item)),
  );
  const fitted = async (
    recipe: Sentence,
    fit: () => MaskBaseline | Promise<MaskBaseline>,
  ): Promise<FittedBaseline> => {
    const begin = performance.now();
    const baseline = await fit();
    const [test, validation] = [
      await countsOf(context, segmenter, "test", baseline),
      await countsOf(context, segmenter, "validation", baseline),
    ];
    const seconds = (performance.now() - begin) / 1000;
    return {
      baseline: {
        test: scoreCounts(itemsIn(segmenter, "test"), test, classes),
        seconds,
        ...recipeFields([recipe]),
      },
      validation: meanMaskIou(validation, classes.length) ?? 0,
    };
  };
  const most = pixels.shares.indexOf(Math.max(...pixels.shares));
  const how = { seed, signal };
  const majority = await fitted(message("always-majority"), () => constantMask(most));
  if (await isOver("rivals", context, "colour")) return { majority };
  const colour = await fitted(message("colour-regression"), () =>
    fitColourRegression(train!, held!, classes.length, how),
  );
  if (classes.length !== 2 || (await isOver("rivals", context, "otsu"))) return { majority, colour };
  return { majority, colour, otsu: await fitted(message("otsu-threshold"), () => fitOtsu(train!, signal)) };
}

/** Size in which a baseline reads a picture: not larger than the training of the network does. */
const baselineSize = (item: MaskItem, { size }: Segmenter): Size => decodeSize(item, size, "standard");

function sourceOf({ machine }: Context, segmenter: Segmenter, item: MaskItem): MaskSource {
  const size = baselineSize(item, segmenter);
  return {
    ...size,
    read: async () => ({
      picture: await decodePixels(item.path, size, machine.platform),
      mask: (await segmenter.loadMask(item, size)).data,
    }),
  };
}

/** Counts the pixels of a split at their original size. */
async function countsOf(
  { machine }: Context,
  segmenter: Segmenter,
  part: "test" | "validation",
  baseline: MaskBaseline,
): Promise<Float64Array[]> {
  const counts: Float64Array[] = [];
  for (const item of itemsIn(segmenter, part)) {
    const size = baselineSize(item, segmenter);
    const data = baseline.predict(await decodePixels(item.path, size, machine.platform));
    const truth = await segmenter.loadMask(item);
    const predicted = enlarged({ ...size, data }, item);
    counts.push(maskConfusion(truth.data, predicted, segmenter.data.classes.length));
  }
  return counts;
}

/** Returns labels at another size, by the nearest pixel. */
function enlarged(labels: LabelMap, { width, height }: Size): Uint8Array {
  if (labels.width === width && labels.height === height) return labels.data;
  const data = new Uint8Array(width * height);
  drawLabels({ width, height, data }, labels, fillTransform(labels, { width, height }));
  return data;
}

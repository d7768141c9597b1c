import { audioMiniFrontEnd } from "../../bases/architectures/audio-net.js";
import { paddedSamples } from "../../bases/audio/audio-base.js";
import { extractorOf } from "../../bases/audio/extractors.js";
import { statisticsGraph } from "../../bases/audio/statistics-graph.js";
import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import { type ImageItem, type ItemInputs, scoringBatch, sizedBatches } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import {
  accuracyOf,
  applyHead,
  factsOf,
  type Predictions,
  scoresOf,
} from "../../evaluate/class-predictions.js";
import type { Context } from "../../run/context.js";
import { itemsOf } from "../../run/training/planned.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";
import { clipsAt } from "./open-sounds.js";

/**
 * Fits a baseline without a pretrained network: logistic regression on the statistics of the log-mel frames of a clip, without its
 * loudness.
 */
export async function statisticsBaseline(context: Context): Promise<ValidatedBaseline> {
  const { dataset, runtime, platform, options } = context;
  const { classes } = dataset;
  const { signal } = options;
  const begin = performance.now();
  const inputs = await clipsAt(dataset.items, {
    audio: { extractor: extractorOf(paddedSamples), masked: true },
    ...{ platform, signal },
    scratch: () => platform.files.scratch?.(context.run.path),
  });
  const { graph, width } = statisticsGraph(audioMiniFrontEnd);
  const session = await openSession(runtime, graph, { label: "the log-mel statistics" });
  try {
    const partOf = async (part: ImageItem["part"]) => {
      const items = itemsOf(context, part);
      const groups = groupsOfItems(items);
      const features = await statisticsOf(session, items, inputs, width);
      return { ...factsOf(items), features, ...(groups && { groups }) };
    };
    const [train, validation, test] = [
      await partOf("train"),
      await partOf("validation"),
      await partOf("test"),
    ];
    const { fitProbeInTurns } = await import("../../methods/probe/index.js");
    const probe = await fitProbeInTurns(
      { train, validation, dims: width, classes: classes.length },
      // Each statistic is standardised: means differ more than deviations do, and silence is far from all sounds.
      { scaling: "each", ...(signal && { signal }) },
    );
    const predictions = ({ features, ...facts }: typeof test): Predictions => ({
      logits: applyHead(probe, rowsOf(features, width)),
      ...facts,
    });
    return {
      baseline: {
        test: scoresOf(classes, predictions(test)),
        seconds: (performance.now() - begin) / 1000,
        ...recipeFields([
          message("linear-model", { model: "logistic", inputs: "log-mel statistics", features: width }),
          message("inverse-regularisation", { strength: Number(probe.strength.toPrecision(3)) }),
        ]),
      },
      validation: accuracyOf(predictions(validation), classes.length),
    };
  } finally {
    await session.dispose();
  }
}

/** Returns float32[items, width]. */
async function statisticsOf(
  session: Session,
  items: readonly ImageItem[],
  inputs: ItemInputs,
  width: number,
): Promise<Float32Array> {
  const rows = new Float32Array(items.length * width);
  for (const { x, indices } of sizedBatches(items, inputs, scoringBatch(inputs))) {
    const computed = await firstOutput(session, x);
    indices.forEach((index, i) => {
      rows.set(computed.subarray(i * width, (i + 1) * width), index * width);
    });
  }
  return rows;
}

import { audioMiniFrontEnd } from "../../bases/architectures/audio-net.js";
import { extractorOf } from "../../bases/audio/extractors.js";
import { statisticsGraph } from "../../bases/audio/statistics-graph.js";
import { type ImageItem, type ItemInputs, scoringBatch, sizedBatches } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { itemsOf } from "../../run/training/planned.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import { clipsAt } from "../sounds/open-sounds.js";
import type { TrivialFeatures } from "./trivial-features.js";

/** Computes statistics of the log-mel frames of all clips of a run, without the loudness of a clip. */
export async function logMelStatistics(context: Context): Promise<TrivialFeatures> {
  const { dataset, runtime, platform, options } = context;
  const inputs = await clipsAt(dataset.items, {
    audio: { extractor: extractorOf({ feature_extractor_type: "Wav2Vec2FeatureExtractor" }), masked: true },
    ...{ platform, signal: options.signal },
    scratch: () => platform.files.scratch?.(context.run.path),
  });
  const { graph, width } = statisticsGraph(audioMiniFrontEnd);
  const session = await openSession(runtime, graph, { label: "the log-mel statistics" });
  const rowsOf = (part: ImageItem["part"]) => statisticsOf(session, itemsOf(context, part), inputs, width);
  try {
    return {
      width,
      // Means differ more than deviations do, and silence is far from all sounds.
      scaling: "each",
      recipe: { inputs: "log-mel statistics", features: width },
      rows: {
        train: await rowsOf("train"),
        validation: await rowsOf("validation"),
        test: await rowsOf("test"),
      },
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

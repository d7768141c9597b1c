import { audioMiniFrontEnd } from "../../bases/architectures/audio-net.js";
import { paddedSamples } from "../../bases/audio/audio-base.js";
import { extractorOf } from "../../bases/audio/extractors.js";
import { statisticsGraph } from "../../bases/audio/statistics-graph.js";
import { type ItemInputs, type Sample, scoringBatch, sizedBatches } from "../../data/index.js";
import {
  commonScaling,
  type Standardisation,
  standardisation,
  standardise,
} from "../../linalg/standardise.js";
import type { Context } from "../../run/context.js";
import { itemsOf } from "../../run/training/planned.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import { clipsAt } from "../sounds/open-sounds.js";
import type { TrivialFeatures } from "./trivial-features.js";

/**
 * Smallest deviation of a column that counts, as a share of the deviation of all columns. A band in which no training clip has sound
 * differs by rounding errors alone, and a test clip with sound there would be millions of deviations away.
 */
const leastDeviation = 0.01;

/**
 * Computes statistics of the log-mel frames of all clips of a run, without the loudness of a clip. Columns are standardised by the training
 * clips, because means differ more than deviations do, and silence is far from all sounds.
 */
export async function logMelStatistics(context: Context): Promise<TrivialFeatures> {
  const { dataset, machine, options } = context;
  const inputs = await clipsAt(dataset.items, {
    audio: { extractor: extractorOf(paddedSamples), masked: true },
    platform: machine.platform,
    signal: options.signal,
    scratch: () => machine.platform.files.scratch?.(context.run.path),
  });
  const { graph, width } = statisticsGraph(audioMiniFrontEnd);
  const session = await openSession(machine.runtime, graph, { label: "the log-mel statistics" });
  const rowsOf = (part: Sample["part"]) => statisticsOf(session, itemsOf(context, part), inputs, width);
  try {
    const [train, validation, test] = [
      await rowsOf("train"),
      await rowsOf("validation"),
      await rowsOf("test"),
    ];
    const scaling = scalingOf(train, width);
    const scaled = (rows: Float32Array): Float32Array => standardise(rows, rows.length / width, scaling);
    return {
      width,
      recipe: { inputs: "log-mel statistics", features: width },
      rows: { train: scaled(train), validation: scaled(validation), test: scaled(test) },
    };
  } finally {
    await session.dispose();
  }
}

/** Returns mean and deviation of each column of float32[items, width]. A column below the smallest deviation gets an infinite one, so its values become 0. */
export function scalingOf(rows: Float32Array, width: number): Standardisation {
  const { mean, deviation } = standardisation(rows, rows.length / width, width);
  const common = commonScaling(rows, rows.length / width, width).deviation[0]!;
  return { mean, deviation: deviation.map((d) => (d < leastDeviation * common ? Infinity : d)) };
}

/** Returns float32[items, width]. */
async function statisticsOf(
  session: Session,
  items: readonly Sample[],
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

import { withSegmentationHead } from "../../bases/dense/segmentation-head.js";
import { withWeights } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import { permutation } from "../../core/random.js";
import type { BlockShares } from "../../data/dense/mask-targets.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import type { Solved } from "../../run/trainable-task.js";
import { segmentation } from "../../train/objectives/segmentation-objective.js";
import { itemsIn } from "../dense/as-dataset.js";
import type { SampledCells } from "../dense/cell-table.js";
import type { DenseTrunk } from "../dense/dense-trunk.js";
import { solveHead } from "../dense/solve-head.js";
import type { FirstPredictions } from "./first-predictions.js";
import { type MaskPredictions, predictMasks } from "./mask-predictions.js";
import { lossOptions, plainTargets, type Segmenter } from "./segmenter.js";

/** Most cells that are sampled from a picture: of those without a rare class, and of each rare class. */
const [others, ofRare] = [200, 100] as const;
/** Most numbers of the table of features: 256 MB. */
const mostNumbers = 2 ** 26;

/**
 * Solves the head on features of sampled cells: up to 200 of each picture, and up to 100 with each rare class, which stand for all
 * cells. Every picture is seen as it is and mirrored.
 */
export async function solveMasks(
  context: Context,
  segmenter: Segmenter,
  { biases }: FirstPredictions,
  trunk: DenseTrunk,
): Promise<Solved<MaskPredictions>> {
  const { options, opened } = context;
  const { seed = defaults.seed } = options;
  const { shape } = segmenter;
  const classes = shape.outputs;
  const share = shareOfCells(segmenter);
  const { weights, passes, seconds } = await solveHead(context, trunk, {
    shape,
    biases: () => biases,
    objective: segmentation({ ...lossOptions(segmenter), height: 1, width: 1 }),
    weighted: "labelled",
    outputDims: [classes, 1, 1],
    sample: async (index, mirrored) => {
      const item = itemsIn(segmenter, "train")[index]!;
      const targets = await plainTargets(segmenter, item);
      const orderOf = (stratum: number, n: number): readonly number[] =>
        permutation(n, seed, "cells of a mask", item.id, mirrored ? 1 : 0, stratum);
      return [sampledOf(segmenter, targets, mirrored, { share, orderOf })];
    },
    isSolvable: ({ count }) => count > 0,
  });
  const head = withWeights(withSegmentationHead(opened.body.graph, shape), weights);
  const { answers, validation } = await predictMasks(context, segmenter, head, "own");
  return {
    head,
    answers,
    validation: validation!,
    seconds,
    recipe: [message("head-on-mask-cells", { others: Math.round(share * others), passes })],
  };
}

/** Returns the share of the usual number of cells for which the features fit into memory. */
function shareOfCells(segmenter: Segmenter): number {
  const { shape, pixels } = segmenter;
  const channels = shape.maps.reduce((sum, map) => sum + map.channels, 0);
  const views = 2 * itemsIn(segmenter, "train").length;
  const all = views * (others + ofRare * pixels.rare.length) * channels;
  return Math.min(1, mostNumbers / all);
}

/** Samples cells of a picture from strata: those with a rare class, by the rarest that they have, and the rest. */
function sampledOf(
  { shape, pixels }: Segmenter,
  { shares, weights }: BlockShares,
  mirrored: boolean,
  {
    share,
    orderOf,
  }: { readonly share: number; readonly orderOf: (stratum: number, n: number) => readonly number[] },
): SampledCells {
  const classes = shape.outputs;
  const { width } = shape.levels[0]!;
  const places = weights.length;
  const rarestFirst = [...pixels.rare].sort((a, b) => pixels.shares[a]! - pixels.shares[b]!);
  const strata: number[][] = [...rarestFirst.map((): number[] => []), []];
  for (let cell = 0; cell < places; cell++) {
    if (weights[cell] === 0) continue;
    const rarest = rarestFirst.findIndex((k) => shares[k * places + cell]! > 0);
    strata.at(rarest)!.push(cell);
  }
  const cells: number[] = [];
  const standsFor: number[] = [];
  for (const [s, stratum] of strata.entries()) {
    const most = s < rarestFirst.length ? ofRare : others;
    const chosen = orderOf(s, stratum.length).slice(0, Math.max(1, Math.round(share * most)));
    for (const i of chosen) {
      cells.push(stratum[i]!);
      standsFor.push((weights[stratum[i]!]! * stratum.length) / chosen.length);
    }
  }
  // A mirrored picture has the same cells from right to left.
  const seenAt = (cell: number): number => (mirrored ? cell + width - 1 - 2 * (cell % width) : cell);
  const rows = Float32Array.from(
    { length: cells.length * classes },
    (_, i) => shares[(i % classes) * places + cells[Math.floor(i / classes)]!]!,
  );
  return { cells: cells.map(seenAt), weights: standsFor, targets: { shares: rows } };
}

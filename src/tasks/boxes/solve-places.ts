import { withDetectionHead } from "../../bases/dense/detection-head.js";
import { withWeights } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import { permutation } from "../../core/random.js";
import { boxTargets } from "../../data/dense/box-targets.js";
import { placeRows } from "../../data/dense/place-rows.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import type { Solved } from "../../run/trainable-task.js";
import { detection } from "../../train/objectives/detection-objective.js";
import { itemsIn } from "../dense/as-dataset.js";
import type { SampledCells } from "../dense/cell-table.js";
import type { DenseTrunk } from "../dense/dense-trunk.js";
import { solveHead } from "../dense/solve-head.js";
import { type BoxPredictions, predictBoxes } from "./box-predictions.js";
import { assignmentOf, type Detector } from "./detector.js";
import type { FirstPredictions } from "./first-predictions.js";

/** Cells without a box that are sampled from each level of a picture. */
const others = 64;
/** Fewest places with a box for which a level's head is solved. */
const fewest = 20;

/**
 * Solves the head on features of sampled places: all places with a box, and 64 others of each level and picture, which stand for the
 * rest. Every picture is seen as it is and mirrored.
 */
export async function solvePlaces(
  context: Context,
  detector: Detector,
  first: FirstPredictions,
  trunk: DenseTrunk,
): Promise<Solved<BoxPredictions>> {
  const { options, opened } = context;
  const { seed = defaults.seed } = options;
  const { shape, data } = detector;
  const classes = data.classes.length;
  const { weights, passes, seconds } = await solveHead(context, trunk, {
    shape,
    biases: first.biases,
    objective: detection({ classes, places: 1 }),
    weighted: "counted",
    outputDims: [1, shape.outputs],
    sample: (index, mirrored) => sampledOf(detector, index, mirrored, seed),
    isSolvable: ({ targets }) => targets.assigned!.filter((label) => label < classes).length >= fewest,
  });
  const head = withWeights(withDetectionHead(opened.body.graph, shape), weights);
  const { answers, validation } = await predictBoxes(context, detector, head, "own");
  return {
    head,
    answers,
    validation: validation!,
    seconds,
    recipe: [message("head-on-cells", { others, passes })],
  };
}

/** Samples places of a training picture, level by level. */
function sampledOf(detector: Detector, index: number, mirrored: boolean, seed: number): SampledCells[] {
  const { data, places, size, shape } = detector;
  const item = itemsIn(detector, "train")[index]!;
  const targets = boxTargets(mirrored ? mirroredItem(item) : item, size);
  const { assigned, distances, counted } = placeRows(assignmentOf(detector, targets), places);
  return shape.levels.map((level, l) => {
    const first = places.levels[l]!.first;
    const [own, rest]: [number[], number[]] = [[], []];
    for (let cell = 0; cell < level.height * level.width; cell++)
      if (assigned[first + cell]! < data.classes.length) own.push(cell);
      else if (counted[first + cell]! > 0) rest.push(cell);
    const order = permutation(rest.length, seed, "places", item.id, mirrored ? 1 : 0, l);
    const chosen = order.slice(0, others).map((i) => rest[i]!);
    const cells = [...own, ...chosen];
    const gather = (data: Float32Array, size: number): Float32Array =>
      Float32Array.from(
        { length: cells.length * size },
        (_, i) => data[(first + cells[Math.floor(i / size)]!) * size + (i % size)]!,
      );
    return {
      cells,
      weights: cells.map((_, i) => (i < own.length ? 1 : rest.length / chosen.length)),
      targets: { assigned: gather(assigned, 1), distances: gather(distances, 4) },
    };
  });
}

/** Returns an item of the mirrored picture. */
function mirroredItem<
  I extends {
    readonly width: number;
    readonly objects: readonly { readonly box: readonly [number, number, number, number] }[];
  },
>(item: I): I {
  return {
    ...item,
    objects: item.objects.map((one) => {
      const [x1, y1, x2, y2] = one.box;
      return { ...one, box: [item.width - x2, y1, item.width - x1, y2] as const };
    }),
  };
}

import { withPixels } from "../../bases/pixels.js";
import { headOfTask } from "../../bases/task-heads.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import type { HeatMap } from "../../core/results/insights.js";
import type { ModelTask } from "../../core/results/task.js";
import { isTaskWith } from "../../core/results/task.js";
import { decodePixels, type ImagePreprocessing } from "../../data/index.js";
import { type MaskedModel, occlude, type PictureScorer } from "../../explain/index.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { extract } from "../../graph/surgery/index.js";
import { openFolderSession } from "../../inference/model-session.js";
import { graphOf, openFolder } from "../../inference/open-folder.js";
import { type CamOf, greyOf, openGradCam, scorerOf } from "../../run/insights/explained-pictures.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import { checkWeights, explainByMasks, type Weighed } from "./explain-features.js";
import {
  type ExplainOptions,
  linkOf,
  type ModelOutputs,
  occlusionValue,
  outputValues,
  placeOf,
  predicted,
} from "./explanation.js";
import { openPictureGradients, type PictureGradients } from "./picture-gradients.js";

/** Cells per side of the grid that LIME and SHAP hide. */
const side = 8;

/** Explains predictions for pictures: classes, labels, numbers, the best box of a class, or the share of its pixels. @throws ModelError for a damaged folder */
export async function explainerOfPictures(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  task: ModelTask,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  const folder = await openFolder(platform, dir);
  const head = headOfTask(folder, options.task);
  const { preprocessing } = folder;
  const { classes } = head ?? folder;
  const outputs: ModelOutputs = { names: classes, link: linkOf(task) };
  const requested = placeOf(outputs, options);
  const whole = graphOf(folder);
  const plain = withPictureScores(head ? extract(whole, [head.output]) : whole, task, classes.length);
  const graph = withPixels(plain, preprocessing);
  const session = await openFolderSession(runtime, {
    dir: folder.dir,
    graph,
    outputShapes: [["batch", classes.length]],
  });
  const score = scorerOf(session, preprocessing);
  const { method } = options;
  const cam =
    method === undefined || method === "grad-cam"
      ? await openGradCam(runtime, graph, preprocessing, classes.length).catch((error: unknown) => {
          if (method === "grad-cam") throw error;
          return undefined;
        })
      : undefined;
  const gradients =
    method === "ig" ? await openPictureGradients(runtime, plain, preprocessing, outputs.link) : undefined;
  return async (input) => {
    if (typeof input !== "string")
      throw new EngraftError(
        "DataError",
        Array.isArray(input) ? "a pair of texts is no picture" : "a row of a table is no picture",
        { help: "give paths: the model answers pictures" },
      );
    const { data, inside } = await decodePixels(input, preprocessing, platform);
    const pixels = Uint8Array.from(data);
    const scores = (await score(pixels, 1)).subarray(0, classes.length);
    const { k, prediction } = predicted(scores, outputs, requested);
    const masked = pictureCells({ score, pixels, preprocessing, outputs, k });
    const { explanation, weights } = await weighed({ score, pixels, preprocessing, outputs, k }, masked, {
      ...options,
      cam,
      gradients,
    });
    return {
      input,
      task,
      ...(head && { head: head.name }),
      ...prediction,
      ...explanation,
      ...(inside && explanation.map && { map: { ...explanation.map, inside } }),
      ...(await checkWeights({ masked }, weights, options)),
    };
  };
}

interface OpenedPicture {
  readonly score: PictureScorer;
  /** uint8[height, width, 3] */
  readonly pixels: Uint8Array;
  readonly preprocessing: ImagePreprocessing;
  readonly outputs: ModelOutputs;
  /** Index of the explained output. */
  readonly k: number;
}

async function weighed(
  picture: OpenedPicture,
  masked: MaskedModel,
  {
    cam,
    gradients,
    ...options
  }: ExplainOptions & { readonly cam: CamOf | undefined; readonly gradients: PictureGradients | undefined },
): Promise<Weighed> {
  const { score, pixels, preprocessing, outputs, k } = picture;
  const { method, signal } = options;
  const cells = cellsOf(preprocessing);
  const cellWeights = (map: HeatMap): Float64Array => resampled(map, cells.rows, cells.columns);
  if (method === "shap" || method === "lime")
    return explainByMasks(
      {
        masked,
        describe: (weights, halfWidths) => ({
          map: {
            rows: cells.rows,
            columns: cells.columns,
            values: Array.from(weights),
            half_widths: halfWidths && Array.from(halfWidths),
          },
        }),
      },
      method,
      options,
    );
  if (gradients) {
    const { map, ...facts } = await gradients(pixels, k, options);
    return { explanation: { method: "ig", map, ...facts }, weights: cellWeights(map) };
  }
  if (cam) {
    const map = await cam(pixels, k);
    return { explanation: { method: "grad-cam", map }, weights: cellWeights(map) };
  }
  const value = (scores: Float32Array): number => occlusionValue(outputs.link, scores, k);
  const grey = greyOf(preprocessing);
  const map = await occlude(score, pixels, preprocessing, value, { grey, signal });
  return { explanation: { method: "occlusion", map }, weights: cellWeights(map) };
}

const cellsOf = ({ height, width }: ImagePreprocessing) => ({
  rows: Math.min(side, height),
  columns: Math.min(side, width),
});

/** Returns a picture as cells that can be hidden. A hidden cell has its own mean colour. */
function pictureCells({ score, pixels, preprocessing, outputs, k }: OpenedPicture): MaskedModel {
  const { height, width } = preprocessing;
  const { rows, columns } = cellsOf(preprocessing);
  const cellAt = (at: number): number => {
    const [y, x] = [Math.floor(at / width), at % width];
    return Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
  };
  const hidden = cellMeans(pixels, rows * columns, cellAt);
  return {
    features: rows * columns,
    async evaluate(masks) {
      const all = new Uint8Array(masks.length * pixels.length);
      for (const [s, shown] of masks.entries())
        for (let at = 0; at < height * width; at++) {
          const cell = cellAt(at);
          const from = shown[cell] ? pixels.subarray(3 * at, 3 * at + 3) : hidden[cell]!;
          all.set(from, s * pixels.length + 3 * at);
        }
      return outputValues(outputs.link, await score(all, masks.length), masks.length, k);
    },
  };
}

function cellMeans(pixels: Uint8Array, cells: number, cellAt: (at: number) => number): Uint8Array[] {
  const sums = new Float64Array(4 * cells);
  for (let at = 0; 3 * at < pixels.length; at++) {
    const cell = cellAt(at);
    for (const c of [0, 1, 2]) sums[4 * cell + c]! += pixels[3 * at + c]!;
    sums[4 * cell + 3]!++;
  }
  return Array.from({ length: cells }, (_, cell) =>
    Uint8Array.from([0, 1, 2], (c) => Math.round(sums[4 * cell + c]! / sums[4 * cell + 3]!)),
  );
}

/** Resamples a map to another grid: the mean of 4 × 4 points per cell. */
function resampled({ rows, columns, values }: HeatMap, high: number, wide: number): Float64Array {
  const points = 4;
  const at = (place: number, cells: number, of: number): number =>
    Math.floor(((place + 0.5) * of) / (points * cells));
  return Float64Array.from({ length: high * wide }, (_, cell) => {
    const [top, left] = [points * Math.floor(cell / wide), points * (cell % wide)];
    let sum = 0;
    for (let y = 0; y < points; y++)
      for (let x = 0; x < points; x++)
        sum += values[at(top + y, high, rows) * columns + at(left + x, wide, columns)]!;
    return sum / points ** 2;
  });
}

/** Least probability that a logarithm is taken of. */
const least = 1e-9;

/**
 * Returns a model with one logit for each class of a whole picture, float32[batch, K].
 *
 * - Boxes: the logit ln p / (1 − p) of the highest score p of a box of the class.
 * - Masks: the logarithm of the mean probability of the class over all pixels. Their softmax is this mean: the expected share of pixels.
 * - Other tasks: the model itself.
 *
 * @param model as it is saved
 * @param classes number of classes
 */
function withPictureScores(model: Graph, task: ModelTask, classes: number): Graph {
  const [hasBoxes, hasMasks] = [isTaskWith(task, { head: "boxes" }), isTaskWith(task, { head: "masks" })];
  if (!hasBoxes && !hasMasks) return model;
  const graph = model.clone();
  const g = new Builder(graph, "picture scores");
  const [logits] = graph.outputs as [string];
  const p = hasMasks
    ? g.reduceMean(g.softmax(logits, 1), { axes: [2, 3] })
    : g.reduceMax(g.slice(g.softmax(logits, -1), { starts: [0], ends: [classes], axes: [2] }), { axes: [1] });
  const log = g.log(g.max(p, g.number(least)));
  const rest = (): string => g.log(g.max(g.sub(g.number(1), p), g.number(least)));
  graph.outputs.splice(0, graph.outputs.length, hasMasks ? log : g.sub(log, rest()));
  return graph;
}

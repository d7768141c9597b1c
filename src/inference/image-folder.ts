import { noObjectColumns } from "../bases/detection/detection-settings.js";
import type { ImagePredictions } from "../bases/model-folder/image-models.js";
import type { ModelFolder } from "../bases/model-folder/model-folder.js";
import { withPixels } from "../bases/pixels.js";
import type { Shape } from "../core/shape.js";
import { pictureInputs, type Sample } from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import type { Platform } from "../platform/platform.js";
import type { ViewAverage } from "../run/training/average-views.js";
import { predictAll } from "../run/training/feeds.js";
import type { Session } from "../runtime/runtime.js";
import { graphOf, openFolder } from "./open-folder.js";

/** An opened model folder of images. */
export interface ImageFolder extends ModelFolder {
  /** The model with pixels as input. */
  readonly graph: Graph;
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
  /** Returns logits, float32[N, C]; with several views, of the averaged predictions. */
  scores(
    session: Session,
    items: readonly Sample[],
    options?: {
      readonly views?: number;
      /** Predictions that are averaged over the views. Default: probabilities of classes. */
      readonly viewAverage?: ViewAverage;
      /** One of several heads. Default: the first. */
      readonly head?: { readonly output: string; readonly classes: readonly string[] } | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Float32Array>;
}

/** Shapes of the outputs of a model with C classes. */
const shapesOf: Readonly<Record<ImagePredictions, (classes: number) => readonly Shape[]>> = {
  classes: (C) => [["batch", C]],
  boxes: (C) => [
    ["batch", "queries", C + noObjectColumns],
    ["batch", "queries", 4],
  ],
  masks: (C) => [["batch", C, "height", "width"]],
};

/** Opens a model folder of images. @throws ModelError if it is damaged, or another model folder */
export async function openImageFolder(
  platform: Platform,
  path: string,
  predicts: ImagePredictions = "classes",
): Promise<ImageFolder> {
  const folder = await openFolder(platform, path);
  const plain = graphOf(folder);
  const { preprocessing, classes, tasks } = folder;
  const { outputs } = plain;
  const sizeOf = (output: string) => tasks?.find((task) => task.output === output)?.classes.length;
  const heads = tasks && outputs.map((output): Shape => ["batch", sizeOf(output) ?? "scores"]);
  return {
    ...folder,
    graph: withPixels(plain, preprocessing),
    outputShapes: heads ?? shapesOf[predicts](classes.length),
    async scores(session, items, { views = 1, viewAverage = "softmax", head, signal } = {}) {
      const at = head ? outputs.indexOf(head.output) : 0;
      const input = session.inputs[0]!.name;
      return predictAll(
        async (x) => Object.values(await session.run({ [input]: x }))[at]!.data as Float32Array,
        { items, inputs: pictureInputs(platform, preprocessing, 0), views, viewAverage, signal },
        (head?.classes ?? classes).length,
      );
    },
  };
}

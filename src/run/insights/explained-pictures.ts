import { pixelInput } from "../../bases/pixels.js";
import { EngraftError } from "../../core/errors.js";
import type { ExplainedPicture, HeatMap, Insights } from "../../core/results/insights.js";
import type { Tensor } from "../../core/tensor.js";
import type { ImagePreprocessing, Sample } from "../../data/index.js";
import { decodePixels } from "../../data/index.js";
import { gradCam, gradCamGraph, occlude, type PictureScorer } from "../../explain/index.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import type { Chosen } from "./chosen.js";
import type { Limit } from "./limit.js";

/** Logits of a session that takes pixels. */
export function scorerOf(session: Session, { height, width }: ImagePreprocessing): PictureScorer {
  const input = session.inputs[0]!.name;
  return async (data, n) =>
    Object.values(await session.run({ [input]: { dtype: "uint8", dims: [n, height, width, 3], data } }))[0]!
      .data as Float32Array;
}

/** Grey that hides parts of an image: the colour that preprocessing maps to 0. */
export function greyOf({ mean, rescale, channels }: ImagePreprocessing): number[] {
  const grey = mean.map((m) => Math.min(255, Math.max(0, Math.round(m / rescale))));
  return channels === "bgr" ? grey.reverse() : grey;
}

/** Three digits are more than an eye can see. */
export const rounded = (map: HeatMap): HeatMap => ({
  ...map,
  values: map.values.map((v) => Number(v.toPrecision(3))),
});

/** Grad-CAM of one image at a time. */
export interface CamOf {
  (pixels: Uint8Array, k: number): Promise<HeatMap>;
  dispose(): Promise<void>;
}

/**
 * Opens Grad-CAM for a model that takes pixels.
 * @throws ModelError, OperatorError if the model has no feature map, or no gradient reaches it
 */
export async function openGradCam(
  runtime: Runtime,
  model: Graph,
  { height, width }: ImagePreprocessing,
  classes: number,
): Promise<CamOf> {
  const made = gradCamGraph(model);
  const session = await openSession(runtime, made.graph, { label: "Grad-CAM" });
  const of = async (pixels: Uint8Array, k: number): Promise<HeatMap> => {
    const x: Tensor = { dtype: "uint8", dims: [1, height, width, 3], data: pixels };
    return (await gradCam(made, (feeds) => session.run(feeds), x, [k], classes))[0]!;
  };
  return Object.assign(of, { dispose: () => session.dispose() });
}

export interface PicturesToExplain {
  readonly runtime: Runtime;
  readonly platform: Platform;
  /** Takes {@link pixelInput}. */
  readonly model: Graph;
  readonly preprocessing: ImagePreprocessing;
  readonly classes: readonly string[];
  /** In the order of the predictions. */
  readonly items: readonly Sample[];
  readonly chosen: readonly Chosen[];
  readonly limit: Limit;
}

/** Explains predictions image by image while time remains. */
export async function explainedPictures(asked: PicturesToExplain): Promise<{
  readonly pictures: readonly ExplainedPicture[];
  readonly left_out: Insights["left_out"];
  /** Seconds of the model per image. */
  readonly pace: number;
}> {
  const { runtime, platform, model, preprocessing, classes, items, chosen, limit } = asked;
  if (!model.inputs.includes(pixelInput)) throw new EngraftError("ModelError", "the model takes no pixels");
  const left_out: Insights["left_out"][number][] = [];
  const cam = await openGradCam(runtime, model, preprocessing, classes.length).catch((error: unknown) => {
    left_out.push({ what: "grad-cam", ...limit.reasonFor(error) });
    return undefined;
  });
  const session = await openSession(runtime, model, { label: "the model that is explained" });
  const score = scorerOf(session, preprocessing);
  const pictures: ExplainedPicture[] = [];
  let pace = Number.NaN;
  try {
    for (const { at, which, predicted, ...said } of chosen) {
      const item = items[at]!;
      try {
        const { data, inside } = await decodePixels(item.path, preprocessing, platform);
        const seen = inside && { inside };
        const pixels = Uint8Array.from(data);
        if (Number.isNaN(pace)) pace = await paceOf(score, pixels);
        const grad_cam = cam && rounded(await cam(pixels, predicted));
        const occlusion = rounded(
          await occlude(score, pixels, preprocessing, predicted, {
            grey: greyOf(preprocessing),
            signal: limit.signal,
          }),
        );
        pictures.push({
          item: item.id,
          which,
          ...said,
          predicted: classes[predicted]!,
          ...(grad_cam && { grad_cam: { ...grad_cam, ...seen } }),
          occlusion: { ...occlusion, ...seen },
        });
      } catch (error) {
        left_out.push({ what: "occlusion", ...limit.reasonFor(error) });
        break;
      }
    }
  } finally {
    await cam?.dispose();
    await session.dispose();
  }
  return { pictures, left_out, pace };
}

/** Seconds per image in a batch of eight. */
async function paceOf(score: PictureScorer, pixels: Uint8Array): Promise<number> {
  const eight = new Uint8Array(8 * pixels.length);
  // The first run plans its memory.
  await score(eight, 8);
  const begin = performance.now();
  await score(eight, 8);
  return (performance.now() - begin) / 8000;
}

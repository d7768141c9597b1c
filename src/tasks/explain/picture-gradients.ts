import type { Explanation } from "../../core/results/explanation.js";
import type { HeatMap } from "../../core/results/insights.js";
import { float32 } from "../../core/tensor.js";
import type { ImagePreprocessing } from "../../data/index.js";
import { gradientGraph, gradientValues, integratedGradients, type Link } from "../../explain/index.js";
import type { Graph } from "../../graph/graph.js";
import { bindDims } from "../../graph/surgery/index.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { ExplainOptions } from "./explanation.js";

/** Points of the path per batch. Each holds the activations of one picture. */
const atOnce = 4;
/** Cells per side of the map. Attributions of single pixels look like noise. */
const side = 16;

/** Computes Integrated Gradients for one picture. @param pixels uint8[height, width, 3] @param k the output */
export type PictureGradients = (
  pixels: Uint8Array,
  k: number,
  options: ExplainOptions,
) => Promise<{ readonly map: HeatMap } & Pick<Explanation, "base_value" | "ig">>;

/**
 * Opens a model for Integrated Gradients. The path begins at the mean colour, which is 0 after preprocessing, or at the
 * blurred picture.
 * @throws OperatorError if no gradient passes through the model
 */
export async function openPictureGradients(
  runtime: Runtime,
  model: Graph,
  preprocessing: ImagePreprocessing,
  link: Link,
): Promise<PictureGradients> {
  const { height, width } = preprocessing;
  const input = model.inputs[0]!;
  const sizes = Object.fromEntries(
    [atOnce, 3, height, width].flatMap((size, axis) => {
      const name = model.typeOf(input).shape?.[axis];
      return typeof name === "string" ? [[name, size]] : [];
    }),
  );
  const made = gradientGraph(bindDims(model, sizes), [input], link);
  const session = await openSession(runtime, made.graph, { label: "Integrated Gradients" });
  const dims = made.graph.typeOf(gradientValues.selected).shape as readonly number[];
  return async (pixels, k, { baseline = "mean", signal }) => {
    const to = normalized(pixels, preprocessing);
    const from =
      baseline === "blur" ? normalized(blurred(pixels, preprocessing), preprocessing) : to.map(() => 0);
    const classes = dims.at(-1)!;
    const selected = new Float32Array(made.batch * classes).map((_, at) => (at % classes === k ? 1 : 0));
    const feeds = { [gradientValues.selected]: float32(dims, selected) };
    const how = signal ? { signal } : {};
    const found = await integratedGradients(made, (all) => session.run(all), [{ from, to }], feeds, how);
    const { base, attributions, steps, error } = found;
    return {
      map: summed(attributions[0]!, preprocessing),
      base_value: base,
      ig: { steps, error },
    };
  };
}

/** x[c, y, x] = (pixel · rescale - mean[c]) / std[c] */
function normalized(
  pixels: ArrayLike<number>,
  { height, width, rescale, mean, std, channels }: ImagePreprocessing,
): Float32Array {
  const area = height * width;
  const x = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const from = channels === "bgr" ? 2 - c : c;
    for (let at = 0; at < area; at++)
      x[c * area + at] = (pixels[3 * at + from]! * rescale - mean[c]!) / std[c]!;
  }
  return x;
}

/** Blurs a picture by three box filters of an eighth of each side, which approximate a Gaussian. */
function blurred(pixels: Uint8Array, { height, width }: ImagePreprocessing): Float64Array {
  let now = Float64Array.from(pixels);
  for (let pass = 0; pass < 3; pass++) {
    now = boxFilter(now, width, height, 3, 3 * width, Math.max(1, Math.round(width / 16)));
    now = boxFilter(now, height, width, 3 * width, 3, Math.max(1, Math.round(height / 16)));
  }
  return now;
}

/** Returns means over 2 r + 1 places along one axis; the border is repeated. */
function boxFilter(
  x: Float64Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
  r: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(x.length);
  const within = (place: number): number => Math.min(length - 1, Math.max(0, place));
  for (let line = 0; line < lines; line++)
    for (let c = 0; c < 3; c++) {
      const at = (place: number): number => line * lineStep + within(place) * step + c;
      let sum = 0;
      for (let place = -r; place <= r; place++) sum += x[at(place)]!;
      for (let place = 0; place < length; place++) {
        out[at(place)] = sum / (2 * r + 1);
        sum += x[at(place + r + 1)]! - x[at(place - r)]!;
      }
    }
  return out;
}

/** Sums attributions of pixels over channels and cells. @param attributions float64[3, height, width] */
function summed(attributions: Float64Array, { height, width }: ImagePreprocessing): HeatMap {
  const [rows, columns] = [Math.min(side, height), Math.min(side, width)];
  const values = new Array<number>(rows * columns).fill(0);
  for (let at = 0; at < attributions.length; at++) {
    const place = at % (height * width);
    const [y, x] = [Math.floor(place / width), place % width];
    values[Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width)]! +=
      attributions[at]!;
  }
  return { rows, columns, values };
}

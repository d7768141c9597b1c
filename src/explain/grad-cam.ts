/** Grad-CAM: the gradient of a class score with respect to the last feature map of a convolutional classifier. */
import { differentiate } from "../autodiff/index.js";
import { bottlenecks } from "../bases/feature-cuts.js";
import { EngraftError } from "../core/errors.js";
import type { HeatMap } from "../core/results/insights.js";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { bindDims } from "../graph/surgery/index.js";

/** A feature map that all data passes through. */
export interface SpatialMap {
  readonly value: Value;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A graph that predicts and computes Grad-CAM. */
export interface GradCam {
  /** The model's own input and `classes` float32[batch, C] -> `cam` float32[batch, h, w], `logits` float32[batch, C]. */
  readonly graph: Graph;
  readonly input: Value;
  readonly map: SpatialMap;
  readonly batch: number;
}

/** Names of the values that {@link gradCamGraph} adds. */
const gradCamValues = { classes: "engraft/grad-cam/classes", cam: "engraft/grad-cam/cam" } as const;

/**
 * Returns the last map with more than one place that all data passes through; pooling after the last weights is
 * skipped.
 */
function lastMap(graph: Graph): SpatialMap | undefined {
  let last: (SpatialMap & { readonly before: number }) | undefined;
  for (const { value, parameters: before } of bottlenecks(graph)) {
    const { dtype, shape } = graph.typeOf(value);
    // After a sequence of tokens, a place of a feature map is no place of the image.
    if (shape?.length === 3) last = undefined;
    if (dtype !== "float32" || shape?.length !== 4) continue;
    const [, channels, height, width] = shape;
    if (typeof channels !== "number" || typeof height !== "number" || typeof width !== "number") continue;
    const pooled = last?.before === before && height * width < last.height * last.width;
    if (height * width > 1 && !pooled) last = { value, channels, height, width, before };
  }
  return last;
}

/**
 * Appends Grad-CAM to a classifier of pictures:
 *
 * α_c = mean over places of ∂y / ∂A_c    cam = Σ_c α_c A_c    y = Σ_k classes_k logits_k
 *
 * A is the last feature map that everything passes through. Only what lies behind A needs gradient rules. The paper's ReLU
 * is {@link gradCam}'s: what comes out here has both signs. With mean pooling and a linear head cam sums up to the score
 * without its bias.
 *
 * @param model one input whose first dimension is the batch; its first output is logits float32[batch, C]
 * @throws ModelError when it has no such map (a vision transformer); OperatorError when no gradient passes behind it
 * @see Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, eq. 1 and 2
 */
export function gradCamGraph(model: Graph, batch = 1): GradCam {
  const [input] = model.inputs;
  const first = model.typeOf(input!).shape?.[0];
  const graph = typeof first === "string" ? bindDims(model, { [first]: batch }) : model.clone();
  const map = lastMap(graph);
  if (!map)
    throw new EngraftError(
      "ModelError",
      "the model has no last feature map with places: Grad-CAM has nothing to look at",
      {
        at: `output "${model.outputs[0]}"`,
        help: "use occlusion, which looks at the answers alone: vision transformers carry tokens, not maps",
      },
    );
  const logits = graph.outputs[0]!;
  const g = new Builder(graph, "engraft/grad-cam");
  const classes = graph.input(gradCamValues.classes, graph.typeOf(logits));
  // The items of a batch are independent: the gradient of their sum is each one's own.
  const y = g.reduceSum(g.mul(logits, classes));
  const gradient = differentiate(graph, y, [map.value]).get(map.value)!;
  const alpha = g.reduceMean(gradient, { axes: [2, 3], keepdims: true });
  const cam = g.reduceSum(g.mul(alpha, map.value), { axes: [1] });
  graph.push(
    { kind: "op", op: "Identity", name: "", inputs: [cam], outputs: [gradCamValues.cam], attributes: {} },
    [graph.typeOf(cam)],
  );
  graph.outputs.length = 0;
  graph.outputs.push(gradCamValues.cam, logits);
  return { graph, input: input!, map, batch };
}

/** Runs {@link GradCam.graph}. */
export type RunGradCam = (
  feeds: Readonly<Record<string, Tensor>>,
) => Promise<Readonly<Record<string, Tensor>>>;

/**
 * Returns the evidence for a class in an image, one map per item: max(0, cam).
 * @param x the model's input, `batch` items
 * @param explained the class of each item
 * @example const [map] = await gradCam(made, (feeds) => session.run(feeds), pixels, [3], 10);
 */
export async function gradCam(
  { input, map, batch }: GradCam,
  run: RunGradCam,
  x: Tensor,
  explained: readonly number[],
  classes: number,
): Promise<HeatMap[]> {
  const one = new Float32Array(batch * classes);
  explained.forEach((k, i) => {
    one[i * classes + k] = 1;
  });
  const out = await run({ [input]: x, [gradCamValues.classes]: float32([batch, classes], one) });
  const cam = out[gradCamValues.cam]!.data as Float32Array;
  const { height: rows, width: columns } = map;
  return explained.map((_, i) => ({
    rows,
    columns,
    values: Array.from(cam.subarray(i * rows * columns, (i + 1) * rows * columns), (v) => Math.max(0, v)),
  }));
}

import { EngraftError } from "../../core/errors.js";
import { formatType } from "../../core/shape.js";
import { float32, int64, scalar, tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { inline } from "../../graph/surgery/index.js";
import {
  type DetectionOptions,
  type DetectionSettings,
  detectionSettings,
  distanceLimit,
  noObjectColumns,
} from "./detection-settings.js";

/** Names of the outputs that Transformers.js reads. */
const outputs = { logits: "logits", boxes: "pred_boxes" } as const;

/** Logit of a column that is not chosen: its softmax is 0. */
const never = -1e4;
/** Least score and least rest that a logarithm is taken of. */
const least = 1e-9;

/**
 * Appends decoding, calibration and non-maximum suppression to a dense detector, so that the object-detection pipeline of Transformers.js
 * opens it. The pipeline has no suppression of its own, and reads a score as the softmax of a row whose last column means "no object".
 *
 * The row of a detection of class c with score p has ln p at c, and ln((1 − p) / D) in each of the D last columns. The columns of other
 * classes have −10⁴, so softmax(row)[c] = p. Detections come first, by falling score. The other rows have 0 in the last column and −10⁴
 * elsewhere, and the pipeline drops them.
 *
 * @param model first output float32[batch, P, K + 4]: K class logits, then the raw distances of {@link DetectionOptions.places}
 * @returns outputs `logits` float32[batch, N, K + D] and `pred_boxes` float32[batch, N, 4], (cx, cy, w, h) in 0 … 1
 * @throws ShapeError if the output has another shape, OptionError for an option out of range
 * @example toOnnx(withDetections(detector, { classes: 3, places, input: { width: 416, height: 320 } }))
 */
export function withDetections(model: Graph, options: DetectionOptions): Graph {
  const settings = detectionSettings(options);
  requirePlaces(model, settings);
  const graph = new Graph(model.name);
  const names = inline(graph, model, renamed(model));
  const output = names.get(model.outputs[0]!)!;
  const g = new Builder(graph, "detections");
  const found = suppressed(g, scoresOf(g, output, settings), cornersOf(g, output, settings), settings);
  const named = new Builder(graph);
  const logits = logitsOf(g, named, found, settings);
  const [low, high] = [0, 2].map((at) => slice(g, found.corners, at, at + 2)) as [Value, Value];
  const centre = g.mul(g.add(low, high), g.number(0.5));
  const [boxes] = named.nodes("Concat", [centre, g.sub(high, low)], { axis: 2 }, [outputs.boxes]);
  graph.outputs.push(logits, boxes!);
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return graph;
}

/** New names for values of the model that have the names of the outputs. */
function renamed(model: Graph): Map<Value, Value> {
  const made = new Set(model.nodes.flatMap((node) => node.outputs));
  return new Map(
    Object.values(outputs)
      .filter((name) => made.has(name))
      .map((name) => [name, `engraft/${name}`]),
  );
}

function requirePlaces(model: Graph, { classes, places }: DetectionSettings): void {
  const output = model.outputs[0]!;
  const type = model.typeOf(output);
  const [, count, width] = type.shape ?? [];
  if (type.shape?.length === 3 && count === places.count && width === classes + 4) return;
  throw new EngraftError(
    "ShapeError",
    `the output "${output}" is ${formatType(type)}, not float32[batch, ${places.count}, ${classes + 4}]`,
    { help: `${places.count} places and ${classes} classes with four distances are expected` },
  );
}

const slice = (g: Builder, x: Value, first: number, end: number): Value =>
  g.slice(x, { starts: [first], ends: [end], axes: [2] });

/** Returns σ(slope · z + offset), float32[batch, P, K]. */
function scoresOf(g: Builder, output: Value, { classes, scaling }: DetectionSettings): Value {
  const z = slice(g, output, 0, classes);
  if (scaling.every(({ slope, offset }) => slope === 1 && offset === 0)) return g.sigmoid(z);
  const slopes = g.weight(
    "slopes",
    float32(
      [1, 1, classes],
      scaling.map(({ slope }) => slope),
    ),
  );
  const offsets = g.weight(
    "offsets",
    float32(
      [1, 1, classes],
      scaling.map(({ offset }) => offset),
    ),
  );
  return g.sigmoid(g.add(g.mul(z, slopes), offsets));
}

/**
 * Returns (x1, y1, x2, y2) as shares of the input, inside it, float32[batch, P, 4].
 *
 *     x1 = px − sx e^{a1},   y1 = py − sy e^{a2},   x2 = px + sx e^{a3},   y2 = py + sy e^{a4}
 */
function cornersOf(g: Builder, output: Value, { classes, places, input }: DetectionSettings): Value {
  const size = [input.width, input.height];
  const table = (name: string, shareOf: (place: number, side: number) => number): Value => {
    const values = Float64Array.from({ length: places.count * 4 }, (_, i) =>
      Math.fround(shareOf(Math.floor(i / 4), i % 4)),
    );
    // In float64, so that an export with 16-bit weights does not round the points to half a pixel.
    return g.cast(g.weight(name, tensor("float64", [1, places.count, 4], values)), "float32");
  };
  const points = table("points", (p, side) => places.points[2 * p + (side % 2)]! / size[side % 2]!);
  const steps = table(
    "steps",
    (p, side) => ((side < 2 ? -1 : 1) * places.strides[2 * p + (side % 2)]!) / size[side % 2]!,
  );
  const raw = slice(g, output, classes, classes + 4);
  const distances = g.exp(g.clip(raw, g.number(-distanceLimit), g.number(distanceLimit)));
  return g.clip(g.add(points, g.mul(distances, steps)), g.number(0), g.number(1));
}

/** The best detections of each image, by falling score. */
interface Found {
  /** float32[batch, N]; 0 where there are fewer than N. */
  readonly scores: Value;
  /** int64[batch, N] */
  readonly labels: Value;
  /** float32[batch, N, 4] */
  readonly corners: Value;
}

/** Keeps the best places, then the boxes that no better box of their class covers, then the best of those. */
function suppressed(g: Builder, scores: Value, corners: Value, settings: DetectionSettings): Found {
  const { candidates, most } = settings;
  const topOf = (x: Value, k: number): [Value, Value] =>
    g.nodes("TopK", [x, g.ints([k])], { axis: 1, largest: true, sorted: true }, 2) as [Value, Value];
  const rowsAt = (x: Value, at: Value): Value =>
    g.node("GatherND", [x, g.unsqueeze(at, [2])], { batch_dims: 1 });
  // Suppression is quadratic in the number of boxes.
  const [, first] = topOf(g.reduceMax(scores, { axes: [2] }), candidates);
  const boxes = rowsAt(corners, first);
  const byClass = g.transpose(rowsAt(scores, first), [0, 2, 1]);
  const kept = nonMaxSuppression(g, boxes, byClass, settings);
  const shape = g.node("Shape", [byClass], { start: 0, end: undefined });
  const zeros = g.node("ConstantOfShape", [shape], { value: float32([1], [0]) });
  const survivors = g.node("GatherND", [byClass, kept], { batch_dims: 0 });
  const all = g.node("ScatterND", [zeros, kept, survivors], { reduction: "none" });
  const [best, at] = topOf(g.reshape(all, [0, -1]), most);
  const perClass = g.constant(int64([], [candidates]));
  return {
    scores: best,
    labels: g.div(at, perClass),
    corners: rowsAt(boxes, g.node("Mod", [at, perClass], { fmod: false })),
  };
}

/**
 * Returns int64[R, 3], rows (image, class, box).
 *
 * The operator is not in the engine's list: it has no gradient. It takes (y1, x1, y2, x2); exchanging the axes changes no overlap.
 */
function nonMaxSuppression(
  g: Builder,
  boxes: Value,
  scores: Value,
  { most, iou, threshold }: DetectionSettings,
): Value {
  const kept = g.graph.fresh("detections/kept");
  const limits = [g.ints([most]), g.constant(float32([1], [iou])), g.constant(float32([1], [threshold]))];
  g.graph.push(
    {
      kind: "opaque",
      op: "NonMaxSuppression",
      domain: "",
      name: kept,
      captures: [],
      attributes: [],
      inputs: [boxes, scores, ...limits],
      outputs: [kept],
    },
    [{ dtype: "int64", shape: [null, 3] }],
  );
  return kept;
}

/** Returns the rows of {@link withDetections}, float32[batch, N, K + D]. */
function logitsOf(g: Builder, named: Builder, { scores, labels }: Found, settings: DetectionSettings): Value {
  const { classes, threshold } = settings;
  const p = g.unsqueeze(scores, [2]);
  const alive = g.greater(p, g.number(threshold));
  const logOf = (x: Value): Value => g.log(g.max(x, g.number(least)));
  const isLabel = g.equal(g.unsqueeze(labels, [2]), g.ints(Array.from({ length: classes }, (_, k) => k)));
  const own = g.where(g.and(isLabel, alive), logOf(p), g.constant(scalar(never)));
  const rest = g.div(g.sub(g.number(1), p), g.number(noObjectColumns));
  const dropped = Array.from({ length: noObjectColumns }, (_, d) => (d === noObjectColumns - 1 ? 0 : never));
  const dummies = g.where(alive, logOf(rest), g.weight("dropped", float32([1, 1, noObjectColumns], dropped)));
  return named.nodes("Concat", [own, dummies], { axis: 2 }, [outputs.logits])[0]!;
}

import { castTensor, scalar } from "../../../core/tensor.js";
import { attribute, dataTypes } from "../../../onnx/index.js";
import { maxRank } from "../../infer/checks.js";
import { nodeError } from "../attributes.js";
import type { Writer } from "./writer.js";

/** The definition of an operator by other operators. */
export interface Definition {
  /** The definition as a formula. */
  readonly into: string;
  /** Writes the nodes; returns a reason if this node has to stay as it is. */
  readonly write: (w: Writer) => string | undefined;
}

/**
 * Operators that the importer replaces by their definition, keyed by `domain.name` ("" is omitted). They need no
 * shape rule, gradient or reference, and most need no types. At kinks they follow PyTorch through the operators
 * that they consist of.
 */
export const definitions: Readonly<Record<string, Definition>> = {
  Celu: {
    into: "alpha * elu(x / alpha)",
    write(w) {
      const alpha = w.a.floatOr("alpha", 1);
      if (!(alpha > 0)) return `its alpha is ${alpha}`;
      if (alpha === 1) w.give("Elu", [w.x], [attribute.float("alpha", 1)]);
      else {
        const unit = w.add("Elu", [w.add("Div", [w.x, w.number(alpha)])], [attribute.float("alpha", 1)]);
        w.give("Mul", [unit, w.number(alpha)]);
      }
      return undefined;
    },
  },
  CastLike: {
    into: "Cast to the type of the second input",
    write(w) {
      const dtype = w.c.dtypeOf(w.input(1));
      if (dtype === undefined) return "the type that it casts to is not known";
      w.give("Cast", [w.x], [attribute.int("to", dataTypes[dtype])]);
      return undefined;
    },
  },
  // 0 at x = alpha, with gradient 0 there, as in torch.threshold
  ThresholdedRelu: {
    into: "x > alpha ? x : 0",
    write(w) {
      const above = w.add("Greater", [w.x, w.number(w.a.floatOr("alpha", 1))]);
      w.give("Where", [above, w.x, w.number(0)]);
      return undefined;
    },
  },
  Shrink: {
    into: "x < -lambd ? x + bias : x > lambd ? x - bias : 0",
    write(w) {
      if (!w.isFloat()) return "its input is not known to be a float";
      const [lambd, bias] = [w.a.floatOr("lambd", 0.5), w.a.floatOr("bias", 0)];
      const down = bias === 0 ? w.x : w.add("Sub", [w.x, w.number(bias)]);
      const up = bias === 0 ? w.x : w.add("Add", [w.x, w.number(bias)]);
      const above = w.add("Where", [w.add("Greater", [w.x, w.number(lambd)]), down, w.number(0)]);
      w.give("Where", [w.add("Less", [w.x, w.number(-lambd)]), up, above]);
      return undefined;
    },
  },
  Swish: {
    into: "x * sigmoid(alpha * x)",
    write(w) {
      const alpha = w.a.floatOr("alpha", 1);
      w.give("Mul", [w.x, w.add("Sigmoid", [alpha === 1 ? w.x : w.add("Mul", [w.x, w.number(alpha)])])]);
      return undefined;
    },
  },
  RMSNormalization: { into: "x / sqrt(mean(x²) + epsilon) * scale", write: rootMeanSquare },
  SimplifiedLayerNormalization: { into: "x / sqrt(mean(x²) + epsilon) * scale", write: rootMeanSquare },
  "com.microsoft.SimplifiedLayerNormalization": {
    into: "x / sqrt(mean(x²) + epsilon) * scale",
    write: rootMeanSquare,
  },
  "com.microsoft.SkipSimplifiedLayerNormalization": {
    into: "x / sqrt(mean(x²) + epsilon) * scale, x = input + skip + bias",
    write(w) {
      if (w.reads(1)) return "its mean is read";
      const bias = w.node.input[3];
      const [sum, y] = [w.node.output[3], bias ? undefined : w.node.output[3]];
      let x = w.add("Add", [w.x, w.input(1)], [], y);
      if (bias) x = w.add("Add", [x, bias], [], sum);
      // 1e-12: com.microsoft's schema.
      throughRms(w, x, { scale: w.input(2), axes: [-1], epsilon: 1e-12, inverse: w.node.output[2] });
      return undefined;
    },
  },
  GroupNormalization: { into: "InstanceNormalization of each group as one plane", write: groups },
  // 0 where the norm is 0
  LpNormalization: {
    into: "x / norm(x)",
    write(w) {
      const p = w.a.int("p") ?? 2;
      if (p !== 1 && p !== 2) return `its p is ${p}`;
      const axes = w.ints([w.a.int("axis") ?? -1]);
      const norm = w.add(p === 1 ? "ReduceL1" : "ReduceL2", [w.x, axes], [attribute.int("keepdims", 1)]);
      const isZero = w.add("Equal", [norm, w.number(0)]);
      w.give("Div", [w.x, w.add("Where", [isZero, w.number(1), norm])]);
      return undefined;
    },
  },
  MeanVarianceNormalization: {
    into: "(x - mean) / (sqrt(var) + 1e-9)",
    write(w) {
      // All axes of [N, C, H, W] but the channels' (ONNX, MeanVarianceNormalization-13).
      const axes = w.ints(w.a.ints("axes") ?? [0, 2, 3]);
      const mean = (x: string): string => w.add("ReduceMean", [x, axes], [attribute.int("keepdims", 1)]);
      const z = w.add("Sub", [w.x, mean(w.x)]);
      // Equal values give 0 / 1e-9. The slope of the root would be infinite there, times 0, so the variance is
      // replaced; any deviation gives the same 0.
      const variance = mean(w.add("Mul", [z, z]));
      const flat = w.add("Equal", [variance, w.number(0)]);
      const deviation = w.add("Sqrt", [w.add("Where", [flat, w.number(1), variance])]);
      // 1e-9 is part of the operator's definition.
      w.give("Div", [z, w.add("Add", [deviation, w.number(1e-9)])]);
      return undefined;
    },
  },
  GlobalLpPool: {
    into: "sum(|x|^p)^(1/p) over each plane",
    write(w) {
      const rank = w.c.shapeOf(w.x)?.length;
      if (rank === undefined) return "it has an unknown number of axes";
      const p = w.a.int("p") ?? 2;
      const axes = w.ints(Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 2));
      const keep = [attribute.int("keepdims", 1), attribute.int("noop_with_empty_axes", 1)];
      if (p === 1 || p === 2) w.give(p === 1 ? "ReduceL1" : "ReduceL2", [w.x, axes], keep);
      else {
        const powers = w.add("Pow", [w.add("Abs", [w.x]), w.number(p)]);
        w.give("Pow", [w.add("ReduceSum", [powers, axes], keep), w.number(1 / p)]);
      }
      return undefined;
    },
  },
};

/** Normalises over the axes from `axis` on. The second output is 1 / deviation. */
function rootMeanSquare(w: Writer): string | undefined {
  const axis = w.a.int("axis") ?? -1;
  const rank = w.c.shapeOf(w.x)?.length;
  if (axis >= 0 && rank === undefined) return "it has an unknown number of axes";
  const count = axis < 0 ? -axis : rank! - axis;
  if (count < 1 || count > (rank ?? maxRank))
    throw nodeError(w.node, `axis ${axis} is out of range for ${rank ?? `at most ${maxRank}`} axes`);
  const axes = Array.from({ length: count }, (_, i) => i - count);
  throughRms(w, w.x, { scale: w.input(1), axes, epsilon: 1e-5, inverse: w.node.output[1] });
  return undefined;
}

/** y = x * r * scale, r = 1 / sqrt(mean(x²) + epsilon). `inverse` names r; `epsilon` is the default. */
function throughRms(
  w: Writer,
  x: string,
  options: { scale: string; axes: readonly number[]; epsilon: number; inverse: string | undefined },
): void {
  const { scale, axes, epsilon, inverse } = options;
  const square = w.add("ReduceMean", [w.add("Mul", [x, x]), w.ints(axes)], [attribute.int("keepdims", 1)]);
  const deviation = w.add("Sqrt", [w.add("Add", [square, w.number(w.a.floatOr("epsilon", epsilon))])]);
  const r = w.add("Reciprocal", [deviation], [], inverse);
  w.give("Mul", [w.add("Mul", [x, r]), scale]);
}

/**
 * Group normalisation: reshapes x[N, C, …] to [N, groups, rest], normalises each plane, and reshapes back. Scale
 * and bias belong to a group before opset 21, and to a channel from opset 21 on.
 */
function groups(w: Writer): string | undefined {
  const shape = w.c.shapeOf(w.x);
  const count = w.a.int("num_groups");
  if (count === undefined || count < 1)
    throw nodeError(w.node, `attribute "num_groups" is ${count ?? "missing"}`);
  const channels = shape?.[1];
  if (!shape || typeof channels !== "number") return "it has an unknown number of channels";
  if (channels % count !== 0)
    throw nodeError(w.node, `${channels} channels cannot be divided into ${count} groups`);
  const epsilon = [attribute.float("epsilon", w.a.floatOr("epsilon", 1e-5))];
  const planes = w.add("Reshape", [w.x, w.ints([0, count, -1])]);
  const each = (value: number): string =>
    w.constant(
      "scale",
      castTensor({ ...scalar(0), dims: [count], data: new Float32Array(count).fill(value) }, w.dtype),
    );
  const grouped = w.opset < 21;
  const [scale, bias] = grouped ? [w.input(1), w.input(2)] : [each(1), each(0)];
  const normal = w.add("InstanceNormalization", [planes, scale, bias], epsilon);
  // One size may be inferred from the others. If more are unknown, the shape is read when the model runs.
  const sizes = shape.map((d, i) => (i === 0 ? 0 : typeof d === "number" ? d : -1));
  const known = sizes.filter((d) => d === -1).length <= 1 && sizes.lastIndexOf(0) === 0;
  const target = known ? w.ints(sizes) : w.add("Shape", [w.x]);
  if (grouped) {
    w.give("Reshape", [normal, target]);
    return undefined;
  }
  const scaled = w.add("Mul", [w.add("Reshape", [normal, target]), w.perChannel(1, shape.length)]);
  w.give("Add", [scaled, w.perChannel(2, shape.length)]);
  return undefined;
}

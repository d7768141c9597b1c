import { toNumbers } from "../../core/tensor.js";
import type { AnyOpNode, Value } from "../node.js";
import type { Surroundings } from "./pattern.js";

/** Yields the two operands of a node in both orders. */
function* bothOrders(node: AnyOpNode): Generator<readonly [Value, Value]> {
  const [a, b] = node.inputs as [Value, Value];
  yield [a, b];
  yield [b, a];
}

/**
 * Recognises d = x - mean(x), y = d / sqrt(mean(d²) + epsilon) * scale (+ bias) over the last axes. Scale and bias
 * must have exactly those axes.
 */
export function layerNormalization(node: AnyOpNode, s: Surroundings): AnyOpNode | undefined {
  if (node.op === "Add")
    for (const [product, bias] of bothOrders(node)) {
      const mul = s.producedBy(product, "Mul");
      const made = mul && scaled(mul, s);
      if (made && sameShape(s, bias, made.scale)) return written(node, made, bias);
    }
  if (node.op !== "Mul") return undefined;
  const made = scaled(node, s);
  return made && written(node, made, undefined);
}

interface Scaled {
  readonly x: Value;
  readonly scale: Value;
  readonly axis: number;
  readonly epsilon: number;
}

function written(node: AnyOpNode, { x, scale, axis, epsilon }: Scaled, bias: Value | undefined): AnyOpNode {
  const inputs = bias === undefined ? [x, scale] : [x, scale, bias];
  const { name, outputs } = node;
  return { kind: "op", op: "LayerNormalization", name, inputs, outputs, attributes: { axis, epsilon } };
}

function sameShape({ graph }: Surroundings, a: Value, b: Value): boolean {
  const [p, q] = [graph.types.get(a)?.shape, graph.types.get(b)?.shape];
  return (
    p !== undefined && q !== undefined && p.length === q.length && p.every((d, i) => d !== null && d === q[i])
  );
}

/** normal(x) * scale */
function scaled(mul: AnyOpNode, s: Surroundings): Scaled | undefined {
  for (const [v, scale] of bothOrders(mul)) {
    const normal = normalized(v, s);
    const shape = normal && s.graph.types.get(normal.x)?.shape;
    if (!normal || !shape) continue;
    const last = shape.slice(shape.length - normal.axes);
    const own = s.graph.types.get(scale)?.shape;
    if (own?.length === last.length && own.every((d, i) => d !== null && d === last[i]))
      return { x: normal.x, scale, axis: -normal.axes, epsilon: normal.epsilon };
  }
  return undefined;
}

/** d / sqrt(mean(d²) + epsilon), or d times the reciprocal. `axes` counts the last axes. */
function normalized(v: Value, s: Surroundings): { x: Value; axes: number; epsilon: number } | undefined {
  const div = s.producedBy(v, "Div");
  const pairs: [Value, Value][] = div ? [[div.inputs[0]!, div.inputs[1]!]] : [];
  const mul = s.producedBy(v, "Mul");
  if (mul)
    for (const [d, r] of bothOrders(mul)) {
      const inverse = s.producedBy(r, "Reciprocal");
      if (inverse) pairs.push([d, inverse.inputs[0]!]);
    }
  for (const [d, deviation] of pairs) {
    const centred = centredOf(d, s);
    const root = centred && rootOf(deviation, s);
    const sum = root === undefined ? undefined : s.producedBy(root, "Add");
    if (!centred || !sum) continue;
    for (const [variance, eps] of bothOrders(sum)) {
      const epsilon = s.scalar(eps, s.rank(variance) ?? 0);
      const mean = meanOf(variance, s);
      const square = mean && squareOf(mean.x, s);
      if (epsilon === undefined || square === undefined || mean?.axes !== centred.axes) continue;
      const again = centredOf(square, s);
      if (again?.x === centred.x && again.axes === centred.axes) return { ...centred, epsilon };
    }
  }
  return undefined;
}

/** Returns x of x - mean(x). */
function centredOf(v: Value, s: Surroundings): { x: Value; axes: number } | undefined {
  const sub = s.producedBy(v, "Sub");
  const mean = sub && meanOf(sub.inputs[1]!, s);
  return mean && mean.x === sub.inputs[0] ? mean : undefined;
}

/** Returns x of a mean over the last `axes` axes, with kept dimensions. */
function meanOf(v: Value, s: Surroundings): { x: Value; axes: number } | undefined {
  const node = s.producedBy(v, "ReduceMean");
  const [x, listed] = node?.inputs ?? [];
  const rank = x === undefined ? undefined : s.rank(x);
  const list = listed === undefined ? undefined : s.graph.initializers.get(listed);
  if (!node?.attributes.keepdims || x === undefined || rank === undefined || !list) return undefined;
  if (list.data.length === 0 || list.data.length > rank) return undefined;
  const axes = new Set(toNumbers(list).map((a) => (a < 0 ? a + rank : a)));
  const last = Array.from({ length: axes.size }, (_, i) => rank - 1 - i);
  return last.every((a) => axes.has(a)) ? { x, axes: axes.size } : undefined;
}

function rootOf(v: Value, s: Surroundings): Value | undefined {
  const sqrt = s.producedBy(v, "Sqrt");
  if (sqrt) return sqrt.inputs[0];
  const pow = s.producedBy(v, "Pow");
  return pow && s.scalar(pow.inputs[1]!, 0) === 0.5 ? pow.inputs[0] : undefined;
}

function squareOf(v: Value, s: Surroundings): Value | undefined {
  const mul = s.producedBy(v, "Mul");
  if (mul && mul.inputs[0] === mul.inputs[1]) return mul.inputs[0];
  const pow = s.producedBy(v, "Pow");
  return pow && s.scalar(pow.inputs[1]!, s.rank(pow.inputs[0]!) ?? 0) === 2 ? pow.inputs[0] : undefined;
}

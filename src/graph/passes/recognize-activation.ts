import type { AnyOpNode, Value } from "../node.js";
import { near, type Surroundings } from "./pattern.js";

/** Depth to which products are searched: 0.5 * (x * (1 + …)) is two products deep. */
const deepest = 4;

/**
 * Recognises a product of x and a function of x:
 *     Gelu        0.5 * x * (1 + erf(x / √2)),  0.5 * x * (1 + tanh(√(2/π) * (x + 0.044715 x³)))
 *     HardSwish   x * clip(x + 3, 0, 6) / 6,  x * hardSigmoid(x)
 */
export function activation(node: AnyOpNode, s: Surroundings): AnyOpNode | undefined {
  if (node.op !== "Mul" && node.op !== "Div") return undefined;
  const y = node.outputs[0]!;
  for (const x of operands(y, s, deepest)) {
    const rank = s.rank(x);
    if (rank === undefined || rank !== s.rank(y)) continue;
    const product = factorsOf(y, x, s, deepest);
    const other =
      product?.values.length === 2 && product.values.includes(x) && product.values.find((v) => v !== x);
    if (!product || !other) continue;
    const { name, outputs } = node;
    const approximate = geluOf(other, x, product.constant, s);
    if (approximate)
      return { kind: "op", op: "Gelu", name, inputs: [x], outputs, attributes: { approximate } };
    if (isHardSigmoid(other, x, product.constant, s))
      return { kind: "op", op: "HardSwish", name, inputs: [x], outputs, attributes: {} };
  }
  return undefined;
}

/** Returns all operands of the products that a value consists of. */
function operands(v: Value, s: Surroundings, depth: number): Set<Value> {
  const found = new Set<Value>();
  const node = s.producer(v);
  if (depth === 0 || !(node?.op === "Mul" || node?.op === "Div")) return found;
  for (const input of node.inputs) {
    if (s.graph.initializers.has(input)) continue;
    found.add(input);
    for (const deeper of operands(input, s, depth - 1)) found.add(deeper);
  }
  return found;
}

interface Product {
  readonly constant: number;
  readonly values: readonly Value[];
}
/** Returns the factors of a value; x is one factor. */
function factorsOf(v: Value, x: Value, s: Surroundings, depth: number): Product | undefined {
  const node = v === x || depth === 0 ? undefined : s.producer(v);
  const number = s.scalar(v, s.rank(x) ?? 0);
  if (number !== undefined) return { constant: number, values: [] };
  if (node?.op === "Div") {
    const by = s.scalar(node.inputs[1]!, s.rank(x) ?? 0);
    const above = by === undefined ? undefined : factorsOf(node.inputs[0]!, x, s, depth - 1);
    if (by !== undefined && above) return { ...above, constant: above.constant / by };
  }
  if (node?.op !== "Mul") return { constant: 1, values: [v] };
  const [a, b] = node.inputs.map((input) => factorsOf(input, x, s, depth - 1));
  return a && b && { constant: a.constant * b.constant, values: [...a.values, ...b.values] };
}

/** Returns the kind of Gelu whose other factor is v: half of 1 + erf(…) or 1 + tanh(…). */
function geluOf(v: Value, x: Value, constant: number, s: Surroundings): "none" | "tanh" | undefined {
  const sum = near(constant, 0.5) ? s.producedBy(v, "Add") : undefined;
  if (!sum) return undefined;
  const [a, b] = sum.inputs as [Value, Value];
  const inner = s.scalar(a, s.rank(x)!) === 1 ? b : s.scalar(b, s.rank(x)!) === 1 ? a : undefined;
  if (inner === undefined) return undefined;
  const erf = s.producedBy(inner, "Erf");
  if (erf && isPolynomial(erf.inputs[0]!, x, [0, Math.SQRT1_2, 0, 0], s)) return "none";
  const tanh = s.producedBy(inner, "Tanh");
  const c = Math.sqrt(2 / Math.PI);
  if (tanh && isPolynomial(tanh.inputs[0]!, x, [0, c, 0, 0.044715 * c], s)) return "tanh";
  return undefined;
}

/** True for clip(x / 6 + 1/2, 0, 1), times 6 if the constant cancels it. */
function isHardSigmoid(v: Value, x: Value, constant: number, s: Surroundings): boolean {
  const sigmoid = s.producedBy(v, "HardSigmoid");
  if (sigmoid)
    return (
      sigmoid.inputs[0] === x &&
      near(sigmoid.attributes.alpha, 1 / 6) &&
      near(sigmoid.attributes.beta, 0.5) &&
      near(constant, 1)
    );
  const clip = s.producedBy(v, "Clip");
  const [low, high] = [clip?.inputs[1], clip?.inputs[2]].map((b) => (b ? s.scalar(b, 0) : undefined));
  if (!clip || low !== 0 || high === undefined) return false;
  return near(constant * high, 1) && isPolynomial(clip.inputs[0]!, x, [high / 2, high / 6, 0, 0], s);
}

/** Coefficients of 1, x, x², x³. */
type Polynomial = readonly [number, number, number, number];

function isPolynomial(v: Value, x: Value, wanted: Polynomial, s: Surroundings): boolean {
  const p = polynomial(v, x, s, 8);
  return p?.every((c, i) => (wanted[i] === 0 ? c === 0 : near(c, wanted[i]!))) ?? false;
}

/** Returns a value as a polynomial in x, if it consists of sums, products and powers. */
function polynomial(v: Value, x: Value, s: Surroundings, depth: number): Polynomial | undefined {
  if (v === x) return [0, 1, 0, 0];
  const rank = s.rank(x)!;
  const number = s.scalar(v, rank);
  if (number !== undefined) return [number, 0, 0, 0];
  const node = depth === 0 ? undefined : s.producer(v);
  if (!node) return undefined;
  const of = (i: number): Polynomial | undefined => polynomial(node.inputs[i]!, x, s, depth - 1);
  switch (node.op) {
    case "Add":
      return sum(of(0), of(1), 1);
    case "Sub":
      return sum(of(0), of(1), -1);
    case "Mul":
      return times(of(0), of(1));
    case "Div": {
      const by = s.scalar(node.inputs[1]!, rank);
      return by === undefined ? undefined : times(of(0), [1 / by, 0, 0, 0]);
    }
    case "Pow": {
      const [n, base] = [s.scalar(node.inputs[1]!, rank), of(0)];
      if (n === 2) return times(base, base);
      return n === 3 ? times(base, times(base, base)) : undefined;
    }
    default:
      return undefined;
  }
}

function sum(a: Polynomial | undefined, b: Polynomial | undefined, sign: 1 | -1): Polynomial | undefined {
  if (!a || !b) return undefined;
  return [a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2], a[3] + sign * b[3]];
}
/** Returns undefined if a power above the third arises. */
function times(a: Polynomial | undefined, b: Polynomial | undefined): Polynomial | undefined {
  if (!a || !b) return undefined;
  const out = [0, 0, 0, 0, 0, 0, 0];
  for (const [i, p] of a.entries()) for (const [j, q] of b.entries()) out[i + j]! += p * q;
  return out.slice(4).some((c) => c !== 0) ? undefined : [out[0]!, out[1]!, out[2]!, out[3]!];
}

import { sizeOf } from "../../core/shape.js";
import type { Builder } from "../../graph/builder.js";
import type { AnyOpNode, Node, Value } from "../../graph/node.js";
import { dropped } from "./dropout.js";
import type { Rewrite } from "./rewrite.js";
import type { Site } from "./sites.js";

/** A · Bᵀ for a row or rows of any rank. */
function rowsBy(g: Builder, x: Value, w: Value): Value {
  return g.rank(x) === 2 ? g.gemm(x, w, "", { transB: true }) : g.matmul(x, g.transpose(w, [1, 0]));
}

/** True for a value [rows, …sizes] with only the first size open: it can be reshaped to a matrix and back. */
function foldable(g: Builder, v: Value): boolean {
  const { shape } = g.typeOf(v);
  return shape !== undefined && shape.length > 2 && shape.slice(1).every((d) => typeof d === "number");
}

/**
 * y + s · (x Aᵀ) Bᵀ, with the sum inside the second product. Nothing here depends on the rank of A, so A may be an
 * input.
 */
function plusLowRank(g: Builder, x: Value, y: Value, a: Value, b: Value, scale: number): Value {
  if (g.rank(y) === 2) return g.gemm(rowsBy(g, x, a), b, y, { transB: true, alpha: scale });
  if (!foldable(g, x) || !foldable(g, y)) {
    const change = rowsBy(g, rowsBy(g, x, a), b);
    return g.add(y, scale === 1 ? change : g.mul(change, g.number(scale)));
  }
  const flat = (v: Value): Value => g.reshape(v, [-1, g.typeOf(v).shape!.at(-1) as number]);
  const sum = g.gemm(rowsBy(g, flat(x), a), b, flat(y), { transB: true, alpha: scale });
  return g.reshape(sum, [-1, ...(g.typeOf(y).shape!.slice(1) as number[])]);
}

/** conv(x, A) with the strides, pads and dilations of the frozen convolution, then a 1 × 1 convolution with B. */
function convLowRank(g: Builder, node: AnyOpNode, x: Value, a: Value, b: Value): Value {
  const { attributes } = node as Extract<AnyOpNode, { op: "Conv" }>;
  return g.conv(g.node("Conv", [x, a, ""], { ...attributes, group: 1 }), b);
}

/** Reshapes [out] to a factor or summand of a value [batch, out, …]. */
function perChannel(g: Builder, v: Value, spatial: number): Value {
  return spatial === 0 ? v : g.reshape(v, [1, -1, ...new Array<number>(spatial).fill(1)]);
}

export interface LowRank {
  readonly site: Site;
  readonly scale: number;
  /** Share of dropped inputs, and the seed of this place's random numbers. */
  readonly dropout: number;
  readonly salt: number;
  readonly a: Value;
  readonly b: Value;
  /** DoRA's magnitudes. */
  readonly m?: Value;
  /** Receives the values that no gradient passes. */
  readonly constant: (value: Value) => void;
}

/** LoRA: y = W x (+ b) becomes (W + s B A) x + b, added to the frozen product after its bias. */
export function lora({ site, scale, dropout, salt, a, b }: LowRank, product: AnyOpNode): Rewrite {
  return (g, node, push) => {
    const y = push(node);
    const x = dropped(g, product.inputs[0]!, dropout, salt);
    if (site.kind === "linear") return plusLowRank(g, x, y, a, b, scale);
    const change = convLowRank(g, product, x, a, b);
    return g.add(y, scale === 1 ? change : g.mul(change, g.number(scale)));
  };
}

/**
 * DoRA: y = W x + b becomes m ⊙ (W + s B A) x / ‖W + s B A‖ + b, the norm over each output's weights. The norm is a
 * constant in the backward pass (section 4.3 of the paper).
 */
export function dora({ site, scale, dropout, salt, a, b, m, constant }: LowRank): Rewrite {
  return (g, node, push) => {
    const spatial = site.kind === "conv" ? site.dims.length - 2 : 0;
    const [x, weight, bias = ""] = node.inputs as [Value, Value, Value?];
    const y = push({ ...node, inputs: [x, weight] } as Node);
    const input = dropped(g, x, dropout, salt);
    const change =
      site.kind === "conv"
        ? g.add(y, g.mul(convLowRank(g, node, input, a, b), g.number(scale)))
        : plusLowRank(g, input, y, a, b, scale);
    const norm = normOf(g, site, scale, site.weight, a, b);
    constant(norm);
    const factor = perChannel(g, g.div(spatial === 0 ? m! : g.reshape(m!, [site.outputs]), norm), spatial);
    const scaled = g.mul(change, factor);
    return bias === "" ? scaled : g.add(scaled, perChannel(g, bias, spatial));
  };
}

/** ‖W + s B A‖ over the weights of each output: float32[out]. */
function normOf(g: Builder, site: Site, scale: number, weight: Value, a: Value, b: Value): Value {
  const rows = site.outputs;
  // Conv: A[r, in·k·k], B[out, r].
  const flatA = site.kind === "conv" ? g.reshape(a, [-1, sizeOf(site.dims.slice(1))]) : a;
  const flatB = site.kind === "conv" ? g.reshape(b, [rows, -1]) : b;
  const change = g.gemm(flatB, flatA, "", { alpha: scale });
  const flat = site.kind === "conv" ? g.reshape(weight, [rows, -1]) : weight;
  const turned = site.turned ? change : g.transpose(change, [1, 0]);
  return g.sqrt(g.reduceSumSquare(g.add(flat, turned), { axes: [site.turned ? 1 : 0] }));
}

/** IA3: input ⊙ l, output ⊙ l, or both. */
export function ia3(conv: boolean, l: { readonly input?: Value; readonly output?: Value }): Rewrite {
  const factor = (g: Builder, v: Value): Value => (conv ? v : g.reshape(v, [-1]));
  return (g, node, push) => {
    const [x, ...rest] = node.inputs as [Value, ...Value[]];
    const inputs = l.input === undefined ? node.inputs : [g.mul(x, factor(g, l.input)), ...rest];
    const scale = l.output === undefined ? undefined : factor(g, l.output);
    const y = push({ ...node, inputs } as Node);
    return scale === undefined ? y : g.mul(y, scale);
  };
}

/**
 * A bottleneck after a value: h ← h + U gelu(D h + d) + u, over the channels.
 * @param channels 1 for maps [batch, channels, …], else the last axis
 */
export function bottleneck(
  t: { readonly down: Value; readonly downBias: Value; readonly up: Value; readonly upBias: Value },
  conv: boolean,
): Rewrite {
  return (g, node, push) => {
    const h = push(node);
    if (conv) {
      const inner = gelu(g, g.conv(h, t.down, t.downBias));
      return g.add(h, g.conv(inner, t.up, t.upBias));
    }
    const inner = gelu(g, g.add(rowsBy(g, h, t.down), t.downBias));
    return g.add(h, g.add(rowsBy(g, inner, t.up), t.upBias));
  };
}

const gelu = (g: Builder, x: Value): Value => g.node("Gelu", [x], { approximate: "none" });

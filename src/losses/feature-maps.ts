import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** Height and width of a map. */
export type MapSize = readonly [height: number, width: number];

/**
 * Averages feature maps to a smaller grid. Window i of h goes from ⌊i H / h⌋ to ⌈(i + 1) H / h⌉, likewise for the
 * width, as in PyTorch's `adaptive_avg_pool2d`.
 *
 * y = P x Qᵀ,   P_ij = [j in window i] / |window i|
 * @param maps float32[N, C, H, W].
 * @param size h ≤ H, w ≤ W.
 * @returns float32[N, C, h, w]
 * @throws ShapeError for a larger size
 */
export function pooledTo(g: Builder, maps: Value, [h, w]: MapSize): Value {
  const [, , H, W] = g.typeOf(maps).shape as readonly number[];
  if (!(h >= 1 && w >= 1 && h <= H! && w <= W!))
    throw new EngraftError("ShapeError", `maps of ${H} × ${W} cannot be averaged down to ${h} × ${w}`, {
      details: { from: [H, W], to: [h, w] },
    });
  let pooled = maps;
  if (h < H!) pooled = g.matmul(g.constant(windows(h, H!, false)), pooled);
  if (w < W!) pooled = g.matmul(pooled, g.constant(windows(w, W!, true)));
  return pooled;
}

function windows(to: number, from: number, transposed: boolean) {
  const data = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const begin = Math.floor((i * from) / to);
    const end = Math.ceil(((i + 1) * from) / to);
    for (let j = begin; j < end; j++) data[transposed ? j * to + i : i * from + j] = 1 / (end - begin);
  }
  return float32(transposed ? [from, to] : [to, from], data);
}

/**
 * Attention map of a network: the mean over the channels of |F|^p, as one vector of length 1.
 *
 * A(F) = vec(mean_c |F_c|^p) / ‖vec(mean_c |F_c|^p)‖
 * @param maps float32[N, C, H, W].
 * @param options.power p, at least 1. Default 2.
 * @returns float32[N, H · W]
 * @see Zagoruyko & Komodakis, "Paying More Attention to Attention", 2017, section 3.1
 */
export function attentionMap(
  g: Builder,
  maps: Value,
  { power = 2 }: { readonly power?: number } = {},
): Value {
  if (!(power >= 1 && Number.isFinite(power)))
    throw new EngraftError("OptionError", `the power of an attention map is ${power}`, {
      help: "use a number from 1 on; 2 is usual",
    });
  const raised = power === 2 ? g.mul(maps, maps) : g.pow(g.abs(maps), g.number(power));
  const flat = g.flatten(g.reduceMean(raised, { axes: [1] }));
  // Maps of zeros stay zeros, as with PyTorch's `normalize`.
  const squares = g.reduceSumSquare(flat, { axes: [1], keepdims: true });
  return g.div(flat, g.sqrt(g.max(squares, g.number(1e-24))));
}

/**
 * Attention transfer: squared difference between the attention maps of student and teacher, one value per item.
 *
 * loss_i = mean_j (A_s - A_t)²_ij
 * @param student,teacher float32[N, M], of {@link attentionMap} at one size.
 * @returns float32[N], ≥ 0
 * @see Zagoruyko & Komodakis, 2017, equation 2; the mean is HobbitLong/RepDistiller's, whose weight is 1000
 */
export function attentionTransfer(g: Builder, student: Value, teacher: Value): Value {
  return meanSquare(g, student, teacher);
}

/**
 * FitNet's hint loss: mean squared difference between the student's features after a regressor and the teacher's
 * features, one value per item.
 *
 * loss_i = mean_j (r(h_s) - h_t)²_ij
 * @param student r(h_s), float32[N, …].
 * @param teacher the same shape.
 * @returns float32[N], ≥ 0
 * @see Romero et al., "FitNets: Hints for Thin Deep Nets", 2015, equation 3; the mean is RepDistiller's, whose weight
 * is 100
 */
export function hintLoss(g: Builder, student: Value, teacher: Value): Value {
  return meanSquare(g, student, teacher);
}

function meanSquare(g: Builder, a: Value, b: Value): Value {
  const d = g.sub(a, b);
  const axes = g
    .dims(a)
    .slice(1)
    .map((_, i) => i + 1);
  return g.reduceMean(g.mul(d, d), { axes });
}

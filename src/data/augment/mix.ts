import type { Draws } from "../../core/random.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Pairs } from "../item-inputs.js";

/** Strengths of mixup and cutmix; 0 turns one off. */
export interface Mix {
  /** α of mixup; 0.1 … 1 is usual. */
  readonly mixup: number;
  /** α of cutmix; 1 in the paper. */
  readonly cutmix: number;
}

/** A mixed batch. */
export interface MixedBatch {
  /** uint8[B, H, W, 3] */
  readonly pixels: Uint8Array;
  /** Share of each class, float32[B, C]. */
  readonly targets: Float32Array;
}

/**
 * Mixes each picture of a batch with another one, and the labels in the same shares.
 *
 * λ ~ Beta(α, α), one for the batch; π a random order of it; with q the labels one-hot:
 * mixup    x'_i = λ x_i + (1 - λ) x_π(i),   q'_i = λ q_i + (1 - λ) q_π(i)
 * cutmix   x'_i = x_i with a rectangle of x_π(i), whose sides are √(1 - λ) of the picture's, clipped at the border;
 *          λ is then one minus the share of the rectangle's area.
 * If both are on, each batch draws one of them. Pixels are rounded to integers.
 *
 * @param pixels uint8[n, H, W, 3], not changed
 * @param labels classes of the n pictures
 * @returns the mixed pictures, and float32[n, C]
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018; Yun et al., "CutMix", 2019, equations 1 and 2
 */
export function mixBatch(
  pixels: Uint8Array,
  labels: ArrayLike<number>,
  size: { readonly height: number; readonly width: number; readonly classes: number },
  mix: Mix,
  draw: Draws,
): MixedBatch {
  const n = labels.length;
  const both = mix.mixup > 0 && mix.cutmix > 0;
  const cutting = both ? draw.chance(0.5) : mix.cutmix > 0;
  const order = orderOf(n, draw);
  const drawn = betaOf(cutting ? mix.cutmix : mix.mixup, draw);
  const { mixed, share } = cutting
    ? cutInto(pixels, order, size, drawn, draw)
    : { mixed: blend(pixels, order, drawn), share: drawn };
  const targets = new Float32Array(n * size.classes);
  for (let i = 0; i < n; i++) {
    targets[i * size.classes + labels[i]!]! += share;
    targets[i * size.classes + labels[order[i]!]!]! += 1 - share;
  }
  return { pixels: mixed, targets };
}

/**
 * Returns the matrix of mixup for the features of a batch: h'_i = λ h_i + (1 - λ) h_π(i), or h' = M h.
 * @returns M: float32[B, B] with rows of sum 1
 * @see Guo, Mao & Zhang, "Augmenting Data with Mixup for Sentence Classification", 2019: senMixup
 */
export function mixingMatrix({ order, share }: Pairs): Tensor {
  const size = order.length;
  const mixing = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    mixing[i * size + i]! += share;
    mixing[i * size + order[i]!]! += 1 - share;
  }
  return float32([size, size], mixing);
}

/**
 * Draws the pairs of mixup for a batch, and mixes its labels.
 *
 * λ ~ Beta(α, α), one for the batch; π a random order of it; with q the labels one-hot: q'_i = λ q_i + (1 - λ) q_π(i)
 *
 * @param labels classes of the n items; further rows of the batch are padding, and each is paired with itself
 * @returns π, λ and the shares of classes as float32[size, C]
 */
export function pairsOf(
  labels: ArrayLike<number>,
  { size, classes, alpha }: { readonly size: number; readonly classes: number; readonly alpha: number },
  draw: Draws,
): Pairs & { readonly targets: Float32Array } {
  const n = labels.length;
  const drawn = orderOf(n, draw);
  const share = betaOf(alpha, draw);
  const targets = new Float32Array(size * classes);
  drawn.forEach((other, i) => {
    targets[i * classes + labels[i]!]! += share;
    targets[i * classes + labels[other]!]! += 1 - share;
  });
  return { order: Array.from({ length: size }, (_, i) => drawn[i] ?? i), share, targets };
}

function orderOf(n: number, draw: Draws): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = draw.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function blend(pixels: Uint8Array, order: readonly number[], share: number): Uint8Array {
  const each = pixels.length / order.length;
  const mixed = new Uint8Array(pixels.length);
  // Integer arithmetic with shares in 1/65536 is fast, and its error far below the rounding of pixels.
  const a = Math.round(share * 65536);
  const b = 65536 - a;
  order.forEach((other, i) => {
    const [from, with_] = [i * each, other * each];
    for (let o = 0; o < each; o++)
      mixed[from + o] = (a * pixels[from + o]! + b * pixels[with_ + o]! + 32768) >>> 16;
  });
  return mixed;
}

function cutInto(
  pixels: Uint8Array,
  order: readonly number[],
  { height: h, width: w }: { readonly height: number; readonly width: number },
  share: number,
  draw: Draws,
): { mixed: Uint8Array; share: number } {
  const side = Math.sqrt(1 - share);
  const [dy, dx] = [Math.trunc(h * side), Math.trunc(w * side)];
  const [y, x] = [draw.integer(h), draw.integer(w)];
  const within = (v: number, most: number): number => Math.min(most, Math.max(0, v));
  const [top, bottom] = [within(y - (dy >> 1), h), within(y + (dy >> 1), h)];
  const [left, right] = [within(x - (dx >> 1), w), within(x + (dx >> 1), w)];
  const mixed = Uint8Array.from(pixels);
  order.forEach((other, i) => {
    for (let r = top; r < bottom; r++) {
      const begin = 3 * ((other * h + r) * w + left);
      mixed.set(pixels.subarray(begin, begin + 3 * (right - left)), 3 * ((i * h + r) * w + left));
    }
  });
  return { mixed, share: 1 - ((bottom - top) * (right - left)) / (h * w) };
}

/** Draws from Beta(α, α) = x / (x + y) with x, y ~ Gamma(α). */
export function betaOf(alpha: number, draw: Draws): number {
  const [x, y] = [gammaOf(alpha, draw), gammaOf(alpha, draw)];
  // With a very small α, both may underflow to 0. The limit of Beta(α, α) is then 0 or 1.
  return x + y > 0 ? x / (x + y) : draw.integer(2);
}

/**
 * Draws from Gamma(α, 1): d v with d = α - ⅓, v = (1 + z / √(9 d))³, accepted if log u < z²/2 + d - d v + d log v; for α < 1
 * Gamma(α + 1) · u^(1/α).
 * @see Marsaglia & Tsang, "A simple method for generating gamma variables", 2000
 */
export function gammaOf(alpha: number, draw: Draws): number {
  if (alpha < 1) return gammaOf(alpha + 1, draw) * (1 - draw.uniform()) ** (1 / alpha);
  const d = alpha - 1 / 3;
  for (;;) {
    const z = draw.normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - draw.uniform()) < (z * z) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

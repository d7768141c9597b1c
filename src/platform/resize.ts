import type { PictureData } from "./platform.js";

/**
 * Resizes a whole image like libvips with its Lanczos kernel. So another decoder gives the same pixels as Node, except for
 * one or two levels in a few pixels. To shrink, each axis separately, rows first:
 *
 * 1. by a whole factor k = ⌊s / 2⌋, s = old / new, as the mean of k pixels;
 * 2. the rest r = s / k by Lanczos: y_i = Σ_j L((j - c_i) / r) x_j,  c_i = (i + ½) r - ½,
 *    L(t) = sinc(t) sinc(t / 3), |t| < 3, with the weights of a pixel normalised to sum 1.
 *
 * To enlarge: y_i = Σ_j B(j - c_i) x_j with the cubic B of Catmull and Rom and c_i = i s - ½. As in libvips, this is
 * half a new pixel to the left of the correct place. If only one axis grows, the other one is shrunk first, and then gets
 * the same formula with s = 1. Border pixels are repeated.
 * @see vips_reducev, vips_reduceh and vips_resize of libvips 8.17
 */
export function resizeLikeVips(
  picture: PictureData,
  { height, width }: { readonly height: number; readonly width: number },
): PictureData {
  const enlarges = height > picture.height || width > picture.width;
  const axis = (rows: Rows, wanted: number): Rows => {
    const small = wanted < rows.n ? smaller(rows, wanted) : rows;
    return enlarges ? larger(small, wanted) : small;
  };
  const rows = axis({ n: picture.height, each: 3 * picture.width, data: picture.data }, height);
  // A column is a row of the transposed image.
  const columns = axis(turned(rows, picture.width), width);
  return { height, width, data: turned(columns, height).data };
}

/** n rows of `each` values. */
interface Rows {
  readonly n: number;
  readonly each: number;
  readonly data: Uint8Array;
}

/** Transposes [n, m, 3] to [m, n, 3]. */
function turned({ n, data }: Rows, m: number): Rows {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const [from, to] = [3 * (i * m + j), 3 * (j * n + i)];
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  return { n: m, each: 3 * n, data: out };
}

/** libvips' gap: the part of the shrinking left to Lanczos. */
const gap = 2;
/** a, half the width of the kernel. */
export const lobes = 3;

function smaller(rows: Rows, wanted: number): Rows {
  const k = Math.max(1, Math.floor(rows.n / wanted / gap));
  const r = rows.n / wanted / k;
  const boxed = k === 1 ? rows : means(rows, k);
  if (r === 1) return boxed;
  return weighted(
    boxed,
    wanted,
    (i) => (i + 0.5) * r - 0.5,
    lobes * r,
    (t) => lanczos(t / r),
  );
}

function larger(rows: Rows, wanted: number): Rows {
  const s = rows.n / wanted;
  return weighted(rows, wanted, (i) => i * s - 0.5, 2, catmullRom);
}

/** Each row is the mean of k rows; missing rows repeat the last one. */
function means({ n, each, data }: Rows, k: number): Rows {
  const out = new Uint8Array(Math.ceil(n / k) * each);
  const sum = new Uint32Array(each);
  for (let i = 0; i * k < n; i++) {
    sum.fill(k >> 1);
    for (let j = i * k; j < (i + 1) * k; j++) {
      const row = Math.min(j, n - 1) * each;
      for (let c = 0; c < each; c++) sum[c]! += data[row + c]!;
    }
    for (let c = 0; c < each; c++) out[i * each + c] = sum[c]! / k;
  }
  return { n: out.length / each, each, data: out };
}

/** y_i = Σ_j w_ij x_j / Σ_j w_ij,  w_ij = kernel(j - c_i). */
function weighted(
  { n, each, data }: Rows,
  wanted: number,
  centerOf: (i: number) => number,
  reach: number,
  kernel: (t: number) => number,
): Rows {
  const out = new Uint8Array(wanted * each);
  const sum = new Float32Array(each);
  for (let i = 0; i < wanted; i++) {
    const center = centerOf(i);
    const first = Math.ceil(center - reach);
    const last = Math.floor(center + reach);
    let total = 0;
    for (let j = first; j <= last; j++) total += kernel(j - center);
    sum.fill(0);
    for (let j = first; j <= last; j++) {
      const weight = kernel(j - center) / total;
      const row = Math.min(n - 1, Math.max(0, j)) * each;
      for (let c = 0; c < each; c++) sum[c]! += weight * data[row + c]!;
    }
    for (let c = 0; c < each; c++) out[i * each + c] = Math.max(0, Math.min(255, Math.round(sum[c]!)));
  }
  return { n: wanted, each, data: out };
}

export function lanczos(t: number): number {
  const x = Math.abs(t);
  if (x < 1e-9) return 1;
  if (x >= lobes) return 0;
  const px = Math.PI * x;
  return (lobes * Math.sin(px) * Math.sin(px / lobes)) / (px * px);
}

/** 1 - 5/2 x² + 3/2 x³ for x < 1,  2 - 4 x + 5/2 x² - x³ / 2 for x < 2 */
export function catmullRom(t: number): number {
  const x = Math.abs(t);
  if (x < 1) return 1 - 2.5 * x * x + 1.5 * x * x * x;
  return x < 2 ? 2 - 4 * x + 2.5 * x * x - 0.5 * x * x * x : 0;
}

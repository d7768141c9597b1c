import { draws } from "../core/random.js";
import { eigenvalues, type Tridiagonal, tridiagonal } from "./eigenvalues.js";

/** Steps of inverse iteration: the first starts from a random vector, and each reduces an error of 1e-8 to rounding. */
const steps = 3;

/**
 * The k largest eigenvalues of a symmetric matrix, with their eigenvectors. Householder reflections make the matrix
 * tridiagonal. Inverse iteration finds k vectors of that one, each orthogonal to the ones before. The reflections bring them back.
 * Costs n³ · 2/3 for the reflections and n² k for the vectors; all vectors by QL would cost 3 n³.
 * @param a float64[n, n], not changed; only the lower triangle is read @param k at most n
 * @returns values in falling order; vectors float64[k, n], a row a vector of length 1
 * @see Golub and Van Loan, Matrix Computations, 8.4.2; Parlett, The symmetric eigenvalue problem, chapter 4
 */
export function largestEigenvectors(
  a: Float64Array,
  n: number,
  k: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const t = tridiagonal(a, n, new Float64Array(0), 0);
  const all = eigenvalues(t, n).sort();
  const values = Float64Array.from({ length: k }, (_, i) => all[n - 1 - i]!);
  const largest = Math.max(Math.abs(all[0]!), Math.abs(all[n - 1]!), Number.MIN_VALUE);
  const vectors = new Float64Array(k * n);
  const draw = draws(0, "inverse-iteration");
  for (let i = 0; i < k; i++) {
    const x = vectors.subarray(i * n, (i + 1) * n);
    for (let j = 0; j < n; j++) x[j] = draw.uniform() - 0.5;
    // Equal eigenvalues would give the same vector again, so each shift differs a little from the one before.
    const shift = values[i]! - i * 4 * Number.EPSILON * largest;
    for (let step = 0; step < steps; step++) {
      solveShifted(t, n, shift, 16 * Number.EPSILON * largest, x);
      orthogonal(vectors, n, i, x);
    }
  }
  for (let i = 0; i < k; i += 4) {
    const row = (r: number): Float64Array => vectors.subarray((i + r) * n, (i + r + 1) * n);
    if (i + 4 <= k) reflected(t.reflections, n, row(0), row(1), row(2), row(3));
    // Fewer than four are left: zero vectors take the other places.
    else
      for (let r = 0; i + r < k; r++) {
        const none = new Float64Array(n);
        reflected(t.reflections, n, row(r), none, none, none);
      }
  }
  return { values, vectors };
}

/** Makes x orthogonal to the first `count` rows of `vectors`, and of length 1. Two rounds, because the first one leaves rounding errors. */
function orthogonal(vectors: Float64Array, n: number, count: number, x: Float64Array): void {
  for (let round = 0; round < 2; round++) {
    for (let i = 0, p = 0; i < count; i++, p += n) {
      let inner = 0;
      for (let j = 0; j < n; j++) inner += x[j]! * vectors[p + j]!;
      for (let j = 0; j < n; j++) x[j]! -= inner * vectors[p + j]!;
    }
    const norm = Math.sqrt(x.reduce((s, v) => s + v * v, 0));
    for (let j = 0; j < n; j++) x[j]! /= norm || 1;
  }
}

/** x := (T − λI)⁻¹ x by Gaussian elimination with row exchanges. A pivot below `least` becomes `least`. */
function solveShifted(
  { diagonal, offDiagonal }: Tridiagonal,
  n: number,
  shift: number,
  least: number,
  x: Float64Array,
) {
  // A row has at most three numbers: u on the diagonal, v and w right of it.
  const [u, v, w] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let [p, q] = [diagonal[0]! - shift, n > 1 ? offDiagonal[0]! : 0];
  for (let i = 0; i + 1 < n; i++) {
    const [below, next, after] = [
      offDiagonal[i]!,
      diagonal[i + 1]! - shift,
      i + 2 < n ? offDiagonal[i + 1]! : 0,
    ];
    if (Math.abs(below) > Math.abs(p)) {
      const m = p / below;
      [u[i], v[i], w[i]] = [below, next, after];
      [p, q] = [q - m * next, -m * after];
      const held = x[i]!;
      x[i] = x[i + 1]!;
      x[i + 1] = held - m * x[i]!;
    } else {
      if (Math.abs(p) < least) p = least;
      const m = below / p;
      [u[i], v[i], w[i]] = [p, q, 0];
      [p, q] = [next - m * q, after];
      x[i + 1]! -= m * x[i]!;
    }
  }
  u[n - 1] = Math.abs(p) < least ? least : p;
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i]!;
    if (i + 1 < n) s -= v[i]! * x[i + 1]!;
    if (i + 2 < n) s -= w[i]! * x[i + 2]!;
    x[i] = s / u[i]!;
  }
}

/** x := H₀ H₁ … x of four vectors at once, so that each reflection is read once and the four sums run in parallel. */
function reflected(
  reflections: Float64Array,
  n: number,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  w: Float64Array,
): void {
  for (let h = n - 2; h >= 0; h--) {
    const row = h * n;
    const beta = reflections[row + h]!;
    if (beta === 0) continue;
    let [sx, sy, sz, sw] = [0, 0, 0, 0];
    for (let i = h + 1; i < n; i++) {
      const v = reflections[row + i]!;
      sx += v * x[i]!;
      sy += v * y[i]!;
      sz += v * z[i]!;
      sw += v * w[i]!;
    }
    sx *= beta;
    sy *= beta;
    sz *= beta;
    sw *= beta;
    for (let i = h + 1; i < n; i++) {
      const v = reflections[row + i]!;
      x[i]! -= sx * v;
      y[i]! -= sy * v;
      z[i]! -= sz * v;
      w[i]! -= sw * v;
    }
  }
}

/** A Aᵀ, float64[n, n], of the rows of A: float64[n, d]. */
export function rowProducts(a: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    let j = 0;
    // Two rows at once: each value of row i is read half as often.
    for (; j + 1 <= i; j += 2) {
      let s = 0;
      let u = 0;
      for (let t = 0, p = i * d, q = j * d, r = q + d; t < d; t++, p++, q++, r++) {
        s += a[p]! * a[q]!;
        u += a[p]! * a[r]!;
      }
      out[i * n + j] = out[j * n + i] = s;
      out[i * n + j + 1] = out[(j + 1) * n + i] = u;
    }
    if (j === i) {
      let s = 0;
      for (let t = 0, p = i * d; t < d; t++, p++) s += a[p]! ** 2;
      out[i * n + i] = s;
    }
  }
  return out;
}

/** Aᵀ of float64[n, d]. */
export function transposed(a: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let t = 0; t < d; t++) out[t * n + i] = a[i * d + t]!;
  return out;
}

/**
 * The Cholesky factor L of A = L Lᵀ, lower triangle of float64[n, n]; undefined where A is not positive definite.
 * @param a left as it is
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = l[i * n + j]!;
      for (let k = 0, p = i * n, q = j * n; k < j; k++, p++, q++) s -= l[p]! * l[q]!;
      if (i === j) {
        if (!(s > 0)) return undefined;
        l[i * n + i] = Math.sqrt(s);
      } else l[i * n + j] = s / l[j * n + j]!;
    }
  }
  return l;
}

/** ‖L⁻¹ b‖² = bᵀ (L Lᵀ)⁻¹ b */
export function inverseNorm(l: Float64Array, n: number, b: Float64Array): number {
  const y = Float64Array.from(b);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let s = y[i]!;
    for (let k = 0; k < i; k++) s -= l[i * n + k]! * y[k]!;
    y[i] = s / l[i * n + i]!;
    sum += y[i]! ** 2;
  }
  return sum;
}

export interface Decomposed {
  /** float64[n], in no order. */
  readonly values: Float64Array;
  /** Qᵀ B, float64[n, c], a row an eigenvalue; B the identity gives the eigenvectors as rows. */
  readonly rotated: Float64Array;
}

/** More sweeps for one eigenvalue mean that a value is not a number. */
const mostSweeps = 60;

/**
 * A = Q Λ Qᵀ of a symmetric matrix: Householder's reflections to three diagonals, then implicit QL. Only Λ and Qᵀ B are
 * formed: with c columns the second half costs n² c, not n³, which is most of what an eigenvector costs.
 * @param a float64[n, n], spoiled. @param b float64[n, c], spoiled
 * @see Golub and Van Loan, Matrix Computations, 8.3
 */
export function decompose(a: Float64Array, n: number, b: Float64Array, c: number): Decomposed {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  const along = new Float64Array(c);
  for (let k = 0; k + 1 < n; k++) {
    const first = k + 1;
    let norm = 0;
    for (let i = first; i < n; i++) {
      v[i] = a[i * n + k]!;
      norm += v[i]! ** 2;
    }
    const rest = norm - v[first]! ** 2;
    if (rest === 0) {
      beside[k] = v[first]!;
      continue;
    }
    // H = I − 2 v vᵀ / vᵀv takes the column to (α, 0, …)
    const alpha = v[first]! > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    beside[k] = alpha;
    v[first]! -= alpha;
    const beta = 2 / (rest + v[first]! ** 2);
    // w = β A v − (β/2)(β vᵀ A v) v,   H A H = A − v wᵀ − w vᵀ
    let inner = 0;
    for (let i = first; i < n; i++) {
      let s = 0;
      for (let j = first, p = i * n + first; j < n; j++, p++) s += a[p]! * v[j]!;
      w[i] = beta * s;
      inner += w[i]! * v[i]!;
    }
    for (let i = first; i < n; i++) w[i]! -= 0.5 * beta * inner * v[i]!;
    for (let i = first; i < n; i++) {
      const vi = v[i]!;
      const wi = w[i]!;
      for (let j = first, p = i * n + first; j < n; j++, p++) a[p]! -= vi * w[j]! + wi * v[j]!;
    }
    // B − β v (vᵀ B), row by row
    along.fill(0);
    for (let i = first; i < n; i++) for (let t = 0, p = i * c; t < c; t++, p++) along[t]! += v[i]! * b[p]!;
    for (let i = first; i < n; i++)
      for (let t = 0, p = i * c; t < c; t++, p++) b[p]! -= beta * v[i]! * along[t]!;
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i]!;
  implicitQl(diagonal, beside, n, b, c);
  return { values: diagonal, rotated: b };
}

function implicitQl(d: Float64Array, e: Float64Array, n: number, b: Float64Array, c: number): void {
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; sweep < mostSweeps; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let co = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        let f = s * e[i]!;
        const h = co * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        co = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * co * h;
        p = s * r;
        d[i + 1] = g + p;
        g = co * r - h;
        for (let t = 0, x = i * c, y = x + c; t < c; t++, x++, y++) {
          f = b[y]!;
          b[y] = s * b[x]! + co * f;
          b[x] = co * b[x]! - s * f;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

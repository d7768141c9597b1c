import { EngraftError } from "../../core/errors.js";

/**
 * A = L Lᵀ with L lower triangular, in place of A.
 * L_ij = (A_ij − Σ_k<j L_ik L_jk) / L_jj,   L_ii = √(A_ii − Σ_k<i L_ik²)
 *
 * @param a float64[n, n], symmetric and positive definite; its lower half becomes L
 * @throws NumericError when it is not positive definite
 */
export function cholesky(a: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i !== j) a[i * n + j] = sum / a[j * n + j]!;
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else
        throw new EngraftError(
          "NumericError",
          `the matrix is not positive definite (row ${i} of ${n}: ${sum})`,
          {
            help: "features that depend on each other need a stronger penalty",
          },
        );
    }
  }
  return a;
}

/** X with L Lᵀ X = B. @param b float64[n, t] @returns float64[n, t] */
export function solveWith(l: Float64Array, b: Float64Array, n: number, t: number): Float64Array {
  const x = Float64Array.from(b);
  for (let k = 0; k < t; k++) {
    for (let i = 0; i < n; i++) {
      let sum = x[i * t + k]!;
      for (let j = 0; j < i; j++) sum -= l[i * n + j]! * x[j * t + k]!;
      x[i * t + k] = sum / l[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = x[i * t + k]!;
      for (let j = i + 1; j < n; j++) sum -= l[j * n + i]! * x[j * t + k]!;
      x[i * t + k] = sum / l[i * n + i]!;
    }
  }
  return x;
}

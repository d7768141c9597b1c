import { EngraftError } from "../core/errors.js";
import { dot, type SmoothFunction, searchAlongLine } from "./line-search.js";

export interface MinimiseOptions {
  /** Converged if max |∇f| is at most this; default 1e-6. */
  readonly tolerance?: number;
  /** Default 300. */
  readonly maxIterations?: number;
  /** Number of stored pairs (s, y), default 10. */
  readonly memory?: number;
  /** Relative error of the values of f: smaller differences are ignored. Default 1e-13, for float64 sums. */
  readonly noise?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly maxGradient: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** "precision": no lower value is found along the line although the gradient is above the tolerance. */
  readonly stopped: "converged" | "iterations" | "precision";
}

/**
 * Finds the minimum of a smooth function by limited-memory BFGS with a strong Wolfe line search.
 *
 * x ← x + α p,  p = −H ∇f  with H from the last m pairs s = xₙ₊₁ − xₙ, y = ∇fₙ₊₁ − ∇fₙ (two-loop recursion). Pairs
 * without curvature (sᵀy ≈ 0) are left out. Ends after `maxIterations` in any case.
 *
 * @throws NumericError if f or its gradient is not finite at the start
 * @see Nocedal & Wright, Numerical Optimization, algorithms 7.4 and 7.5
 */
export function minimise(
  objective: SmoothFunction,
  start: Float64Array,
  { tolerance = 1e-6, maxIterations = 300, memory = 10, noise = 1e-13 }: MinimiseOptions = {},
): Minimum {
  const n = start.length;
  let x: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(n);
  let value = objective(x, gradient);
  let evaluations = 1;
  if (!Number.isFinite(value) || !Number.isFinite(maxAbs(gradient))) {
    throw new EngraftError("NumericError", `the function to minimise is ${value} at the start`, {
      help: "look for infinite or extremely large values in the features",
      details: { value },
    });
  }
  const pairs: Pair[] = [];
  const direction = new Float64Array(n);
  for (let iteration = 0; ; iteration++) {
    const maxGradient = maxAbs(gradient);
    const done = (stopped: Minimum["stopped"]): Minimum => {
      return { x, value, maxGradient, iterations: iteration, evaluations, stopped };
    };
    if (maxGradient <= tolerance) return done("converged");
    if (iteration >= maxIterations) return done("iterations");

    descend(gradient, pairs, direction);
    if (dot(direction, gradient) >= 0) {
      pairs.length = 0;
      descend(gradient, pairs, direction);
    }
    // The first step has no curvature information: its length is at most 1.
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const found = searchAlongLine(objective, { x, value, gradient }, direction, first, noise);
    evaluations += found.evaluations;
    if (found.point === undefined) {
      if (pairs.length === 0) return done("precision");
      pairs.length = 0; // Retry along the gradient itself.
      continue;
    }
    const next = found.point;
    const s = new Float64Array(n);
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      s[i] = next.x[i]! - x[i]!;
      y[i] = next.gradient[i]! - gradient[i]!;
    }
    const curvature = dot(s, y);
    if (curvature > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y))) {
      pairs.push({ s, y, rho: 1 / curvature });
      if (pairs.length > memory) pairs.shift();
    }
    ({ x, value, gradient } = next);
  }
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** direction = −H gradient, by the two-loop recursion; −gradient without pairs. */
function descend(gradient: Float64Array, pairs: readonly Pair[], direction: Float64Array): void {
  for (let i = 0; i < gradient.length; i++) direction[i] = -gradient[i]!;
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    alphas[k] = rho * dot(s, direction);
    addScaled(direction, -alphas[k]!, y);
  }
  const last = pairs[pairs.length - 1];
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y)); // γ = sᵀy / yᵀy
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k]!;
    addScaled(direction, alphas[k]! - rho * dot(y, direction), s);
  }
}

function addScaled(a: Float64Array, scale: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i]! += scale * b[i]!;
}

/** NaN when any element is NaN, unlike a loop of comparisons. */
function maxAbs(a: Float64Array): number {
  let max = 0;
  for (let i = 0; i < a.length; i++) {
    const v = Math.abs(a[i]!);
    if (!(v <= max)) max = v;
    if (Number.isNaN(v)) return v;
  }
  return max;
}

/** A function to minimise: returns f(x) and writes ∇f(x). */
export type SmoothFunction = (x: Float64Array, gradient: Float64Array) => number;

/** A point where the function is known. */
export interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

const decrease = 1e-4; // c₁ and c₂ of Nocedal & Wright for quasi-Newton directions
const flatness = 0.9;
const maxEvaluations = 25;

interface Trial extends Point {
  readonly step: number;
  /** φ'(step) = ∇f(x + step·p)ᵀ p */
  readonly slope: number;
}

/**
 * Finds a step along a descent direction p that satisfies the strong Wolfe conditions, φ(α) = f(x + αp):
 *
 * φ(α) ≤ φ(0) + c₁ α φ'(0)    |φ'(α)| ≤ c₂ |φ'(0)|
 *
 * Non-finite values count as too high. Ends after 25 evaluations with the best point that decreases f enough, or with
 * none.
 * @see Nocedal & Wright, Numerical Optimization, algorithms 3.5 and 3.6
 */
export function searchAlongLine(
  objective: SmoothFunction,
  start: Point,
  direction: Float64Array,
  firstStep: number,
  noise: number,
): { readonly point: Point | undefined; readonly evaluations: number } {
  let evaluations = 0;
  const slope0 = dot(start.gradient, direction);
  const evaluate = (step: number): Trial => {
    evaluations++;
    const x = new Float64Array(direction.length);
    for (let i = 0; i < x.length; i++) x[i] = start.x[i]! + step * direction[i]!;
    const gradient = new Float64Array(direction.length);
    const value = objective(x, gradient);
    const slope = dot(gradient, direction);
    const finite = Number.isFinite(value) && Number.isFinite(slope);
    return { x, gradient, step, value: finite ? value : Number.POSITIVE_INFINITY, slope: finite ? slope : 0 };
  };
  // Near the minimum f no longer changes in its last digits; then the slope decides (Hager & Zhang 2005).
  const slack = noise * Math.abs(start.value);
  const lowEnough = (t: Trial) => t.value <= start.value + decrease * t.step * slope0 + slack;
  const flatEnough = (t: Trial) => Math.abs(t.slope) <= -flatness * slope0;

  let low: Trial = { ...start, step: 0, slope: slope0 };
  let high: Trial | undefined;
  let step = firstStep;
  while (evaluations < maxEvaluations) {
    const trial = evaluate(step);
    if (!lowEnough(trial) || trial.value > low.value + slack) high = trial;
    else if (flatEnough(trial)) return { point: trial, evaluations };
    else {
      const uphill = high === undefined ? trial.slope >= 0 : trial.slope * (high.step - low.step) >= 0;
      if (uphill) high = low;
      low = trial;
    }
    if (high === undefined) step *= 2;
    else {
      // The bracket is below float64's resolution.
      if (Math.abs(high.step - low.step) <= 1e-14 * low.step) break;
      step = interpolate(low, high);
    }
  }
  return { point: low.step > 0 ? low : undefined, evaluations };
}

/** Returns the minimum of the cubic through both ends, at least a tenth of the bracket away from them. */
function interpolate(a: Trial, b: Trial): number {
  const width = b.step - a.step;
  const middle = a.step + width / 2;
  if (!Number.isFinite(b.value)) return middle;
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const cubic = b.step - (width * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
  const t = (cubic - a.step) / width;
  return Number.isFinite(t) ? a.step + width * Math.min(0.9, Math.max(0.1, t)) : middle;
}

/** Returns Σᵢ aᵢ bᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

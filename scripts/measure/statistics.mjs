import { studentQuantile } from "../../dist/evaluate/index.js";

/** Mean and 95 % interval of paired differences, one a draw: t with K - 1 degrees of freedom. */
export function meanInterval(values) {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.95, n - 1) * Math.sqrt(variance / n);
  return { mean, ci95: [mean - half, mean + half] };
}

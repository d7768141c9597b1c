import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { minimise } from "./lbfgs.js";
import type { SmoothFunction } from "./line-search.js";

/** f = Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)²; minimum 0 at (1, …, 1). */
const rosenbrock: SmoothFunction = (x, g) => {
  g.fill(0);
  let f = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! ** 2;
    const b = 1 - x[i]!;
    f += 100 * a * a + b * b;
    g[i]! += -400 * a * x[i]! - 2 * b;
    g[i + 1]! += 200 * a;
  }
  return f;
};

test("finds the minimum of Rosenbrock's valley in 2 and 20 dimensions", () => {
  for (const n of [2, 20]) {
    const m = minimise(rosenbrock, new Float64Array(n).fill(-1.2), { tolerance: 1e-8 });
    expect(m.stopped).toBe("converged");
    for (const v of m.x) expect(v).toBeCloseTo(1, 6);
    expect(m.iterations).toBeLessThan(200);
  }
});

test("solves an ill-conditioned quadratic", () => {
  // f = ½ Σ k_i (x_i − i)², k from 1 to 1e4
  const m = minimise(
    (x, g) => {
      let f = 0;
      for (let i = 0; i < x.length; i++) {
        const k = 10 ** ((4 * i) / (x.length - 1));
        g[i] = k * (x[i]! - i);
        f += 0.5 * k * (x[i]! - i) ** 2;
      }
      return f;
    },
    new Float64Array(12),
    { tolerance: 1e-6 },
  );
  expect(m.stopped).toBe("converged");
  m.x.forEach((v, i) => {
    expect(v).toBeCloseTo(i, 5);
  });
});

test("a start at the minimum is returned as it is", () => {
  const m = minimise(rosenbrock, new Float64Array(3).fill(1));
  expect(m).toMatchObject({ iterations: 0, evaluations: 1, stopped: "converged" });
});

test("steps back from points at which the function is not a number", () => {
  // −log x + x: minimum at 1, NaN for x < 0
  const m = minimise((x, g) => {
    g[0] = 1 - 1 / x[0]!;
    return x[0]! - Math.log(x[0]!);
  }, Float64Array.of(0.01));
  expect(m.x[0]).toBeCloseTo(1, 5);
});

test("never hangs: a function without minimum ends at the limit, one without meaning ends too", () => {
  const endless = minimise(
    (x, g) => {
      g[0] = -1;
      return -x[0]!;
    },
    Float64Array.of(0),
    { maxIterations: 20 },
  );
  expect(endless.iterations).toBeLessThanOrEqual(20);
  let calls = 0;
  const lying = minimise(
    (_, g) => {
      g[0] = Math.sin(calls++) + 2;
      return calls;
    },
    Float64Array.of(0),
    { maxIterations: 20 },
  );
  expect(lying.stopped).toBe("precision");
  expect(calls).toBeLessThan(200);
});

test("a start at which the function is not finite is an error", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => minimise(() => bad, Float64Array.of(1))).toThrow(EngraftError);
    expect(() => minimise(() => bad, Float64Array.of(1))).toThrow(
      `the function to minimise is ${bad} at the start`,
    );
  }
});

import type { CustomOperator } from "../autodiff/index.js";
import { differentiate, expandOperators } from "../autodiff/index.js";
import { isFloat } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { draws } from "../core/random.js";
import { sizeOf } from "../core/shape.js";
import { castTensor, type Tensor, tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { interpret } from "./reference/index.js";
import { toFloat64 } from "./to-float64.js";

export interface GradientOptions {
  /** A value for each input of the graph. */
  readonly feeds: Readonly<Record<Value, Tensor>>;
  /** Inputs whose gradient is checked. Default: all of a float type. */
  readonly wrt?: readonly Value[];
  /** Outputs to include. Default: all of a float type. */
  readonly outputs?: readonly Value[];
  /** User-defined operators in the graph; each needs `expand`. */
  readonly operators?: readonly CustomOperator[];
  /** Largest allowed relative difference. Default 1e-7. */
  readonly tolerance?: number;
  /** Seed of the two random directions. Default 0. */
  readonly seed?: number;
}

export interface GradientCheck {
  /** Slope of <v, y> along u by central differences. */
  readonly numeric: number;
  /** <gradient of <v, y>, u>, by the rules. */
  readonly analytic: number;
  /** |numeric - analytic| / max(1, |numeric|, |analytic|). */
  readonly error: number;
}

/**
 * Checks a graph's gradient against its values. u is a random tangent of the inputs, v a random **cotangent** of the
 * outputs:
 *   <v, dy/dh> = <grad <v, y>, u>,   dy/dh = (8 (y(h) - y(-h)) - (y(2h) - y(-2h))) / 12h
 * y(h) is the output at x + h u. These are central differences with an error of order h⁴, in float64 on the reference
 * interpreter. The cotangent is random because a uniform one passes a Softmax with gradient zero.
 *
 * @throws NumericError if the two differ by more than the tolerance
 * @example checkGradient(graph, { feeds: { x: float32([2, 3], [1, 2, 3, 4, 5, 6]) } });
 */
export function checkGradient(graph: Graph, options: GradientOptions): GradientCheck {
  const { tolerance = 1e-7, seed = 0, operators = [] } = options;
  const exact = toFloat64(graph);
  const feeds = Object.fromEntries(Object.entries(options.feeds).map(([k, t]) => [k, widen(t)]));
  const isReal = (v: Value): boolean => isFloat(exact.typeOf(v).dtype);
  const wrt = options.wrt ?? exact.inputs.filter(isReal);
  const outputs = options.outputs ?? exact.outputs.filter(isReal);

  const loss = appendProjection(exact, outputs, seed);
  const gradients = differentiate(exact, loss, wrt, { operators });
  const whole = expandOperators(exact, operators);
  const tangents = new Map(wrt.map((w) => [w, normals(exact.dims(w), seed, "tangent", w)]));

  // h balances the error of the formula (h⁴) against that of the subtraction (1e-16 / h).
  const h = 1e-3;
  const at = (step: number): number => {
    const moved: Record<Value, Tensor> = { ...feeds };
    for (const [w, u] of tangents) {
      const x = feeds[w]!.data as Float64Array;
      moved[w] = tensor(
        "float64",
        feeds[w]!.dims,
        x.map((xi, i) => xi + step * u[i]!),
      );
    }
    return interpret(whole, moved, [loss]).get(loss)!.data[0]!;
  };
  const numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  const values = interpret(whole, feeds, [...gradients.values()]);
  let analytic = 0;
  for (const [w, u] of tangents) {
    const gradient = values.get(gradients.get(w)!)!.data;
    u.forEach((ui, i) => {
      analytic += ui * gradient[i]!;
    });
  }
  const error = Math.abs(numeric - analytic) / Math.max(1, Math.abs(numeric), Math.abs(analytic));
  if (!(error <= tolerance)) {
    throw new EngraftError(
      "NumericError",
      `the gradient of graph "${graph.name}" is wrong: its rules give ${analytic} along a random direction, differences of its values ${numeric}`,
      {
        help: "check the rules of the operators in it, and that no input is at a kink",
        details: { numeric, analytic },
      },
    );
  }
  return { numeric, analytic, error };
}

/** Appends <v, y> for random constants v of the outputs' shapes: a scalar to differentiate. */
export function appendProjection(graph: Graph, outputs: readonly Value[], seed: number): Value {
  const g = new Builder(graph, "projection");
  const terms = outputs.map((y) => {
    const dims = g.dims(y);
    const v = tensor("float64", dims, normals(dims, seed, "cotangent", y));
    return g.reduceSum(g.mul(y, g.constant(castTensor(v, g.dtype(y) as "float64"))));
  });
  return terms.reduce((a, b) => g.add(g.cast(a, g.dtype(b)), b));
}

function normals(dims: readonly number[], seed: number, purpose: string, value: Value): Float64Array {
  const d = draws(seed, purpose, value);
  return Float64Array.from({ length: sizeOf(dims) }, () => d.normal());
}

/** Converts float tensors to float64; others stay. */
function widen(t: Tensor): Tensor {
  return isFloat(t.dtype) ? castTensor(t, "float64") : t;
}

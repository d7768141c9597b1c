import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot } from "./expansion.js";

/** Parameters of an activation; missing ones take ONNX's defaults. */
interface Numbers {
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
  readonly gamma?: number | undefined;
}
interface Activation {
  /** Names of its parameters, in the order in which files list them. */
  readonly takes: readonly (keyof Numbers)[];
  readonly make: (g: Builder, x: Value, n: Numbers) => Value;
}

/** float32, as in the file. */
const f = Math.fround;
const must = (n: number | undefined, what: string): number => n ?? cannot(`its activation has no ${what}`);

const table: Readonly<Record<string, Activation>> = {
  relu: { takes: [], make: (g, x) => g.relu(x) },
  sigmoid: { takes: [], make: (g, x) => g.sigmoid(x) },
  tanh: { takes: [], make: (g, x) => g.tanh(x) },
  softsign: { takes: [], make: (g, x) => g.node("Softsign", [x], {}) },
  softplus: { takes: [], make: (g, x) => g.node("Softplus", [x], {}) },
  hardswish: { takes: [], make: (g, x) => g.node("HardSwish", [x], {}) },
  leakyrelu: {
    takes: ["alpha"],
    make: (g, x, { alpha = f(0.01) }) => g.node("LeakyRelu", [x], { alpha }),
  },
  elu: { takes: ["alpha"], make: (g, x, { alpha = 1 }) => g.node("Elu", [x], { alpha }) },
  selu: {
    takes: ["alpha", "gamma"],
    make: (g, x, { alpha = f(1.6732632423543772), gamma = f(1.0507009873554805) }) =>
      g.node("Selu", [x], { alpha, gamma }),
  },
  hardsigmoid: {
    takes: ["alpha", "beta"],
    make: (g, x, { alpha = f(0.2), beta = 0.5 }) => g.hardSigmoid(x, alpha, beta),
  },
  // x if x > alpha, else 0
  thresholdedrelu: {
    takes: ["alpha"],
    make: (g, x, { alpha = 1 }) => g.where(g.greater(x, g.number(alpha, x)), x, g.number(0, x)),
  },
  // alpha * tanh(beta * x)
  scaledtanh: {
    takes: ["alpha", "beta"],
    make: (g, x, n) =>
      g.mul(g.number(must(n.alpha, "alpha"), x), g.tanh(g.mul(g.number(must(n.beta, "beta"), x), x))),
  },
  // alpha * x + beta
  affine: {
    takes: ["alpha", "beta"],
    make: (g, x, n) =>
      g.add(g.mul(g.number(must(n.alpha, "alpha"), x), x), g.number(must(n.beta, "beta"), x)),
  },
  // alpha is the smallest and beta the largest value.
  clip: {
    takes: ["alpha", "beta"],
    make: (g, x, n) => g.clip(x, g.number(must(n.alpha, "minimum"), x), g.number(must(n.beta, "maximum"), x)),
  },
};

/** Returns an activation by its name; files write it in any case. */
export function activationCalled(name: string): Activation {
  const key = name.toLowerCase();
  return (
    (Object.hasOwn(table, key) && table[key]) || cannot(`its activation ${JSON.stringify(name)} is not known`)
  );
}

/** y = activation(x), its parameters given as a list. */
export function activate(g: Builder, x: Value, name: string, list: readonly number[]): Value {
  const { takes, make } = activationCalled(name);
  return make(g, x, Object.fromEntries(takes.map((key, i) => [key, list[i]])));
}

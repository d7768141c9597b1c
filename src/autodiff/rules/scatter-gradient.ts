import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { OpAttributes } from "../../graph/ops.js";
import type { Gradients } from "../rule.js";
import { zerosOf } from "./movement.js";

type Reduction = OpAttributes["ScatterElements"]["reduction"];

/** A scatter: y = x, then each u_i set, added, multiplied … into y[index_i]. */
export interface Scatter {
  readonly x: Value;
  readonly u: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly reduction: Reduction;
  readonly needs: readonly boolean[];
  /** v[index_i] */
  at(v: Value): Value;
  /** Scatters other values at the same indices. */
  scatter(into: Value, v: Value, how: Reduction): Value;
}

/** Returns the gradients of x, the indices (none) and the updates, for any kind of index. */
export function scatterGradient(g: Builder, s: Scatter): Gradients {
  const { x, u, y, dy, needs, at, scatter } = s;
  const both = (dx: () => Value, du: () => Value): Gradients => [
    needs[0] ? dx() : undefined,
    undefined,
    needs[2] ? du() : undefined,
  ];
  switch (s.reduction) {
    // dx = dy, 0 at the indices; du = at(dy)
    case "none":
      return both(
        () => scatter(dy, zerosOf(g, dy, g.dims(u)), "none"),
        () => at(dy),
      );
    // dx = dy, du = at(dy)
    case "add":
      return both(
        () => dy,
        () => at(dy),
      );
    // dx = dy * (product of the u), du = at(dy * y) / u
    case "mul":
      return both(
        () => g.mul(dy, scatter(g.fullLike(x, 1), u, "mul")),
        () => g.div(at(g.mul(dy, y)), u),
      );
    // dy goes to the elements equal to y, shared evenly, as in torch.scatter_reduce with amax or amin.
    case "min":
    case "max": {
      const hitX = g.cast(g.equal(x, y), g.dtype(y));
      const hitU = g.cast(g.equal(u, at(y)), g.dtype(y));
      const share = g.div(dy, scatter(hitX, hitU, "add"));
      return both(
        () => g.mul(share, hitX),
        () => g.mul(at(share), hitU),
      );
    }
  }
}

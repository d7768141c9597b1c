import { invariant } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Fits a gradient to the shape of its input: sums over broadcast axes, and expands axes that the rule left smaller.
 * Broadcasting is undone only here.
 */
export function fitTo(g: Builder, gradient: Value, dims: readonly number[]): Value {
  const from = g.dims(gradient);
  if (from.length === dims.length && from.every((d, i) => d === dims[i])) return gradient;
  const lead = from.length - dims.length;
  const axes: number[] = [];
  for (const [i, d] of from.entries()) {
    const broadcast = i < lead || (dims[i - lead] === 1 && d !== 1);
    // An axis of size 1 after a summed axis is summed too: runtimes have a fast kernel for sums over whole rows.
    if (broadcast || (d === 1 && axes.at(-1) === i - 1)) axes.push(i);
  }
  const summed = axes.length > 0 ? g.reduceSum(gradient, { axes }) : gradient;
  const small = dims.map((d, i) => {
    const had = from[i + lead] ?? 1;
    invariant(
      had === d || had === 1 || d === 1,
      `a gradient of shape ${formatShape(from)} does not fit a value of shape ${formatShape(dims)}`,
    );
    return had === 1 ? 1 : d;
  });
  const placed = g.reshape(summed, small);
  return small.every((d, i) => d === dims[i]) ? placed : g.expand(placed, dims);
}

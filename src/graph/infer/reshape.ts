import { type Dim, formatShape, formatType, type Shape, sizeOf, type TensorType } from "../../core/shape.js";
import { type AnyContext, fail } from "./checks.js";

/** A product of dimensions: a number times symbolic names times unknown sizes. */
interface Product {
  readonly factor: number;
  readonly names: readonly string[];
  readonly unknown: number;
}

function productOf(dims: Shape): Product {
  const numbers = dims.filter((d): d is number => typeof d === "number");
  return {
    factor: sizeOf(numbers),
    names: dims.filter((d): d is string => typeof d === "string"),
    unknown: dims.filter((d) => d === null).length,
  };
}

/** Returns the product of all dims if it is a number or a single name, else unknown. */
export function flattened(dims: Shape): Dim {
  const p = productOf(dims);
  if (p.unknown === 0 && p.names.length === 0) return p.factor;
  return p.unknown === 0 && p.names.length === 1 && p.factor === 1 ? p.names[0]! : null;
}

/**
 * Returns the shape that Reshape gives: 0 copies the axis (unless `allowzero`), -1 takes the rest.
 *
 * [batch, 256, 1, 1] to [0, -1] or [-1, 256] is [batch, 256]: names on both sides cancel.
 * @throws ShapeError if the number of elements would change
 */
export function reshaped(c: AnyContext, x: TensorType, target: readonly Dim[], allowzero: boolean): Shape {
  const help = "the number of elements must stay the same";
  const wanted = `cannot reshape ${formatType(x)} to ${formatShape(target)}`;
  if (target.some((d) => typeof d === "number" && (!Number.isInteger(d) || d < -1)))
    fail(c, wanted, "sizes must be at least 0, or -1 for the one that is left over");
  if (target.filter((d) => d === -1).length > 1) fail(c, wanted, "only one size may be -1");

  const copied = new Set<number>();
  const out: Dim[] = target.map((d, i) => {
    if (d !== 0 || allowzero) return d;
    if (x.shape && i >= x.shape.length)
      fail(c, wanted, `axis ${i} cannot be copied: the input has no such axis`);
    copied.add(i);
    return x.shape?.[i] ?? null;
  });
  const free = out.indexOf(-1);
  if (!x.shape) return out.map((d) => (d === -1 ? null : d));

  // Copied axes cancel with themselves, even if unknown. Then names cancel with equal names.
  const from = productOf(x.shape.filter((_, i) => !copied.has(i)));
  const to = productOf(out.filter((_, i) => !copied.has(i) && i !== free));
  const left = [...from.names];
  let stray = to.unknown;
  for (const name of to.names) {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    else stray++;
  }
  const exact = from.unknown === 0 && stray === 0;
  if (free < 0) {
    if (exact && left.length === 0 && from.factor !== to.factor) fail(c, wanted, help);
    return out;
  }
  let rest: Dim = null;
  if (exact && left.length === 0) {
    if (to.factor === 0 || from.factor % to.factor !== 0) fail(c, wanted, help);
    rest = from.factor / to.factor;
  } else if (exact && left.length === 1 && from.factor === to.factor) {
    rest = left[0]!;
  }
  return out.map((d, i) => (i === free ? rest : d));
}

import type { Dim } from "../../core/shape.js";
import { int64 } from "../../core/tensor.js";
import { attribute, type NodeProto } from "../../onnx/index.js";
import { type Attributes, nodeError } from "./attributes.js";
import { make, type RewriteContext } from "./upgrade.js";

/** A value with a label for each of its axes. */
interface Operand {
  readonly v: string;
  readonly labels: readonly string[];
  readonly dims: readonly Dim[];
}

/** Limit for operands and labels; no model has more. */
const most = 52;

/**
 * Expands Einsum to Transpose, Reshape, MatMul or Mul, and ReduceSum, two operands at a time.
 *
 * Labels that a and b share are batch labels if they are kept, and summed over by the product if not. All other
 * labels are free. a is laid out as [free and batch, row, summed], b as [batch, summed, column]. b is broadcast
 * over all free labels of a but the last, so those need not be joined.
 *
 * @returns a reason for a diagonal, or if a needed size is not known
 */
export function einsum(node: NodeProto, a: Attributes, c: RewriteContext): NodeProto[] | string {
  const equation = a.string("equation")?.replaceAll(" ", "");
  if (equation === undefined) throw nodeError(node, 'attribute "equation" is missing');
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  if (terms.length !== node.input.length || equation.length > 1024)
    throw nodeError(
      node,
      `equation "${equation.slice(0, 80)}" has ${terms.length} terms for ${node.input.length} inputs`,
    );
  if (terms.length > most) return `it has ${terms.length} operands`;
  const shapes = node.input.map((v) => c.shapeOf(v));
  if (shapes.some((s) => s === undefined)) return "the number of its inputs' axes is not known";
  const operands: Operand[] = [];
  let wide = 0;
  for (const [i, term] of terms.entries()) {
    const dims = shapes[i]!;
    const [head = "", tail, more] = term.split("...");
    const named = head + (tail ?? "");
    const hidden = dims.length - named.length;
    if (!/^[A-Za-z]*$/.test(named) || more !== undefined || (tail === undefined ? hidden !== 0 : hidden < 0))
      throw nodeError(node, `term "${term}" of its equation does not fit an input of ${dims.length} axes`);
    wide = Math.max(wide, tail === undefined ? 0 : hidden);
    // Ellipsis axes are counted from the right, as in broadcasting.
    const ellipsis = Array.from({ length: tail === undefined ? 0 : hidden }, (_, k) => `…${hidden - k}`);
    const labels = [...head, ...ellipsis, ...(tail ?? "")];
    if (new Set(labels).size !== labels.length) return `"${equation}" takes a diagonal`;
    operands.push({ v: node.input[i]!, labels, dims });
  }
  const all = operands.flatMap((o) => o.labels);
  const hiddenAxes = Array.from({ length: wide }, (_, k) => `…${wide - k}`);
  const output =
    right === undefined
      ? // Without an arrow the output has the labels that appear once, in alphabetical order, after the ellipsis axes.
        [
          ...hiddenAxes,
          ...[...new Set(all)].filter((l) => l.length === 1 && all.indexOf(l) === all.lastIndexOf(l)).sort(),
        ]
      : right.split("...").flatMap((part, i) => [...(i > 0 ? hiddenAxes : []), ...part]);
  if (new Set(output).size !== output.length || output.some((l) => !all.includes(l)))
    throw nodeError(node, `the output "${right}" of its equation is not made of labels of its inputs`);
  return new Contraction(node, c, output).run(operands);
}

/** Collects the nodes of one Einsum. */
class Contraction {
  private readonly nodes: NodeProto[] = [];

  constructor(
    private readonly node: NodeProto,
    private readonly c: RewriteContext,
    private readonly output: readonly string[],
  ) {}

  run(operands: readonly Operand[]): NodeProto[] | string {
    let left = operands[0]!;
    for (let i = 1; i < operands.length; i++) {
      const kept = new Set([...this.output, ...operands.slice(i + 1).flatMap((o) => o.labels)]);
      const joined = this.pair(left, operands[i]!, kept);
      if (typeof joined === "string") return joined;
      left = joined;
    }
    left = this.summed(left, new Set(this.output));
    const last = this.ordered(left, this.output);
    // The last node gives the result its name.
    return [...this.nodes, make("Identity", [last.v], [this.node.output[0] ?? ""])];
  }

  private add(op: string, inputs: string[], attributes: NodeProto["attribute"] = []): string {
    const v = this.c.fresh(`${this.node.output[0]}.${op}`);
    this.nodes.push(make(op, inputs, [v], attributes));
    return v;
  }
  private ints(values: readonly number[]): string {
    return this.c.constant(`${this.node.output[0]}.axes`, int64([values.length], values));
  }

  /** Sums over the labels that nothing needs any longer. */
  private summed(o: Operand, kept: ReadonlySet<string>): Operand {
    const dropped = o.labels.flatMap((l, i) => (kept.has(l) ? [] : [i]));
    if (dropped.length === 0) return o;
    const v = this.add("ReduceSum", [o.v, this.ints(dropped)], [attribute.int("keepdims", 0)]);
    const stay = (_: unknown, i: number): boolean => !dropped.includes(i);
    return { v, labels: o.labels.filter(stay), dims: o.dims.filter(stay) };
  }

  private ordered(o: Operand, labels: readonly string[]): Operand {
    const perm = labels.map((l) => o.labels.indexOf(l));
    if (perm.every((p, i) => p === i)) return o;
    const v = this.add("Transpose", [o.v], [attribute.ints("perm", perm)]);
    return { v, labels, dims: perm.map((p) => o.dims[p]!) };
  }

  private unsqueezed(v: string, axes: readonly number[]): string {
    return axes.length === 0 ? v : this.add("Unsqueeze", [v, this.ints(axes)]);
  }

  /** Joins axes of an operand, `groups` of labels each. At most one size may be unknown. */
  private joined(o: Operand, groups: readonly (readonly string[])[]): string | undefined {
    if (groups.every((g) => g.length === 1)) return o.v;
    const sizes: Dim[] = groups.map((g, k) => {
      const dims = g.map((l) => o.dims[o.labels.indexOf(l)]!);
      // 0 copies the size: all groups so far are single axes.
      if (g.length === 1 && groups.slice(0, k).every((h) => h.length === 1)) return 0;
      return dims.every((d) => typeof d === "number") ? (dims as number[]).reduce((p, d) => p * d, 1) : null;
    });
    const list = this.target(sizes);
    return list && this.add("Reshape", [o.v, this.ints(list)]);
  }

  private target(sizes: readonly Dim[]): number[] | undefined {
    const list = sizes.map((d) => (typeof d === "number" ? d : -1));
    return list.filter((d) => d === -1).length > 1 ? undefined : list;
  }

  private pair(first: Operand, second: Operand, kept: ReadonlySet<string>): Operand | string {
    // A label of only one operand that is not kept is summed before the product.
    const alone = (o: Operand, other: Operand) => this.summed(o, new Set([...kept, ...other.labels]));
    let [a, b] = [alone(first, second), alone(second, first)];
    const sizeOf = (o: Operand, l: string): Dim => o.dims[o.labels.indexOf(l)]!;
    const free = (o: Operand, other: Operand) => o.labels.filter((l) => !other.labels.includes(l));
    if (free(b, a).length > free(a, b).length) [a, b] = [b, a];
    const both = a.labels.filter((l) => b.labels.includes(l));
    const over = both.filter((l) => !kept.has(l));
    const batch = both.filter((l) => kept.has(l));
    const [freeA, freeB] = [free(a, b), free(b, a)];
    const stretched = both.find((l) => {
      const [m, n] = [sizeOf(a, l), sizeOf(b, l)];
      return (
        typeof m === "number" &&
        typeof n === "number" &&
        m !== n &&
        (over.includes(l) || (m !== 1 && n !== 1))
      );
    });
    if (stretched !== undefined)
      return `axis "${stretched}" has size ${sizeOf(a, stretched)} in one input and ${sizeOf(b, stretched)} in another`;
    const size = (l: string): Dim => {
      const sizes = [a, b].flatMap((o) => (o.labels.includes(l) ? [sizeOf(o, l)] : []));
      return sizes.find((d) => d !== 1) ?? 1;
    };

    const rows = over.length > 0 ? freeA.slice(-1) : [];
    // The order of a stays. b gets an axis of size 1 for each free label of a after its first.
    const front = a.labels.filter((l) => !over.includes(l) && !rows.includes(l));
    const shared = front.filter((l) => batch.includes(l));
    const tail = batch.length > 0 ? front.slice(front.indexOf(shared[0]!)) : [];
    const gaps = tail.flatMap((l, i) => (batch.includes(l) ? [] : [i]));
    if (over.length === 0) {
      // y[f, g, h] = a[f, g, 1] · b[1, g, h]
      const labels = [...front, ...freeB];
      const behind = freeB.map((_, i) => front.length + i);
      const y = this.ordered(b, [...shared, ...freeB]);
      const v = this.add("Mul", [this.unsqueezed(a.v, behind), this.unsqueezed(y.v, gaps)]);
      return { v, labels, dims: labels.map(size) };
    }
    // Several summed labels are joined in the order of a.
    const x = this.ordered(a, [...front, ...rows, ...over]);
    const y = this.ordered(b, [...shared, ...over, ...freeB]);
    const single = (labels: readonly string[]) => labels.map((l) => [l]);
    let left = this.joined(x, [...single([...front, ...rows]), over]);
    let right = this.joined(y, [...single(shared), over, ...(freeB.length > 0 ? [freeB] : [])]);
    if (left === undefined || right === undefined) return "the sizes of its inputs are not known";
    // Matrices need both axes; the extra ones are removed afterwards.
    const noRow = rows.length === 0 && batch.length > 0;
    const noColumn = freeB.length === 0 && batch.length > 0;
    if (noRow) left = this.unsqueezed(left, [front.length]);
    right = this.unsqueezed(right, noColumn ? [...gaps, tail.length + 1] : gaps);
    let v = this.add("MatMul", [left, right]);
    const dropped = [...(noRow ? [front.length] : []), ...(noColumn ? [front.length + 1] : [])];
    if (dropped.length > 0) v = this.add("Squeeze", [v, this.ints(dropped)]);
    const labels = [...front, ...rows, ...freeB];
    if (freeB.length > 1) {
      const copied = new Array<number>(labels.length - freeB.length).fill(0);
      const list = this.target([...copied, ...freeB.map(size)]);
      if (!list) return "the sizes of its inputs are not known";
      v = this.add("Reshape", [v, this.ints(list)]);
    }
    return { v, labels, dims: labels.map(size) };
  }
}

import { isStatic } from "../../core/shape.js";
import { int64, toNumbers } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { type AnyOpNode, none } from "../../graph/node.js";

/**
 * Grids of a model, height and width: at its own picture size -> at another. Exporters write sizes as numbers if the
 * picture size is fixed, so numbers that are a grid of the own size are replaced by that grid at the other size.
 */
export class GridTable {
  private readonly grids = new Map<string, readonly [height: number, width: number]>();
  private readonly products = new Map<number, number>();

  /** @param own graph with the types of its own size; @param sized the graph for the other size */
  constructor(
    private readonly own: Graph,
    private readonly sized: Graph,
  ) {}

  /** Adds the grid of a map [batch, channels, height, width] that both graphs have. */
  add(value: string): void {
    const [from, to] = [this.own, this.sized].map((graph) => graph.types.get(value)?.shape);
    if (from?.length !== 4 || to?.length !== 4) return;
    const [before, after] = [from.slice(2), to.slice(2)];
    if (!isStatic(before) || !isStatic(after)) return;
    this.grids.set(String(before), [after[0]!, after[1]!]);
    this.products.set(before[0]! * before[1]!, after[0]! * after[1]!);
  }

  /**
   * Returns a Resize or Reshape whose constant sizes follow the other picture size; undefined if they name no grid.
   * The new constant is added to the graph of the other size.
   */
  follow(node: AnyOpNode): AnyOpNode | undefined {
    if (node.op !== "Resize" && node.op !== "Reshape") return undefined;
    const at = node.op === "Resize" ? 3 : 1;
    const constant = this.own.initializers.get(node.inputs[at] ?? none);
    if (constant?.dtype !== "int64") return undefined;
    const sizes = toNumbers(constant);
    const followed =
      node.op === "Resize"
        ? (this.grid(sizes) ?? this.factors(node.inputs[0] ?? none, sizes))
        : (this.grid(sizes) ?? this.product(sizes));
    if (!followed) return undefined;
    let name = this.sized.fresh(`${node.outputs[0]}.sizes`);
    while (this.own.has(name)) name = this.sized.fresh(`${name}_`);
    const made = this.sized.initializer(name, int64([followed.length], followed));
    return { ...node, inputs: node.inputs.map((v, i) => (i === at ? made : v)) };
  }

  /** [0, 48, 28, 28] -> [0, 48, 44, 52] */
  private grid(sizes: readonly number[]): readonly number[] | undefined {
    const grid = this.grids.get(String(sizes.slice(-2)));
    return grid && [...sizes.slice(0, -2), ...grid];
  }

  /** [0, 48, 784] -> [0, 48, 2288] */
  private product(sizes: readonly number[]): readonly number[] | undefined {
    const at = sizes.findLastIndex((d, i) => i > 0 && this.products.has(d));
    return at < 0 ? undefined : sizes.with(at, this.products.get(sizes[at]!)!);
  }

  /** A Resize to a new grid keeps its factors. */
  private factors(x: string, sizes: readonly number[]): readonly number[] | undefined {
    const [before, after] = [this.own, this.sized].map((graph) => graph.types.get(x)?.shape?.slice(-2));
    if (!isStatic(before) || !isStatic(after)) return undefined;
    const scaled = sizes.slice(-2).map((d, i) => (d / before[i]!) * after[i]!);
    return scaled.every(Number.isInteger) ? [...sizes.slice(0, -2), ...scaled] : undefined;
  }
}

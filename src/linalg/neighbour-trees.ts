import { draws } from "../core/random.js";

/** Rows of a leaf. It bounds the rows that one search compares, whatever the rows are. */
const leafSize = 32;
/** Trees: a cut of one tree may separate two neighbours, and another tree keeps them together. */
const trees = 4;

/** A node of a tree: a cut, or the rows of a leaf. */
type TreeNode =
  | {
      readonly direction: Float32Array;
      readonly threshold: number;
      readonly below: TreeNode;
      readonly above: TreeNode;
    }
  | { readonly rows: Int32Array };

/**
 * Approximate nearest rows by Euclidean distance. Each tree cuts the rows in halves, again and again, between the two rows that lie
 * farthest apart along a random direction. A search compares the rows of one leaf of each tree, so its time grows with the logarithm of
 * the number of rows. Few rows are all compared.
 *
 * @see Dasgupta and Freund, "Random projection trees and low dimensional manifolds", 2008
 */
export class NeighbourTrees {
  readonly #roots: readonly TreeNode[];

  /** @param points float32[N, width] */
  constructor(
    private readonly points: Float32Array,
    private readonly width: number,
  ) {
    const count = points.length / width;
    const wanted = count > leafSize ? trees : 1;
    this.#roots = Array.from({ length: wanted }, (_, tree) => {
      const random = draws(0, "neighbour trees", tree);
      return this.#grow(
        Int32Array.from({ length: count }, (_row, i) => i),
        random,
      );
    });
  }

  #grow(rows: Int32Array, random: ReturnType<typeof draws>): TreeNode {
    if (rows.length <= leafSize) return { rows };
    const { points, width } = this;
    const sign = Float32Array.from({ length: width }, () => random.normal());
    const along = this.#project(rows, sign);
    let [least, most] = [0, 0];
    for (let i = 1; i < rows.length; i++) {
      if (along[i]! < along[least]!) least = i;
      if (along[i]! > along[most]!) most = i;
    }
    const direction = new Float32Array(width);
    for (let k = 0; k < width; k++)
      direction[k] = points[rows[most]! * width + k]! - points[rows[least]! * width + k]!;
    const place = this.#project(rows, direction);
    const order = Array.from(rows, (_, i) => i).sort((a, b) => place[a]! - place[b]!);
    const middle = order.length >> 1;
    const half = (part: readonly number[]) =>
      this.#grow(
        Int32Array.from(part, (i) => rows[i]!),
        random,
      );
    const threshold = place[order[middle]!]!;
    return {
      direction,
      threshold,
      below: half(order.slice(0, middle)),
      above: half(order.slice(middle)),
    };
  }

  #project(rows: Int32Array, direction: Float32Array): Float64Array {
    return Float64Array.from(rows, (row) => this.#dot(direction, row));
  }

  #dot(direction: Float32Array, row: number): number {
    const { points, width } = this;
    let dot = 0;
    for (let k = 0, p = row * width; k < width; k++, p++) dot += direction[k]! * points[p]!;
    return dot;
  }

  /**
   * Visits the rows in the leaves of a point with their squared distances, some of them several times.
   * @param point float32[width]
   */
  search(point: Float32Array, visit: (row: number, square: number) => void): void {
    const { points, width } = this;
    for (let node of this.#roots) {
      while ("direction" in node) {
        let dot = 0;
        for (let k = 0; k < width; k++) dot += node.direction[k]! * point[k]!;
        node = dot < node.threshold ? node.below : node.above;
      }
      for (const row of node.rows) {
        let square = 0;
        for (let k = 0, p = row * width; k < width; k++, p++) square += (point[k]! - points[p]!) ** 2;
        visit(row, square);
      }
    }
  }
}

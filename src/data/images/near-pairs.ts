/** Rows of a leaf. */
const leafSize = 16;

/**
 * Rows in a k-d tree: node 0 holds all, and nodes 2 n + 1 and 2 n + 2 hold the first and the second half of node n, divided at the
 * median of its widest coordinate.
 */
export interface RowTree {
  /** Rows, so that each node holds a range of them. */
  readonly order: Int32Array;
  /** Least and largest coordinates of each node, float32[nodes, 2, D]. */
  readonly boxes: Float32Array;
  /** Least weight of each node. */
  readonly least: Float64Array;
}

/**
 * Builds a tree of rows. @param points float32[N, D] @param weights float64[N]
 * @see Bentley, "Multidimensional binary search trees used for associative searching", 1975
 */
export function treeOf(points: Float32Array, dims: number, weights: Float64Array): RowTree {
  const count = weights.length;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const nodes = 2 ** (1 + Math.ceil(Math.log2(Math.max(1, count / leafSize))));
  const boxes = new Float32Array(nodes * 2 * dims);
  const least = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
  const build = (node: number, from: number, to: number): void => {
    const low = boxes.subarray(2 * node * dims, (2 * node + 1) * dims).fill(Number.POSITIVE_INFINITY);
    const high = boxes.subarray((2 * node + 1) * dims, (2 * node + 2) * dims).fill(Number.NEGATIVE_INFINITY);
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      for (let k = 0; k < dims; k++) {
        const x = points[row * dims + k]!;
        if (x < low[k]!) low[k] = x;
        if (x > high[k]!) high[k] = x;
      }
      if (weights[row]! < least[node]!) least[node] = weights[row]!;
    }
    if (to - from <= leafSize) return;
    let widest = 0;
    for (let k = 1; k < dims; k++) if (high[k]! - low[k]! > high[widest]! - low[widest]!) widest = k;
    const middle = (from + to) >> 1;
    divide(order, from, to, middle, (row) => points[row * dims + widest]!);
    build(2 * node + 1, from, middle);
    build(2 * node + 2, middle, to);
  };
  if (count > 0) build(0, 0, count);
  return { order, boxes, least };
}

/** Reorders rows so that no key before the middle is larger than one from the middle on: Hoare's selection. */
function divide(
  rows: Int32Array,
  from: number,
  to: number,
  middle: number,
  key: (row: number) => number,
): void {
  for (let [first, last] = [from, to - 1]; first < last; ) {
    const pivot = key(rows[(first + last) >> 1]!);
    let [i, j] = [first, last];
    while (i <= j) {
      while (key(rows[i]!) < pivot) i++;
      while (key(rows[j]!) > pivot) j--;
      if (i <= j) {
        const row = rows[i]!;
        rows[i++] = rows[j]!;
        rows[j--] = row;
      }
    }
    if (middle <= j) last = j;
    else if (middle >= i) first = i;
    else return;
  }
}

/**
 * Calls `visit` with the places in `tree.order` of each pair that may be near, once. Pairs of nodes whose boxes are farther apart than
 * `reach` are left out.
 * @param reach largest distance of two rows, by the least weights of their nodes
 */
export function visitNearPairs(
  { order, boxes, least }: RowTree,
  dims: number,
  reach: (a: number, b: number) => number,
  visit: (a: number, b: number) => void,
): void {
  const isApart = (a: number, b: number): boolean => {
    const most = reach(least[a]!, least[b]!);
    let square = 0;
    for (let k = 0, p = 2 * a * dims, q = 2 * b * dims; k < dims; k++, p++, q++) {
      const gap = Math.max(boxes[p]! - boxes[q + dims]!, boxes[q]! - boxes[p + dims]!);
      if (gap > 0) square += gap * gap;
    }
    return square > most * most;
  };
  const within = (node: number, from: number, to: number): void => {
    if (to - from <= leafSize) {
      for (let i = from; i < to; i++) for (let j = from; j < i; j++) visit(i, j);
      return;
    }
    const middle = (from + to) >> 1;
    within(2 * node + 1, from, middle);
    within(2 * node + 2, middle, to);
    between(2 * node + 1, from, middle, 2 * node + 2, middle, to);
  };
  const between = (a: number, fromA: number, toA: number, b: number, fromB: number, toB: number): void => {
    if (isApart(a, b)) return;
    const [sizeA, sizeB] = [toA - fromA, toB - fromB];
    if (sizeA <= leafSize && sizeB <= leafSize)
      for (let i = fromA; i < toA; i++) for (let j = fromB; j < toB; j++) visit(i, j);
    else if (sizeA >= sizeB) {
      const middle = (fromA + toA) >> 1;
      between(2 * a + 1, fromA, middle, b, fromB, toB);
      between(2 * a + 2, middle, toA, b, fromB, toB);
    } else {
      const middle = (fromB + toB) >> 1;
      between(a, fromA, toA, 2 * b + 1, fromB, middle);
      between(a, fromA, toA, 2 * b + 2, middle, toB);
    }
  };
  if (order.length > 0) within(0, 0, order.length);
}

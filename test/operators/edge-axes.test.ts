/** Reductions, movements, gathers and scatters: negative axes, axes of size 0, 0-d tensors, bounds beyond the ends. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOf } from "../../src/core/shape.js";
import { float32, int64, type Tensor } from "../../src/core/tensor.js";
import type { Builder } from "../../src/graph/builder.js";
import type { OpName, Value } from "../../src/graph/index.js";
import {
  agree,
  axis,
  broadcastable,
  distinct,
  graphOf,
  holds,
  type Numeric,
  shapes,
  values,
} from "./edge-semantics.js";

const types = fc.constantFrom<Numeric>("float32", "int32", "int64");
const small = [0, 1, -1, 2, -3, 5];
/** x of a random shape and type, small numbers. */
const anyX = (rank: number, least = 0) =>
  shapes(rank, least).chain((dims) => types.chain((dtype) => values(dtype, dims, { from: small })));

async function checked(inputs: Readonly<Record<string, Tensor>>, build: (g: Builder) => readonly Value[]) {
  expect(await agree(graphOf(inputs, build), inputs)).toBeUndefined();
}
function node(g: Builder, op: OpName, inputs: readonly Value[], attributes: object = {}): Value {
  return g.node(op, inputs, attributes as never);
}
/** Some axes of a rank, each once, from either end. */
const someAxes = (rank: number) =>
  fc
    .subarray(Array.from({ length: rank }, (_, i) => i))
    .chain((list) => fc.tuple(...list.map((a) => fc.constantFrom(a, a - rank))) as fc.Arbitrary<number[]>);

test("reductions over any axes", async () => {
  const cases = anyX(4).chain((x) =>
    fc.record({
      x: fc.constant(x),
      axes: someAxes(x.dims.length),
      keepdims: fc.boolean(),
      noop_with_empty_axes: fc.boolean(),
    }),
  );
  await holds(120, cases, async ({ x, axes, ...attributes }) => {
    const whole = x.dtype !== "float32";
    // The mean of no numbers, and the largest of no whole numbers, mean nothing.
    const none = sizeOf(x.dims) === 0;
    const ops: OpName[] = ["ReduceSum", "ReduceProd", "ReduceSumSquare", "ReduceL1"];
    if (!none) ops.push("ReduceMax", "ReduceMin");
    if (!none && !whole) ops.push("ReduceMean", "ReduceL2");
    // Of a tensor without elements onnxruntime 1.30 does not see axes that count from the end.
    const named = none ? axes.map((a) => (a < 0 ? a + x.dims.length : a)) : axes;
    await checked({ x }, (g) => ops.map((op) => node(g, op, ["x", g.ints(named)], attributes)));
  });
});

test("logarithms of sums, infinities among them", async () => {
  const cases = shapes(3, 1).chain((dims) =>
    fc.record({
      x: values(
        "float32",
        dims.map((d) => Math.max(1, d)),
        { from: [Number.NEGATIVE_INFINITY, 0, 1, -2, 50, Infinity] },
      ),
      axes: someAxes(dims.length),
      keepdims: fc.boolean(),
    }),
  );
  await holds(60, cases, ({ x, axes, keepdims }) =>
    checked({ x }, (g) => {
      const attributes = { keepdims, noop_with_empty_axes: false };
      return [
        node(g, "ReduceLogSumExp", ["x", g.ints(axes)], attributes),
        node(g, "ReduceLogSum", [g.abs("x"), g.ints(axes)], attributes),
      ];
    }),
  );
});

test("the place of the largest and the smallest, and sums on the way", async () => {
  const cases = shapes(4, 1).chain((dims) =>
    types.chain((dtype) =>
      fc.record({
        x: values(dtype, dims, { from: small }),
        at: axis(dims.length),
        keepdims: fc.boolean(),
        last: fc.boolean(),
        exclusive: fc.boolean(),
        reverse: fc.boolean(),
      }),
    ),
  );
  await holds(80, cases, ({ x, at, keepdims, last, exclusive, reverse }) =>
    checked({ x }, (g) => {
      const sums = node(g, "CumSum", ["x", g.constant(int64([], [at]))], { exclusive, reverse });
      if (sizeOf(x.dims) === 0) return [sums];
      const attributes = { axis: at, keepdims, select_last_index: last };
      // The runtime knows no places in int64.
      if (x.dtype === "int64") return [sums];
      return [sums, node(g, "ArgMax", ["x"], attributes), node(g, "ArgMin", ["x"], attributes)];
    }),
  );
});

test("softmax along any axis, infinities among the scores", async () => {
  const cases = shapes(4, 1).chain((dims) =>
    fc.record({
      x: values("float32", dims, { from: [Number.NEGATIVE_INFINITY, 0, 1, -2, 80, 1000] }),
      at: axis(dims.length),
    }),
  );
  await holds(60, cases, ({ x, at }) =>
    checked({ x }, (g) => [node(g, "Softmax", ["x"], { axis: at }), node(g, "Hardmax", ["x"], { axis: at })]),
  );
});

test("slices with bounds beyond the ends, backwards and in steps", async () => {
  const bound = fc.integer({ min: -6, max: 6 });
  const cases = anyX(4, 1).chain((x) =>
    someAxes(x.dims.length).chain((axes) => {
      const each = <T>(of: fc.Arbitrary<T>) =>
        fc.array(of, { minLength: axes.length, maxLength: axes.length });
      return fc.record({
        x: fc.constant(x),
        axes: fc.constant(axes),
        starts: each(bound),
        ends: each(fc.oneof(bound, fc.constantFrom(2 ** 31, -(2 ** 31)))),
        steps: each(fc.constantFrom(1, 2, 3, -1, -2)),
      });
    }),
  );
  await holds(150, cases, ({ x, axes, starts, ends, steps }) =>
    checked({ x }, (g) => [
      node(
        g,
        "Slice",
        ["x", starts, ends, axes, steps].map((v) => (v === "x" ? v : g.ints(v as number[]))),
      ),
    ]),
  );
});

test("shapes: reshape, flatten, squeeze, unsqueeze, transpose, expand, tile", async () => {
  const cases = anyX(4).chain((x) =>
    fc.record({
      x: fc.constant(x),
      perm: fc.shuffledSubarray(
        x.dims.map((_, i) => i),
        { minLength: x.dims.length },
      ),
      flat: fc.integer({ min: -x.dims.length, max: x.dims.length }),
      added: fc.subarray([0, -1, 1]),
      repeats: fc.array(fc.integer({ min: 0, max: 2 }), {
        minLength: x.dims.length,
        maxLength: x.dims.length,
      }),
      small: broadcastable(x.dims),
    }),
  );
  await holds(100, cases, ({ x, perm, flat, added, repeats, small }) => {
    const count = sizeOf(x.dims);
    const fit =
      x.dims.length + added.length > Math.max(0, ...added) &&
      !(added.includes(1) && x.dims.length === 0 && added.includes(-1));
    return checked({ x }, (g) => [
      ...(count === 0 ? [] : [g.reshape("x", [-1])]),
      node(g, "Flatten", ["x"], { axis: flat }),
      node(g, "Transpose", ["x"], { perm }),
      node(g, "Tile", ["x", g.ints(repeats)]),
      node(g, "Squeeze", ["x", g.ints(x.dims.flatMap((d, i) => (d === 1 ? [i - x.dims.length] : [])))]),
      node(g, "Expand", ["x", g.ints([2, ...x.dims])]),
      node(g, "Expand", ["x", g.ints(small)]),
      ...(fit &&
      new Set(added.map((a) => (a < 0 ? a + x.dims.length + added.length : a))).size === added.length
        ? [node(g, "Unsqueeze", ["x", g.ints(added)])]
        : []),
    ]);
  });
});

test("concatenations and splits, empty parts among them", async () => {
  const cases = anyX(4, 1).chain((x) =>
    axis(x.dims.length).chain((at) => fc.record({ x: fc.constant(x), at: fc.constant(at), cut: fc.nat() })),
  );
  await holds(60, cases, ({ x, at, cut }) =>
    checked({ x }, (g) => {
      const size = x.dims.at(at)!;
      const first = cut % (size + 1);
      const parts = g.nodes("Split", ["x", g.ints([first, size - first, 0])], { axis: at }, 3);
      return [...parts, node(g, "Concat", [parts[1]!, "x", parts[2]!, parts[0]!], { axis: at })];
    }),
  );
});

test("pads of all modes, negative ones among them", async () => {
  const cases = shapes(3, 1).chain((dims) => {
    const sizes = dims.map((d) => d + 1);
    return fc.record({
      x: distinct(sizes),
      pads: fc.tuple(...[...sizes, ...sizes].map((d) => fc.integer({ min: 0, max: d - 1 }))) as fc.Arbitrary<
        number[]
      >,
      cut: fc.tuple(...[...sizes, ...sizes].map((_) => fc.integer({ min: -1, max: 2 }))) as fc.Arbitrary<
        number[]
      >,
    });
  });
  await holds(80, cases, ({ x, pads, cut }) =>
    checked({ x }, (g) => {
      const modes = ["reflect", "edge", "wrap"] as const;
      const keeps = x.dims.every((d, i) => d + cut[i]! + cut[i + x.dims.length]! >= 0);
      return [
        ...modes.map((mode) => node(g, "Pad", ["x", g.ints(pads)], { mode })),
        ...(keeps ? [node(g, "Pad", ["x", g.ints(cut), g.number(7)], { mode: "constant" })] : []),
      ];
    }),
  );
});

test("gathers and scatters at places from either end", async () => {
  const place = (size: number) => fc.integer({ min: -size, max: size - 1 });
  const cases = anyX(3, 1)
    .filter((x) => sizeOf(x.dims) > 0)
    .chain((x) =>
      axis(x.dims.length).chain((at) =>
        shapes(2).chain((dims) =>
          fc.record({
            x: fc.constant(x),
            at: fc.constant(at),
            dims: fc.constant(dims),
            list: fc.array(place(x.dims.at(at)!), { minLength: sizeOf(dims), maxLength: sizeOf(dims) }),
            all: fc.array(place(x.dims.at(at)!), { minLength: sizeOf(x.dims), maxLength: sizeOf(x.dims) }),
            updates: values(x.dtype as Numeric, x.dims, { from: small }),
          }),
        ),
      ),
    );
  await holds(100, cases, ({ x, at, dims, list, all, updates }) =>
    checked({ x, updates }, (g) => {
      const indices = g.constant(int64(x.dims, all));
      const scatter = (reduction: string) =>
        node(g, "ScatterElements", ["x", indices, "updates"], { axis: at, reduction });
      // Without a reduction two updates of one place would have no order.
      return [
        node(g, "Gather", ["x", g.constant(int64(dims, list))], { axis: at }),
        node(g, "GatherElements", ["x", indices], { axis: at }),
        ...["add", "mul", "min", "max"].map(scatter),
      ];
    }),
  );
});

test("index tuples: GatherND in batches, ScatterND in blocks", async () => {
  const cases = shapes(4, 1)
    .map((dims) => dims.map((d) => Math.max(1, d)))
    .chain((dims) =>
      fc.integer({ min: 1, max: dims.length }).chain((tuple) =>
        fc
          .array(
            fc.tuple(...dims.slice(0, tuple).map((d) => fc.integer({ min: -d, max: d - 1 }))) as fc.Arbitrary<
              number[]
            >,
            {
              minLength: 0,
              maxLength: 4,
            },
          )
          .chain((rows) =>
            fc.record({
              x: values("float32", dims, { from: small }),
              u: values("float32", [rows.length, ...dims.slice(tuple)], { from: small }),
              rows: fc.constant(rows),
              tuple: fc.constant(tuple),
            }),
          ),
      ),
    );
  await holds(80, cases, ({ x, u, rows, tuple }) =>
    checked({ x, u }, (g) => {
      const indices = g.constant(int64([rows.length, tuple], rows.flat()));
      const scatters = ["add", "mul", "min", "max"].map((reduction) =>
        node(g, "ScatterND", ["x", indices, "u"], { reduction }),
      );
      return [node(g, "GatherND", ["x", indices], { batch_dims: 0 }), ...scatters];
    }),
  );
});

test("the largest k, diagonals, one-hot and places of what is not 0", async () => {
  const cases = shapes(3, 2).chain((dims) =>
    fc.record({
      x: distinct(dims),
      at: axis(dims.length),
      k: fc.nat(),
      diagonal: fc.integer({ min: -4, max: 4 }),
      classes: fc.array(fc.integer({ min: -3, max: 2 }), { maxLength: 4 }),
    }),
  );
  await holds(80, cases, ({ x, at, k, diagonal, classes }) =>
    checked({ x }, (g) => {
      // Of no rows onnxruntime 1.30 cannot take the largest: the process ends.
      const count = g.ints([sizeOf(x.dims) === 0 ? 0 : k % (x.dims.at(at)! + 1)]);
      const hot = g.constant(int64([classes.length], classes));
      const offOn = g.constant(float32([2], [-1, 2]));
      const k0 = g.constant(int64([], [diagonal]));
      return [
        ...g.nodes("TopK", ["x", count], { axis: at, largest: true, sorted: true }, 2),
        ...g.nodes("TopK", ["x", count], { axis: at, largest: false, sorted: true }, 2),
        node(g, "Trilu", ["x", k0], { upper: true }),
        node(g, "Trilu", ["x", k0], { upper: false }),
        node(g, "OneHot", [hot, g.constant(int64([], [3])), offOn], { axis: -1 }),
        node(g, "Shape", ["x"], { start: 0, end: undefined }),
        node(g, "Size", ["x"]),
      ];
    }),
  );
});

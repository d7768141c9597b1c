/** Products, convolutions and pools of random sizes, strides, pads, dilations and groups; empty batches. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { sizeOf } from "../../src/core/shape.js";
import { float32, type Tensor } from "../../src/core/tensor.js";
import type { Builder } from "../../src/graph/builder.js";
import type { OpName, Value } from "../../src/graph/index.js";
import { agree, broadcastable, graphOf, holds, shapes } from "./edge-semantics.js";

function normal(...dims: number[]): Tensor<"float32"> {
  const d = draws(7, "edges", dims.join("x"));
  return float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => d.normal()),
  );
}
async function checked(inputs: Readonly<Record<string, Tensor>>, build: (g: Builder) => readonly Value[]) {
  expect(await agree(graphOf(inputs, build), inputs)).toBeUndefined();
}
const node = (g: Builder, op: OpName, inputs: readonly Value[], attributes: object): Value =>
  g.node(op, inputs, attributes as never);
const int = (min: number, max: number) => fc.integer({ min, max });

test("matrix products: batches that broadcast, vectors, and nothing to add", async () => {
  const cases = shapes(2).chain((batch) =>
    broadcastable(batch).chain((other) =>
      fc.record({
        batch: fc.constant(batch),
        other: fc.constant(other),
        m: int(0, 3),
        k: int(0, 3),
        n: int(0, 3),
      }),
    ),
  );
  await holds(80, cases, async ({ batch, other, m, k, n }) => {
    const inputs = { a: normal(...batch, m, k), b: normal(...other, k, n), v: normal(k) };
    await checked(inputs, (g) => [
      g.matmul("a", "b"),
      // Of empty batches of vectors onnxruntime 1.30 forgets the size.
      ...(m * k * sizeOf(batch) === 0 ? [] : [g.matmul("a", "v")]),
    ]);
  });
});

test("Gemm: transposes, factors and biases that broadcast", async () => {
  const cases = fc.record({
    ...{ m: int(0, 3), k: int(0, 3), n: int(1, 3), transA: fc.boolean(), transB: fc.boolean() },
    ...{ alpha: fc.constantFrom(1, 0.5), beta: fc.constantFrom(1, 2, 0), bias: int(0, 4) },
  });
  await holds(60, cases, async ({ m, k, n, bias, beta: times, ...rest }) => {
    // With nothing to add to it, onnxruntime 1.30 forgets beta.
    const attributes = { ...rest, beta: k === 0 ? 1 : times };
    const c = [normal(), normal(n), normal(1, n), normal(m, 1), normal(m, n)][bias]!;
    const inputs = {
      a: attributes.transA ? normal(k, m) : normal(m, k),
      b: attributes.transB ? normal(n, k) : normal(k, n),
      c,
    };
    await checked(inputs, (g) => [node(g, "Gemm", ["a", "b", "c"], attributes)]);
  });
});

/** A window over 1 or 2 axes that fits into the input. */
const windows = fc.integer({ min: 1, max: 2 }).chain((axes) => {
  const each = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: axes, maxLength: axes });
  const twice = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 2 * axes, maxLength: 2 * axes });
  return fc
    .record({
      kernel_shape: each(int(1, 3)),
      strides: each(int(1, 3)),
      dilations: each(int(1, 2)),
      pads: twice(int(0, 2)),
      size: each(int(1, 7)),
    })
    .filter(({ kernel_shape, dilations, pads, size }) =>
      kernel_shape.every((k, i) => {
        const reach = (k - 1) * dilations[i]! + 1;
        return size[i]! + pads[i]! + pads[i + axes]! >= reach && pads[i]! < reach && pads[i + axes]! < reach;
      }),
    );
});

test("convolutions and their transposes", async () => {
  const cases = fc.record({
    window: windows,
    batch: int(0, 2),
    group: int(1, 2),
    into: int(1, 2),
    out: int(1, 2),
  });
  await holds(100, cases, async ({ window, batch, group, into, out }) => {
    const { size, ...attributes } = window;
    const x = normal(batch, group * into, ...size);
    const w = normal(group * out, into, ...attributes.kernel_shape);
    await checked({ x, w, b: normal(group * out) }, (g) => {
      const y = node(g, "Conv", ["x", "w", "b"], { ...attributes, group });
      // Back to where it came from; what the strides have left out is made up for.
      const reach = attributes.kernel_shape.map((k, i) => (k - 1) * attributes.dilations[i]! + 1);
      const n = size.length;
      const output_padding = size.map(
        (d, i) => (d + attributes.pads[i]! + attributes.pads[i + n]! - reach[i]!) % attributes.strides[i]!,
      );
      return [y, node(g, "ConvTranspose", [y, "w"], { ...attributes, group, output_padding })];
    });
  });
});

/**
 * onnxruntime compares the pads of a pool with its kernel, whatever its dilations; and a dilated window may have all its
 * places in the padding, whose largest value nobody defines.
 */
const pools = windows.filter(({ kernel_shape, dilations, pads }) =>
  pads.every(
    (p, i) =>
      p === 0 || (p < kernel_shape[i % kernel_shape.length]! && dilations[i % kernel_shape.length] === 1),
  ),
);

test("pools, with and without the padding and the last window", async () => {
  const cases = fc.record({
    window: pools,
    batch: int(1, 2),
    channels: int(1, 2),
    ceil_mode: fc.boolean(),
    count_include_pad: fc.boolean(),
  });
  await holds(120, cases, async ({ window, batch, channels, ceil_mode, count_include_pad }) => {
    const { size, ...attributes } = window;
    const x = normal(batch, channels, ...size);
    await checked({ x }, (g) => [
      ...g.nodes("MaxPool", ["x"], { ...attributes, ceil_mode, storage_order: 0 }, 2),
      node(g, "AveragePool", ["x"], { ...attributes, ceil_mode, count_include_pad }),
      node(g, "GlobalAveragePool", ["x"], {}),
      node(g, "GlobalMaxPool", ["x"], {}),
    ]);
  });
});

test("normalisations over any axes, rows of equal values and empty batches among them", async () => {
  const cases = fc.record({
    batch: int(0, 2),
    channels: int(1, 3),
    plane: fc.array(int(1, 3), { minLength: 1, maxLength: 2 }),
    flat: fc.boolean(),
    at: int(1, 2),
  });
  await holds(60, cases, async ({ batch, channels, plane, flat, at }) => {
    const dims = [batch, channels, ...plane];
    const x = flat ? float32(dims, new Float32Array(sizeOf(dims)).fill(2)) : normal(...dims);
    const positive = float32(
      [channels],
      Float32Array.from({ length: channels }, (_, i) => i + 0.5),
    );
    await checked(
      { x, s: normal(channels), b: normal(channels), scale: normal(...dims.slice(at)), v: positive },
      (g) => [
        node(g, "InstanceNormalization", ["x", "s", "b"], { epsilon: 1e-3 }),
        node(g, "BatchNormalization", ["x", "s", "b", "b", "v"], {
          epsilon: 1e-3,
          momentum: 0.9,
          training_mode: false,
        }),
        // onnxruntime has it for pictures only.
        ...(plane.length === 2 ? [node(g, "LRN", ["x"], { alpha: 0.1, beta: 0.75, bias: 1, size: 3 })] : []),
        ...(batch === 0 ? [] : [node(g, "LayerNormalization", ["x", "scale"], { axis: at, epsilon: 1e-3 })]),
      ],
    );
  });
});

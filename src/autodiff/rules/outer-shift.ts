import { int64 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { ConvShape } from "./conv-shape.js";
import { transposeLast } from "./linalg.js";

/** Pads the spatial axes of a [.., .., …] value with zeros. */
export function padPlane(g: Builder, x: Value, pads: readonly number[]): Value {
  const rank = pads.length / 2;
  return g.pad(x, [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)]);
}

/**
 * Combines rows of x shifted by i with columns of dy shifted by j, in one product per image over all pairs (i, j): kh +
 * kw shifted copies instead of kh * kw.
 *   dw[o, c, i, j] = sum over n, h, v of dyⱼ[n, o, h, v] * xᵢ[n, c, h, v]
 *   xᵢ[n, c, h, v] = x[n, c, stride * h + i, v] (padded),   dyⱼ[n, o, h, v] = dy[n, o, h, v - j] (zero outside)
 */
export function outerShift(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  return shape.strides[1] === 1 ? inLines(g, x, dy, shape) : inPhases(g, x, dy, shape);
}

/**
 * Column stride 1. Each plane is flattened to one line, in rows of P = width of x + max(pad left, pad right): the zeros
 * to the right of a row are those to the left of the next. A shift by columns is then a shift of the line. The shifted
 * copies of dy are one copy of [dy, zeros, dy, zeros, …], read in rows that are shorter by the shift. A plane has one
 * row more than dy, for elements that the shift moves out.
 */
function inLines(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const [n, c, heightX, widthX] = shape.x as [number, number, number, number];
  const [, o, height, width] = shape.y as [number, number, number, number];
  const [kh, kw] = shape.kernel_shape as [number, number];
  const [di, dj] = shape.dilations as [number, number];
  const si = shape.strides[0]!;
  const [top, begin, , end] = shape.pads as [number, number, number, number];
  const pitch = Math.max(widthX + Math.max(begin, end), width, (kw - 1) * dj);
  const length = (height + 1) * pitch;
  const rows = Array.from({ length: kh * (height + 1) }, (_, k) => {
    const [i, h] = [Math.floor(k / (height + 1)), k % (height + 1)];
    return i * di + h * si;
  });
  const below = Math.max(0, rows.at(-1)! + 1 - top - heightX);
  const padded = padPlane(g, x, [top, begin, below, pitch - begin - widthX]);
  // [N, C, kh, H + 1, P]: each copied row is contiguous.
  const shiftedX = g.gather(padded, g.constant(int64([kh, height + 1], rows)), 2);
  const right = g.reshape(shiftedX, [n, c * kh, length]);
  const line = g.reshape(padPlane(g, dy, [0, 0, 0, pitch - width]), [n, o, height * pitch]);
  const zeros = (size: number): Value[] => (size > 0 ? [g.expand(g.number(0, dy), [n, o, size])] : []);
  const parts = Array.from({ length: kw }, (_, j) => [
    line,
    ...zeros(j < kw - 1 ? pitch + dj : pitch + dj - kw * dj),
  ]).flat();
  const left = g.reshape(parts.length > 1 ? g.concat(parts, 2) : line, [n, o * kw, length]);
  const perImage = g.matmul(left, transposeLast(g, right));
  const sum = n === 1 ? perImage : g.reduceSum(perImage, { axes: [0] });
  return g.transpose(g.reshape(sum, [o, kw, c, kh]), [0, 2, 3, 1]);
}

/**
 * A column stride s splits the columns of x into s phases. Phase r has the columns s * v + r of x and the columns j = s
 * * q + r of the kernel, for which dy is shifted by q. Each phase is a separate product.
 */
function inPhases(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, dilations, strides } = shape;
  const [n, c] = shape.x as [number, number];
  const [, o, height, width] = shape.y as [number, number, number, number];
  const [kh, kw] = kernel_shape as [number, number];
  const [di, dj] = dilations as [number, number];
  const [si, sj] = strides as [number, number];
  const rowOf = Array.from(
    { length: kh * height },
    (_, k) => Math.floor(k / height) * di + (k % height) * si,
  );
  const rows = g.constant(int64([kh, height], rowOf));
  const wide = width + Math.floor(((kw - 1) * dj) / sj);
  const phases = columnPhases(g, x, shape, wide);
  const order: number[] = [];
  const products = phases.flatMap((phase, r) => {
    const columns = Array.from({ length: kw }, (_, j) => j).filter((j) => (j * dj) % sj === r);
    if (columns.length === 0) return [];
    order.push(...columns);
    // [N, C, kh, H, wide]: each copied row is contiguous.
    const shiftedX = g.reshape(g.gather(phase, rows, 2), [n, c * kh, height * wide]);
    const shiftedY = columns.map((j) => {
      const q = Math.floor((j * dj) / sj);
      return g.pad(dy, [0, 0, 0, q, 0, 0, 0, wide - width - q]);
    });
    const left = g.reshape(g.concat(shiftedY, 1), [n, columns.length * o, height * wide]);
    const perImage = g.matmul(left, transposeLast(g, shiftedX));
    const sum = n === 1 ? perImage : g.reduceSum(perImage, { axes: [0] });
    return [g.reshape(sum, [columns.length, o, c, kh])];
  });
  const all = g.concat(products, 0);
  const sorted = order.every((j, i) => j === i)
    ? all
    : g.gather(all, g.ints(order.map((_, j) => order.indexOf(j))), 0);
  // [kw, O, C, kh] -> [O, C, kh, kw]
  return g.transpose(sorted, [1, 2, 3, 0]);
}

/**
 * Returns the padded x in its s column phases: phase r has the columns s * v + r for v < wide, zero beyond the pads.
 */
function columnPhases(g: Builder, x: Value, { x: dims, pads, strides }: ConvShape, wide: number): Value[] {
  const [n, c, height, width] = dims as [number, number, number, number];
  const [top, begin, bottom, end] = pads as [number, number, number, number];
  const s = strides[1]!;
  // Cuts columns beyond the windows, and fills missing ones, so that every phase has the same width.
  const rest = wide * s - (begin + width + end);
  const padded = padPlane(g, x, [top, begin, bottom, end + Math.max(rest, 0)]);
  const whole = rest < 0 ? g.slice(padded, { starts: [0], ends: [wide * s], axes: [3] }) : padded;
  const rows = height + top + bottom;
  const apart = g.transpose(g.reshape(whole, [n, c, rows, wide, s]), [4, 0, 1, 2, 3]);
  return Array.from({ length: s }, (_, r) =>
    g.reshape(g.slice(apart, { starts: [r], ends: [r + 1], axes: [0] }), [n, c, rows, wide]),
  );
}

import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { ConvShape } from "./conv-shape.js";

/** The phase p = s q + a of one axis: kernel elements first, first + s, …, over a padded dy. */
interface Phase {
  readonly first: number;
  readonly taps: number;
  readonly padBegin: number;
  readonly padEnd: number;
}

/**
 * The phases of each spatial axis, a = 0 … s - 1. With k0 = (a + pad) mod s, n kernel elements and
 * c = (a + pad - k0) / s:
 *
 * dx[s q + a] = Σ_j w[k0 + s j] dy[q + c - j], j = 0 … n - 1: a convolution of stride 1 whose dy begins n - 1 - c earlier.
 *
 * @returns undefined where dy would have to be cut, a phase would be longer than another, or there is one axis only
 */
function phasesOf({
  x,
  y,
  kernel_shape,
  strides,
  dilations,
  pads,
}: ConvShape): readonly Phase[][] | undefined {
  if (kernel_shape.length !== 2 || dilations.some((d) => d !== 1)) return undefined;
  const axes = kernel_shape.map((k, axis) => {
    const [s, pad, length, from] = [strides[axis]!, pads[axis]!, x[axis + 2]! / strides[axis]!, y[axis + 2]!];
    return Array.from({ length: s }, (_, a): Phase => {
      const first = (a + pad) % s;
      const taps = first < k ? Math.ceil((k - first) / s) : 0;
      const padBegin = taps - 1 - (a + pad - first) / s;
      return { first, taps, padBegin, padEnd: length - from - padBegin + taps - 1 };
    });
  });
  const whole = kernel_shape.every((_, axis) => x[axis + 2]! % strides[axis]! === 0);
  const padded = axes.flat().every((p) => p.taps === 0 || (p.padBegin >= 0 && p.padEnd >= 0));
  return whole && padded ? axes : undefined;
}

/** True if {@link inPhases} can be used. */
export const hasPhases = (shape: ConvShape): boolean => phasesOf(shape) !== undefined;

/**
 * dx of a strided convolution, phase by phase: s² small convolutions of dy with every s-th kernel element, interleaved.
 * Nothing is multiplied by zero, and each is an ordinary convolution. ConvTranspose takes twice the time for its
 * product and then adds overlaps.
 */
export function inPhases(g: Builder, w: Value, dy: Value, shape: ConvShape): Value {
  const [rows, columns] = phasesOf(shape) as [Phase[], Phase[]];
  const [n, c, height, width] = shape.x as [number, number, number, number];
  const [q, r] = [height / rows.length, width / columns.length];
  // One transpose for all phases; with groups each phase transposes its own kernel.
  const kernels = shape.group === 1 ? g.transpose(w, [1, 0, 2, 3]) : w;
  const pieces = rows.flatMap((row) =>
    columns.map((column) =>
      row.taps * column.taps === 0
        ? g.expand(g.number(0), [n, c, q, r])
        : g.conv(dy, kernelOf(g, kernels, row, column, shape), "", {
            pads: [row.padBegin, column.padBegin, row.padEnd, column.padEnd],
            group: shape.group,
          }),
    ),
  );
  const stacked = g.reshape(g.concat(pieces, 1), [n, rows.length, columns.length, c, q, r]);
  return g.reshape(g.transpose(stacked, [0, 3, 4, 1, 5, 2]), [n, c, height, width]);
}

/**
 * Every s-th element, last first: [C, O / group, rows, columns].
 * @param w [C, O, …] for one group, [O, C / group, …] for several
 */
function kernelOf(g: Builder, w: Value, row: Phase, column: Phase, { strides, group }: ConvShape): Value {
  const [o, c] = g.dims(w) as [number, number];
  // Only if there is something to remove or to flip.
  const axes = [row, column]
    .map((phase, i) => ({ ...phase, axis: i + 2, stride: strides[i]!, size: g.dims(w)[i + 2]! }))
    .filter(({ size }) => size > 1);
  const cut = {
    starts: axes.map(({ first, taps, stride }) => first + (taps - 1) * stride),
    // Before the first element: any end below -size.
    ends: axes.map(({ first, size }) => (first === 0 ? -size - 1 : first - 1)),
    axes: axes.map(({ axis }) => axis),
    steps: axes.map(({ stride }) => -stride),
  };
  const part = axes.length === 0 ? w : g.slice(w, cut);
  if (group === 1 || (o === group && c === 1)) return part;
  const kernel = [row.taps, column.taps];
  const split = g.transpose(g.reshape(part, [group, o / group, c, ...kernel]), [0, 2, 1, 3, 4]);
  return g.reshape(split, [group * c, o / group, ...kernel]);
}

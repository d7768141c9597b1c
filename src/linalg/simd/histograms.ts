import { openSimd } from "./open-simd.js";
import { code, double, integer, type WasmFunction } from "./wasm.js";

/** Sizes of {@link openHistograms}. */
export interface HistogramSizes {
  /** Number of rows. */
  readonly count: number;
  /** Place of each feature's first bin in a histogram; the last element is the number of all bins. */
  readonly offsets: Int32Array;
  /** Number of histograms that are kept at once. */
  readonly slots: number;
}

/**
 * Histograms of gradients over binned features, as trees need them: for each bin the sums of gradients and hessians, and the
 * number of rows.
 *
 * Gradients and hessians are rounded to integers of 2^−k, with 30 bits or as many as the sums allow. Sums of integers are exact,
 * so neither the order of the rows nor SIMD changes a result, and a sibling's histogram is the exact difference.
 * @see Shi et al., "Quantized Training of Gradient Boosting Decision Trees", 2022: much fewer bits give the same accuracy
 */
export interface Histograms {
  /** Bin of each feature in each row, uint8[count, dims]. The caller fills it. */
  readonly x: Uint8Array;
  /** Numbers of rows, uint32[count]. The caller orders them. */
  readonly rows: Uint32Array;
  /** Sets gradient and hessian (at least 0) of each row, float32[count]. */
  setDerivatives(gradient: Float32Array, hessian: Float32Array): void;
  /** Histogram `slot` := sums over `rows[from]` to `rows[to - 1]`. */
  fill(slot: number, from: number, to: number): void;
  /** Histogram `slot` := `slot` − `other`. */
  subtract(slot: number, other: number): void;
  /** Returns histogram `slot`, float64[bins, 3]: gradients, hessians, rows. The next call overwrites it. */
  read(slot: number): Float64Array;
}

/** Opens histograms of zeros, with SIMD if there is any. */
export function openHistograms(sizes: HistogramSizes): Histograms {
  return lanes(sizes) ?? plainHistograms(sizes);
}

/**
 * Bits of the integers. With n < 2^b rows, sums of gradients have less than 52 bits, so float64 holds them exactly. Sums of
 * hessians have less than 40 bits: with SIMD, they share 64 bits with the number of rows.
 */
const bitsOf = (count: number) => {
  const rows = Math.ceil(Math.log2(count + 1));
  return { gradient: Math.min(30, 52 - rows), hessian: Math.max(0, Math.min(30, 40 - rows)) };
};
const [hessianBits, rowBits] = [40, 24] as const;
/** One row, in the upper half of the second integer. */
const oneRow = 2 ** (hessianBits - 32);

/** Returns the largest power of two that leaves all products with the values below 2^bits. */
function scaleOf(values: Float32Array, bits: number): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most > 0 ? 2 ** (bits - 1 - Math.floor(Math.log2(most))) : 1;
}

/** The same in JavaScript. */
export function plainHistograms({ count, offsets, slots }: HistogramSizes): Histograms {
  const dims = offsets.length - 1;
  const bits = bitsOf(count);
  const length = 3 * offsets[dims]!;
  const x = new Uint8Array(count * dims);
  const rows = new Uint32Array(count);
  const sums = Array.from({ length: slots }, () => new Float64Array(length));
  const derivatives = new Float64Array(2 * count);
  const into = new Float64Array(length);
  const scales = { gradient: 1, hessian: 1 };
  return {
    x,
    rows,
    setDerivatives(gradient, hessian) {
      scales.gradient = scaleOf(gradient, bits.gradient);
      scales.hessian = scaleOf(hessian, bits.hessian);
      for (let i = 0; i < count; i++) {
        derivatives[2 * i] = Math.round(gradient[i]! * scales.gradient);
        derivatives[2 * i + 1] = Math.round(hessian[i]! * scales.hessian);
      }
    },
    fill(slot, from, to) {
      const out = sums[slot]!.fill(0);
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        const [gradient, hessian] = [derivatives[2 * row]!, derivatives[2 * row + 1]!];
        for (let d = 0; d < dims; d++) {
          const at = 3 * (offsets[d]! + x[row * dims + d]!);
          out[at]! += gradient;
          out[at + 1]! += hessian;
          out[at + 2]! += 1;
        }
      }
    },
    subtract(slot, other) {
      const [a, b] = [sums[slot]!, sums[other]!];
      for (let i = 0; i < length; i++) a[i]! -= b[i]!;
    },
    read(slot) {
      const from = sums[slot]!;
      for (let i = 0; i < length; i += 3) {
        into[i] = from[i]! / scales.gradient;
        into[i + 1] = from[i + 1]! / scales.hessian;
        into[i + 2] = from[i + 2]!;
      }
      return into;
    },
  };
}

/**
 * The same with SIMD. A row is two integers of 64 bits, and so is a bin: the gradient, and the hessian with 2^40 for each row. So
 * one addition adds a row to a bin.
 */
function lanes({ count, offsets, slots }: HistogramSizes): Histograms | undefined {
  const dims = offsets.length - 1;
  if (count === 0 || count >= 2 ** rowBits) return undefined;
  const bins = offsets[dims]!;
  // Memory: records of the rows, histograms, the histogram that was read, its scales, numbers of the rows, bins.
  const firstSlot = 16 * count;
  const firstSum = firstSlot + 16 * bins * slots;
  const scale = firstSum + 24 * bins;
  const firstRow = scale + 16;
  const firstBin = firstRow + 4 * count;
  const opened = openSimd(firstBin + count * dims, [
    fillFunction(offsets),
    subtractFunction(),
    readFunction(),
  ]);
  if (!opened) return undefined;
  const { memory, exports } = opened;
  const bits = bitsOf(count);
  const records = new Int32Array(memory, 0, 4 * count);
  const slotAt = (slot: number): number => firstSlot + 16 * bins * slot;
  const histograms = Array.from({ length: slots }, (_, i) => new Int32Array(memory, slotAt(i), 4 * bins));
  const sums = new Float64Array(memory, firstSum, 3 * bins);
  // 1 / scale of gradients and hessians.
  const units = new Float64Array(memory, scale, 2);
  return {
    x: new Uint8Array(memory, firstBin, count * dims),
    rows: new Uint32Array(memory, firstRow, count),
    setDerivatives(gradient, hessian) {
      const [g, h] = [scaleOf(gradient, bits.gradient), scaleOf(hessian, bits.hessian)];
      units.set([1 / g, 1 / h]);
      for (let i = 0; i < count; i++) {
        const rounded = Math.round(gradient[i]! * g);
        records[4 * i] = rounded;
        records[4 * i + 1] = rounded >> 31;
        records[4 * i + 2] = Math.round(hessian[i]! * h);
        records[4 * i + 3] = oneRow;
      }
    },
    fill(slot, from, to) {
      histograms[slot]!.fill(0);
      if (from < to) exports.fill!(slotAt(slot), 0, firstBin, firstRow + 4 * from, firstRow + 4 * to, dims);
    },
    subtract(slot, other) {
      exports.subtract!(slotAt(slot), slotAt(other), slotAt(slot + 1));
    },
    read(slot) {
      exports.read!(slotAt(slot), slotAt(slot + 1), firstSum, scale);
      return sums;
    },
  };
}

const { storeDouble, multiplyDouble, loadDouble } = double;
const { loadLong, shiftLong, shiftLongRight, longToDouble } = integer;
const { get, set, add, shift, less, constant, repeat, load4 } = code;
const { load, loadByte, multiply, tee, load4At, store4At, addLongs, subtractLongs } = integer;

/**
 * fill(slot, records, x, row, end, dims): adds the record of each row to one bin of each feature. The loop over the features is
 * written out, so the place of a feature's bins is a constant.
 */
function fillFunction(offsets: Int32Array): WasmFunction {
  const [slot, records, x, row, end, dims, index, cells, bin] = Array.from({ length: 9 }, (_, i) => i);
  const record = 9;
  const features = Array.from(offsets.subarray(0, -1), (offset, d) => [
    ...tee(bin!, add(shift(loadByte(get(cells!), d), 4), get(slot!))),
    ...store4At([], 16 * offset, addLongs(load4At(get(bin!), 16 * offset), get(record))),
  ]);
  return {
    name: "fill",
    parameters: 6,
    integers: 3,
    vectors: 1,
    body: [
      repeat(
        [
          set(index!, load(get(row!))),
          set(record, load4(add(get(records!), shift(get(index!), 4)))),
          set(cells!, add(get(x!), multiply(get(index!), get(dims!)))),
          ...features,
          set(row!, add(get(row!), constant(4))),
        ],
        less(get(row!), get(end!)),
      ),
    ],
  };
}

/** subtract(slot, other, end): slot − other, two integers at once. `end` is the end of slot. */
function subtractFunction(): WasmFunction {
  const [slot, other, end] = [0, 1, 2];
  return {
    name: "subtract",
    parameters: 3,
    integers: 0,
    vectors: 0,
    body: [
      repeat(
        [
          store4At(get(slot), 0, subtractLongs(load4(get(slot)), load4(get(other)))),
          set(slot, add(get(slot), constant(16))),
          set(other, add(get(other), constant(16))),
        ],
        less(get(slot), get(end)),
      ),
    ],
  };
}

/** read(slot, end, out, units): each bin as three float64. `end` is the end of slot, `units` are 1 / scale. */
function readFunction(): WasmFunction {
  const [slot, end, out, units] = [0, 1, 2, 3];
  const gradient = longToDouble(loadLong(get(slot), 0));
  const both = loadLong(get(slot), 8);
  const hessian = longToDouble(shiftLongRight(shiftLong(both, rowBits), rowBits));
  const rows = longToDouble(shiftLongRight(both, hessianBits));
  return {
    name: "read",
    parameters: 4,
    integers: 0,
    vectors: 0,
    body: [
      repeat(
        [
          storeDouble(get(out), multiplyDouble(gradient, loadDouble(get(units)))),
          storeDouble(
            add(get(out), constant(8)),
            multiplyDouble(hessian, loadDouble(add(get(units), constant(8)))),
          ),
          storeDouble(add(get(out), constant(16)), rows),
          set(out, add(get(out), constant(24))),
          set(slot, add(get(slot), constant(16))),
        ],
        less(get(slot), get(end)),
      ),
    ],
  };
}

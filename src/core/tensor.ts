import { arrayOf, type DataOf, type DType } from "./dtype.js";
import { EngraftError } from "./errors.js";
import { formatShape, sizeOf } from "./shape.js";

/** Numbers with a shape, row-major. Tensors are values: never change the data of one that you received. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly dims: readonly number[];
  readonly data: DataOf[D];
  /** True for a number of the model's program (a Constant node): it is never trained. */
  readonly constant?: true;
}

/**
 * Creates a tensor from data of the right array type.
 * @throws ShapeError if the element count is not the product of `dims`
 */
export function tensor<D extends DType>(dtype: D, dims: readonly number[], data: DataOf[D]): Tensor<D> {
  if (data.length !== sizeOf(dims)) {
    throw new EngraftError(
      "ShapeError",
      `${dtype}${formatShape(dims)} needs ${sizeOf(dims)} elements, got ${data.length}`,
    );
  }
  return { dtype, dims, data };
}

/** Creates a float32 tensor from numbers. @example float32([2, 2], [1, 2, 3, 4]) */
export function float32(dims: readonly number[], values: ArrayLike<number>): Tensor<"float32"> {
  return tensor("float32", dims, values instanceof Float32Array ? values : Float32Array.from(values));
}

/** Creates an int64 tensor from numbers (stored as BigInt). @example int64([2], [0, -1]) */
export function int64(dims: readonly number[], values: ArrayLike<number | bigint>): Tensor<"int64"> {
  return tensor("int64", dims, BigInt64Array.from(Array.from(values, (v) => BigInt(v))));
}

/** A 0-d float32. */
export function scalar(value: number): Tensor<"float32"> {
  return float32([], [value]);
}

/** All zeros. */
export function zeros<D extends Exclude<DType, "string">>(dtype: D, dims: readonly number[]): Tensor<D> {
  return { dtype, dims, data: new (arrayOf(dtype))(sizeOf(dims)) as unknown as DataOf[D] };
}

/** Returns the elements as numbers (BigInt included; 16-bit floats decoded). @throws ShapeError for strings */
export function toNumbers(t: Tensor): number[] {
  if (t.dtype === "string") throw new EngraftError("ShapeError", "a string tensor has no numbers");
  if (t.dtype === "float16") return Array.from(t.data as Uint16Array, decodeFloat16);
  if (t.dtype === "bfloat16") return Array.from(t.data as Uint16Array, decodeBfloat16);
  return Array.from(t.data as ArrayLike<number | bigint>, Number);
}

/** Converts between numeric types. Float to integer truncates toward zero; to bool is "not zero". */
export function castTensor<D extends Exclude<DType, "string">>(t: Tensor, dtype: D): Tensor<D> {
  if (t.dtype === (dtype as DType)) return t as unknown as Tensor<D>;
  const from =
    t.dtype === "float16" || t.dtype === "bfloat16" ? toNumbers(t) : (t.data as ArrayLike<number | bigint>);
  const to = new (arrayOf(dtype))(from.length);
  for (let i = 0; i < from.length; i++) {
    const v = from[i]!;
    if (dtype === "int64" || dtype === "uint64")
      (to as BigInt64Array)[i] = typeof v === "bigint" ? v : BigInt(Math.trunc(v));
    else if (dtype === "bool") (to as Uint8Array)[i] = Number(v) !== 0 ? 1 : 0;
    else if (dtype === "float16") (to as Uint16Array)[i] = encodeFloat16(Number(v));
    else if (dtype === "bfloat16") (to as Uint16Array)[i] = encodeBfloat16(Number(v));
    else (to as Float32Array)[i] = Number(v);
  }
  return { dtype, dims: t.dims, data: to as unknown as DataOf[D] };
}

const scratch = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16 bits to a number. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A number to binary16 bits, rounded to nearest, ties to even; too large becomes infinity. */
export function encodeFloat16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal: a multiple of 2^-24. Math.round ties up, so ties to even is done by hand.
    const scaled = Math.abs(value) * 2 ** 24;
    const floor = Math.floor(scaled);
    const rest = scaled - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** bfloat16 bits to a number: the upper half of a float32. */
export function decodeBfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** A number to bfloat16 bits, rounded to nearest, ties to even. */
function encodeBfloat16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  if (Number.isNaN(value)) return 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

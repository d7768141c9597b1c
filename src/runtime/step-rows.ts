import { arrayOf, type TensorData } from "../core/dtype.js";
import { invariant } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";

/** Returns step k of [K, …] as a view. */
export function rowOf({ dtype, dims, data }: Tensor, k: number): Tensor {
  invariant(dtype !== "string", "texts are not fed to a training graph");
  const [count, ...rest] = dims as [number, ...number[]];
  const size = data.length / count;
  const row = (data as Float32Array).subarray(k * size, (k + 1) * size);
  return { dtype, dims: rest, data: row as unknown as TensorData } as Tensor;
}

/** Returns tensors of one type as [K, …]. */
export function stackRows(rows: readonly Tensor[]): Tensor {
  const { dtype, dims, data } = rows[0]!;
  const all = new (arrayOf(dtype as "float32"))(data.length * rows.length);
  rows.forEach((row, k) => {
    all.set(row.data as Float32Array, k * data.length);
  });
  return { dtype, dims: [rows.length, ...dims], data: all } as Tensor;
}

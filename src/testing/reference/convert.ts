import type { DType } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { castTensor, type Tensor, tensor, toNumbers } from "../../core/tensor.js";
import type { RefTensor } from "./reference.js";

/** Converts a tensor for the reference interpreter. @throws OperatorError for strings */
export function toRef(t: Tensor): RefTensor {
  if (t.dtype === "string")
    throw new EngraftError(
      "OperatorError",
      "the reference interpreter computes with numbers, not with strings",
      { help: "interpret a part of the graph without string tensors" },
    );
  const data =
    t.dtype === "float64" || t.dtype === "float32"
      ? Float64Array.from(t.data as Float32Array | Float64Array)
      : Float64Array.from(toNumbers(t));
  return { dtype: t.dtype, dims: t.dims, data };
}

/** Converts a reference tensor to an ordinary one, rounded to its type or another. */
export function fromRef<D extends Exclude<DType, "string">>(ref: RefTensor, dtype: D): Tensor<D>;
export function fromRef(ref: RefTensor): Tensor;
export function fromRef(ref: RefTensor, dtype?: DType): Tensor {
  return castTensor(tensor("float64", ref.dims, ref.data), (dtype ?? ref.dtype) as Exclude<DType, "string">);
}

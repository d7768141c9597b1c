import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import { arrayOf, type DType, type TensorData } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import type { Dim } from "../core/shape.js";
import { type Tensor, tensor } from "../core/tensor.js";
import type { Port } from "./runtime.js";

/** The part of an onnxruntime package that is used: the same in Node and on wasm. */
export interface OrtModule {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/**
 * Runs a session once: feeds by input, and the requested outputs, each optionally with memory for it, as the runtime's
 * own tensors.
 */
export type RunOnce = (
  feeds: Readonly<Record<string, OrtTensor>>,
  fetches: readonly string[] | Readonly<Record<string, OrtTensor | null>>,
) => Promise<InferenceSession.ReturnType>;

type HalfArray = new (buffer: ArrayBufferLike, offset: number, length: number) => unknown;

/** Returns our tensor as onnxruntime's, without a copy if the data is aligned. */
export function toOrt(ort: OrtModule, value: Tensor): OrtTensor {
  if (value.dtype === "bfloat16") {
    throw new EngraftError("ShapeError", "onnxruntime's JavaScript cannot be fed bfloat16", {
      help: "cast the tensor to float32",
    });
  }
  if (value.dtype === "string")
    return new ort.Tensor("string", [...(value.data as readonly string[])], value.dims);
  const data = aligned(value);
  // If the engine has Float16Array, onnxruntime requires it; both hold the same bits.
  const Half = (globalThis as { Float16Array?: HalfArray }).Float16Array;
  const given =
    value.dtype === "float16" && Half ? new Half(data.buffer, data.byteOffset, data.length) : data;
  return new ort.Tensor(value.dtype as "float32", given as Float32Array, value.dims);
}

/** Copies a view that does not start at a multiple of 64 bytes: otherwise vectorised reductions change bits. */
function aligned(value: Tensor): Float32Array {
  const data = value.data as Float32Array;
  return data.byteOffset % 64 === 0 ? data : (copyOf(value).data as Float32Array);
}

/** Returns onnxruntime's tensor as ours, without a copy. */
export function fromOrt(value: OrtTensor): Tensor {
  const dtype = value.type as DType;
  if (dtype === "string") return { dtype, dims: value.dims, data: value.data as string[] };
  const data = value.data as unknown as Uint16Array;
  if (dtype === "float16" && !(data instanceof Uint16Array)) {
    const half = data as Uint16Array;
    return { dtype, dims: value.dims, data: new Uint16Array(half.buffer, half.byteOffset, half.length) };
  }
  return { dtype, dims: value.dims, data };
}

/** Returns type and dimensions of a tensor without its data, which may be on a device. */
export function typed({ type, dims }: OrtTensor): Pick<Tensor, "dtype" | "dims"> {
  return { dtype: type as DType, dims };
}

/** True for a tensor in a device's memory. */
export const onDevice = ({ location }: OrtTensor): boolean => location === "gpu-buffer";

/** Frees tensors on a device; the garbage collector frees the rest. */
export function freeOrt(values: Iterable<OrtTensor>): void {
  for (const value of values) if (onDevice(value)) value.dispose();
}

export function pick(
  results: Readonly<Record<string, OrtTensor>>,
  names: readonly string[],
): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, fromOrt(results[name]!)]));
}

/** Returns the same data in a buffer of its own. */
export function copyOf(value: Tensor): Tensor {
  if (value.dtype === "string") return { ...value, data: [...(value.data as readonly string[])] };
  // Not slice(): a Buffer's slice shares its memory.
  const Own = arrayOf(value.dtype) as new (from: unknown) => Exclude<TensorData, readonly string[]>;
  return tensor(value.dtype, value.dims, new Own(value.data));
}

/** @throws ModelError for an input or output that is not a tensor */
export function portsOf(metadata: readonly InferenceSession.ValueMetadata[], label: string): Port[] {
  return metadata.map((m) => {
    if (!m.isTensor) {
      throw new EngraftError(
        "ModelError",
        `${label}: "${m.name}" is a sequence, map or optional value, not a tensor`,
        { help: "export the model with tensors as its inputs and outputs" },
      );
    }
    // An unnamed free size is "".
    const shape: Dim[] = m.shape.map((d) => (d === "" || d === -1 ? null : d));
    return { name: m.name, type: { dtype: m.type as DType, shape } };
  });
}

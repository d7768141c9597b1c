import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import { arrayOf, type DType, type TensorData } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import type { Dim } from "../core/shape.js";
import { type Tensor, tensor } from "../core/tensor.js";
import type { Port } from "./runtime.js";

/** What is used of an onnxruntime package: the same in Node and on wasm. */
export interface OrtModule {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** One run of a session: feeds by input, and the outputs wanted, perhaps each with memory for it: the runtime's own tensors. */
export type RunOnce = (
  feeds: Readonly<Record<string, OrtTensor>>,
  fetches: readonly string[] | Readonly<Record<string, OrtTensor | null>>,
) => Promise<InferenceSession.ReturnType>;

type HalfArray = new (buffer: ArrayBufferLike, offset: number, length: number) => unknown;

/** Our tensor as onnxruntime's, without a copy where the data is aligned. */
export function toOrt(ort: OrtModule, value: Tensor): OrtTensor {
  if (value.dtype === "bfloat16") {
    throw new EngraftError("ShapeError", "onnxruntime's JavaScript cannot be fed bfloat16", {
      help: "cast the tensor to float32",
    });
  }
  if (value.dtype === "string")
    return new ort.Tensor("string", [...(value.data as readonly string[])], value.dims);
  const data = aligned(value);
  // Where the engine has Float16Array, onnxruntime wants that; both hold the same bits.
  const Half = (globalThis as { Float16Array?: HalfArray }).Float16Array;
  const given =
    value.dtype === "float16" && Half ? new Half(data.buffer, data.byteOffset, data.length) : data;
  return new ort.Tensor(value.dtype as "float32", given as Float32Array, value.dims);
}

/** A view that does not start at a multiple of 64 bytes is copied: vectorised reductions change bits otherwise. */
function aligned(value: Tensor): Float32Array {
  const data = value.data as Float32Array;
  return data.byteOffset % 64 === 0 ? data : (copyOf(value).data as Float32Array);
}

/** onnxruntime's tensor as ours, without a copy. */
function fromOrt(value: OrtTensor): Tensor {
  const dtype = value.type as DType;
  if (dtype === "string") return { dtype, dims: value.dims, data: value.data as string[] };
  const data = value.data as unknown as Uint16Array;
  if (dtype === "float16" && !(data instanceof Uint16Array)) {
    const half = data as Uint16Array;
    return { dtype, dims: value.dims, data: new Uint16Array(half.buffer, half.byteOffset, half.length) };
  }
  return { dtype, dims: value.dims, data };
}

/** What a tensor is, without its numbers: those may lie on a device. */
export function typed({ type, dims }: OrtTensor): Pick<Tensor, "dtype" | "dims"> {
  return { dtype: type as DType, dims };
}

/** A copy of a tensor's numbers, wherever they lie. */
export async function readOrt(value: OrtTensor): Promise<Tensor> {
  if (value.location !== "gpu-buffer") return copyOf(fromOrt(value));
  const data = (await value.getData()) as Float32Array;
  return copyOf(fromOrt({ type: value.type, dims: value.dims, data } as unknown as OrtTensor));
}

/** Free what lies on a device; the rest is the garbage collector's. */
export function freeOrt(values: Iterable<OrtTensor>): void {
  for (const value of values) if (value.location === "gpu-buffer") value.dispose();
}

export function pick(
  results: Readonly<Record<string, OrtTensor>>,
  names: readonly string[],
): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, fromOrt(results[name]!)]));
}

/** The same numbers in a buffer of their own. */
export function copyOf(value: Tensor): Tensor {
  if (value.dtype === "string") return { ...value, data: [...(value.data as readonly string[])] };
  // Not slice(): that of a Buffer shares its memory.
  const Own = arrayOf(value.dtype) as new (from: unknown) => Exclude<TensorData, readonly string[]>;
  return tensor(value.dtype, value.dims, new Own(value.data));
}

/** @throws ModelError for an input or output that is not a tensor. */
export function portsOf(metadata: readonly InferenceSession.ValueMetadata[], label: string): Port[] {
  return metadata.map((m) => {
    if (!m.isTensor) {
      throw new EngraftError(
        "ModelError",
        `${label}: "${m.name}" is a sequence, map or optional value, not a tensor`,
        { help: "export the model with tensors as its inputs and outputs" },
      );
    }
    // An unnamed free size comes as "".
    const shape: Dim[] = m.shape.map((d) => (d === "" || d === -1 ? null : d));
    return { name: m.name, type: { dtype: m.type as DType, shape } };
  });
}

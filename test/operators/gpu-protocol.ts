// Tensors and calls as the test and the tab exchange them.
import { arrayOf, type DType } from "../../src/core/dtype.js";
import { type Tensor, tensor } from "../../src/core/tensor.js";

export interface Call {
  readonly method:
    | "hello"
    | "session"
    | "training"
    | "evaluator"
    | "sharing"
    | "run"
    | "steps"
    | "undo"
    | "readState"
    | "writeState"
    | "dispose"
    | "traffic";
  readonly on?: number;
  readonly model?: string;
  readonly tensors?: PackedTensors;
  /** What a training session is given and does not change. */
  readonly frozen?: PackedTensors;
  readonly fetches?: readonly string[];
  readonly count?: number;
  readonly options?: unknown;
}
interface Packed {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Bytes in base64, or strings. */
  readonly data: string | readonly string[];
}
export type PackedTensors = Readonly<Record<string, Packed>>;

export function encodeAll(tensors: Readonly<Record<string, Tensor>>): PackedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, encode(t)]));
}
export function decodeAll(packed: PackedTensors): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(packed).map(([name, p]) => [name, decode(p)]));
}

function encode({ dtype, dims, data }: Tensor): Packed {
  if (dtype === "string") return { dtype, dims, data: [...(data as readonly string[])] };
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  let text = "";
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) text += String.fromCharCode(byte);
  return { dtype, dims, data: btoa(text) };
}
function decode({ dtype, dims, data }: Packed): Tensor {
  if (dtype === "string") return tensor("string", dims, [...data]);
  const bytes = Uint8Array.from(atob(data as string), (c) => c.charCodeAt(0));
  const Own = arrayOf(dtype) as new (buffer: ArrayBuffer) => Float32Array;
  return tensor(dtype as "float32", dims, new Own(bytes.buffer));
}

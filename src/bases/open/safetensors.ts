import { arrayOf, bytesPerElement, type DType } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { tensorHeaderLimit } from "../../core/file-limits.js";
import { parseJson } from "../../core/parse-json.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";

const names = {
  F32: "float32",
  F64: "float64",
  F16: "float16",
  BF16: "bfloat16",
  I8: "int8",
  I16: "int16",
  I32: "int32",
  I64: "int64",
  U8: "uint8",
  U16: "uint16",
  U32: "uint32",
  U64: "uint64",
  BOOL: "bool",
} as const satisfies Record<string, DType>;
const codes = new Map<DType, string>(Object.entries(names).map(([code, dtype]) => [dtype, code]));

/** Alignment: data starts at a multiple of 8, as in the format's own writer. */
const alignment = 8;

/** Content of a file. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Texts by name. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Writes named tensors to one file in the safetensors format: an 8-byte little-endian header length, a JSON header
 * {name: {dtype, shape, data_offsets}, __metadata__}, then the data. The metadata is the last entry of the header.
 * @see https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, { dtype, dims, data }] of tensors) {
    const code = codes.get(dtype);
    if (code === undefined)
      throw new EngraftError("InternalError", `a ${dtype} tensor cannot be kept in a safetensors file`);
    const length = data.length * bytesPerElement[dtype];
    header[name] = { dtype: code, shape: dims, data_offsets: [offset, offset + length] };
    offset += length;
  }
  header.__metadata__ = metadata;
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padding = (alignment - (json.length % alignment)) % alignment;
  const begin = 8 + json.length + padding;
  const out = new Uint8Array(begin + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(begin - 8), true);
  out.set(json, 8);
  out.fill(0x20, 8 + json.length, begin);
  let at = begin;
  for (const { data: d } of tensors.values()) {
    const view = d as Float32Array;
    out.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at);
    at += view.byteLength;
  }
  return out;
}

/**
 * Returns the length of a file's header in bytes. Every length is checked before use. @param damaged creates the error,
 * with the reason
 */
export function headerLength(bytes: Uint8Array, damaged: (why: string) => EngraftError): number {
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, the header alone has 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > tensorHeaderLimit || length > bytes.length - 8)
    throw damaged(`its header would be ${length} bytes long`);
  return length;
}

/** An opened file: its tensors are copied when they are read. */
interface OpenedSafetensors {
  readonly names: readonly string[];
  readonly metadata: Safetensors["metadata"];
  /** Returns the type of a tensor's numbers as the file has it: "F32", "F8_E4M3". */
  readonly typeOf: (name: string) => unknown;
  /** @throws what `damaged` returns for a tensor that points outside the file */
  readonly read: (name: string) => Tensor;
}

/** Reads a safetensors file of {@link encodeSafetensors} or another writer. */
export function decodeSafetensors(bytes: Uint8Array, damaged: (why: string) => EngraftError): Safetensors {
  const { names, read, metadata } = openSafetensors(bytes, damaged);
  return { tensors: new Map(names.map((name) => [name, read(name)])), metadata };
}

/** Opens a safetensors file, to read its tensors one by one. Every length is checked before use. */
export function openSafetensors(
  bytes: Uint8Array,
  damaged: (why: string) => EngraftError,
): OpenedSafetensors {
  const length = headerLength(bytes, damaged);
  let header: Record<string, unknown>;
  try {
    header = parseJson(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  } catch {
    throw damaged("its header is not JSON");
  }
  if (typeof header !== "object" || header === null) throw damaged("its header is no object");
  const data = bytes.subarray(8 + length);
  const metadata = header.__metadata__ ?? {};
  if (typeof metadata !== "object") throw damaged("its metadata is no object");
  const entries = new Map(Object.entries(header).filter(([name]) => name !== "__metadata__"));
  return {
    names: [...entries.keys()],
    metadata: metadata as Record<string, unknown>,
    typeOf: (name) => (entries.get(name) as { dtype?: unknown } | null | undefined)?.dtype,
    read: (name) => readTensor(data, name, entries.get(name), damaged),
  };
}

function readTensor(
  data: Uint8Array,
  name: string,
  entry: unknown,
  damaged: (why: string) => EngraftError,
): Tensor {
  const {
    dtype: code,
    shape,
    data_offsets: offsets,
  } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const dtype =
    typeof code === "string" && Object.hasOwn(names, code) ? names[code as keyof typeof names] : undefined;
  if (dtype === undefined || !Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2)
    throw damaged(`the entry of "${name}" is incomplete`);
  const [begin, end] = offsets as [number, number];
  if (
    ![...shape, begin, end].every((d) => Number.isSafeInteger(d) && d >= 0) ||
    !(begin <= end && end <= data.length)
  ) {
    throw damaged(`the entry of "${name}" points outside the file`);
  }
  if (sizeOf(shape) * bytesPerElement[dtype] !== end - begin)
    throw damaged(`"${name}" has ${end - begin} bytes, its shape needs others`);
  const copy = new Uint8Array(end - begin);
  copy.set(data.subarray(begin, end));
  const array = new (arrayOf(dtype))(copy.buffer as ArrayBuffer);
  return { dtype, dims: shape, data: array } as Tensor;
}

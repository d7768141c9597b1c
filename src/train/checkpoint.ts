import { arrayOf, bytesPerElement, type DType } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";

/**
 * Named tensors and a JSON note in one file, in the safetensors format: an 8-byte little-endian header length,
 * a JSON header {name: {dtype, shape, data_offsets}, __metadata__}, then the data. `__metadata__` holds the note
 * and a checksum of the whole file (FNV-1a over 32-bit words, computed with eight zeros in its place).
 * @see https://huggingface.co/docs/safetensors
 */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Anything JSON holds. */
  readonly note: unknown;
}

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

/** Header and alignment: data starts at a multiple of 8, as the format's own writer does it. */
const alignment = 8;
/** No header of ours is longer: a longer one is damage, or an attack. The format's own limit. */
const maxHeader = 100_000_000;

export function encodeCheckpoint({ tensors, note }: Checkpoint): Uint8Array {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, { dtype, dims, data }] of tensors) {
    const code = codes.get(dtype);
    if (code === undefined)
      throw new EngraftError("InternalError", `a ${dtype} tensor cannot be kept in a checkpoint`);
    const length = data.length * bytesPerElement[dtype];
    header[name] = { dtype: code, shape: dims, data_offsets: [offset, offset + length] };
    offset += length;
  }
  const data = new Uint8Array(offset);
  offset = 0;
  for (const { data: d } of tensors.values()) {
    const view = d as Float32Array;
    data.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), offset);
    offset += view.byteLength;
  }
  header.__metadata__ = { checksum: blank, note: JSON.stringify(note) };
  let json = new TextEncoder().encode(JSON.stringify(header));
  const padding = (alignment - (json.length % alignment)) % alignment;
  if (padding > 0) json = Uint8Array.of(...json, ...new Array<number>(padding).fill(0x20));
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  const at = checksumPosition(out.subarray(8, 8 + json.length));
  out.set(new TextEncoder().encode(checksum(out)), 8 + at);
  return out;
}

/** @throws RunError when the file is damaged: every length is checked before it is used. */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const damaged = (why: string): EngraftError =>
    new EngraftError("RunError", `the checkpoint is damaged: ${why}`, {
      at: where,
      help: "remove the file: what it held is then computed again, everything else of the run is kept",
    });
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, the header alone has 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > maxHeader || length > bytes.length - 8)
    throw damaged(`its header would be ${length} bytes long`);
  const at = checksumPosition(bytes.subarray(8, 8 + length));
  if (at < 0) throw damaged("it has no checksum");
  // Not bytes.slice(): of a Node Buffer that is a view.
  const unsigned = new Uint8Array(bytes);
  unsigned.fill(0x30, 8 + at, 8 + at + blank.length);
  if (new TextDecoder().decode(bytes.subarray(8 + at, 8 + at + blank.length)) !== checksum(unsigned)) {
    throw damaged("its content does not match its checksum");
  }
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    unknown
  >;
  const data = bytes.subarray(8 + length);
  const metadata = header.__metadata__ as { note?: unknown };
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== "__metadata__") tensors.set(name, readTensor(data, name, entry, damaged));
  }
  return {
    tensors,
    note: typeof metadata.note === "string" ? (JSON.parse(metadata.note) as unknown) : undefined,
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
  } = (entry ?? {}) as { dtype?: string; shape?: number[]; data_offsets?: number[] };
  const dtype = names[code as keyof typeof names] as keyof typeof bytesPerElement | undefined;
  const [begin, end] = offsets ?? [];
  if (
    dtype === undefined ||
    dtype === "string" ||
    !Array.isArray(shape) ||
    begin === undefined ||
    end === undefined
  ) {
    throw damaged(`the entry of "${name}" is incomplete`);
  }
  if (
    !shape.every((d) => Number.isSafeInteger(d) && d >= 0) ||
    !(begin >= 0 && begin <= end && end <= data.length)
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

const blank = "00000000";
const marker = new TextEncoder().encode('"__metadata__":{"checksum":"');

/** Where the checksum's digits stand in the header, -1 when they don't. The metadata is the last entry. */
function checksumPosition(header: Uint8Array): number {
  for (let i = header.length - marker.length - blank.length; i >= 0; i--) {
    if (marker.every((byte, k) => header[i + k] === byte)) return i + marker.length;
  }
  return -1;
}

function checksum(data: Uint8Array): string {
  let h = 0x811c9dc5;
  const words =
    data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2) : undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < data.length >> 2; i++)
    h = Math.imul(h ^ (words ? words[i]! : view.getUint32(4 * i, true)), 0x01000193);
  for (let i = data.length & ~3; i < data.length; i++) h = Math.imul(h ^ data[i]!, 0x01000193);
  return (h >>> 0).toString(16).padStart(8, "0");
}

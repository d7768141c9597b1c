import { decodeSafetensors, encodeSafetensors, headerLength } from "../../bases/open/safetensors.js";
import { EngraftError } from "../../core/errors.js";
import { parseJson } from "../../core/parse-json.js";
import type { Tensor } from "../../core/tensor.js";

/**
 * Named tensors and a JSON note in one safetensors file. Its `__metadata__` holds the note and a checksum of the whole
 * file (FNV-1a over 32-bit words, computed with eight zeros in its place).
 */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Any JSON value. */
  readonly note: unknown;
}

export function encodeCheckpoint({ tensors, note }: Checkpoint): Uint8Array {
  const out = encodeSafetensors({ tensors, metadata: { checksum: blank, note: JSON.stringify(note) } });
  const length = Number(new DataView(out.buffer).getBigUint64(0, true));
  const at = checksumPosition(out.subarray(8, 8 + length));
  out.set(new TextEncoder().encode(checksum(out)), 8 + at);
  return out;
}

/** @throws RunError if the file is damaged: every length is checked before use */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const damaged = (why: string): EngraftError =>
    new EngraftError("RunError", `the checkpoint is damaged: ${why}`, {
      at: where,
      help: "remove the file: what it held is then computed again, everything else of the run is kept",
    });
  const length = headerLength(bytes, damaged);
  const at = checksumPosition(bytes.subarray(8, 8 + length));
  if (at < 0) throw damaged("it has no checksum");
  // Not bytes.slice(): for a Node Buffer that is a view.
  const unsigned = new Uint8Array(bytes);
  unsigned.fill(0x30, 8 + at, 8 + at + blank.length);
  if (new TextDecoder().decode(bytes.subarray(8 + at, 8 + at + blank.length)) !== checksum(unsigned)) {
    throw damaged("its content does not match its checksum");
  }
  const { tensors, metadata } = decodeSafetensors(bytes, damaged);
  const { note } = metadata;
  return { tensors, note: typeof note === "string" ? (parseJson(note) as unknown) : undefined };
}

const blank = "00000000";
const marker = new TextEncoder().encode('"__metadata__":{"checksum":"');

/** Position of the checksum's digits in the header, -1 if missing. The metadata is the last entry. */
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

/**
 * A file of rows, written once and never changed:
 *
 * 0 magic · 4 version · 8 width D · 12 rows n · 16 bytes of names · 20 zero · 24 key, sha256 · 56 names, JSON array of
 * n strings, padded with spaces to a multiple of 4 · float32[n, D] · sha256 of everything before
 *
 * Numbers have the byte order of the machine; with the other byte order the magic number does not match.
 */
export interface Shard {
  readonly items: readonly string[];
  /** float32[n, D] */
  readonly rows: Float32Array;
}

/** Expected properties of a shard. */
export interface ShardKind {
  /** sha256, 64 hex digits. */
  readonly key: string;
  readonly width: number;
}

export type Sha256 = (content: Uint8Array) => Promise<string>;

const magic = 0x46474e45; // "ENGF" in little-endian
const version = 1;
const headerBytes = 56;
const digestBytes = 32;

/** Returns the bytes of a shard file. @param rows float32[n, D] */
export async function encodeShard(
  { key, width }: ShardKind,
  items: readonly string[],
  rows: Float32Array,
  sha256: Sha256,
): Promise<Uint8Array> {
  const names = new TextEncoder().encode(JSON.stringify(items));
  const nameBytes = Math.ceil(names.length / 4) * 4;
  const bodyBytes = headerBytes + nameBytes + rows.byteLength;
  const buffer = new ArrayBuffer(bodyBytes + digestBytes);
  const bytes = new Uint8Array(buffer);
  new Uint32Array(buffer, 0, 6).set([magic, version, width, items.length, nameBytes, 0]);
  bytes.set(fromHex(key), 24);
  bytes.fill(0x20, headerBytes, headerBytes + nameBytes);
  bytes.set(names, headerBytes);
  new Float32Array(buffer, headerBytes + nameBytes, rows.length).set(rows);
  bytes.set(fromHex(await sha256(bytes.subarray(0, bodyBytes))), bodyBytes);
  return bytes;
}

/**
 * Returns the content of a shard file, or the reason why it is invalid. The checksum is checked before anything is
 * used.
 */
export async function decodeShard(
  file: Uint8Array,
  { key, width }: ShardKind,
  sha256: Sha256,
): Promise<Shard | { readonly damage: string }> {
  if (file.length < headerBytes + digestBytes) return { damage: `it has only ${file.length} bytes` };
  // Files may start anywhere in memory, but views of 4-byte numbers must be aligned.
  const bytes = file.byteOffset % 4 === 0 ? file : Uint8Array.from(file);
  const [foundMagic, foundVersion, foundWidth, count, nameBytes, zero] = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    6,
  ) as unknown as [number, number, number, number, number, number];
  if (foundMagic !== magic) return { damage: "it is not a file of features" };
  if (foundVersion !== version || zero !== 0)
    return { damage: `its version is ${foundVersion}, not ${version}` };
  if (toHex(bytes.subarray(24, 56)) !== key) return { damage: "it belongs to another key" };
  if (foundWidth !== width) return { damage: `its rows have ${foundWidth} values, not ${width}` };
  const bodyBytes = headerBytes + nameBytes + count * width * 4;
  if (nameBytes % 4 !== 0 || bodyBytes + digestBytes !== bytes.length) {
    return { damage: `it has ${bytes.length} bytes, not ${bodyBytes + digestBytes}` };
  }
  if (toHex(bytes.subarray(bodyBytes)) !== (await sha256(bytes.subarray(0, bodyBytes)))) {
    return { damage: "its checksum does not fit" };
  }
  const items = parseNames(bytes.subarray(headerBytes, headerBytes + nameBytes));
  if (items?.length !== count) return { damage: "its list of names does not fit" };
  return {
    items,
    rows: new Float32Array(bytes.buffer, bytes.byteOffset + headerBytes + nameBytes, count * width),
  };
}

function parseNames(bytes: Uint8Array): string[] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Array.isArray(value) && value.every((v) => typeof v === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

import { inflateSync } from "node:zlib";

const [compressed, folder] = [1, 2];

/** Yields the files of a Qt resource file (binary `.rcc`, format 1 to 3). Files that zstd packed are left out. */
export function* rccFiles(bytes) {
  if (bytes.toString("latin1", 0, 4) !== "qres") throw new Error("not a Qt resource file");
  const version = bytes.readUInt32BE(4);
  const [tree, data, names] = [8, 12, 16].map((at) => bytes.readUInt32BE(at));
  const entry = version >= 2 ? 22 : 14;
  const nameAt = (offset) => {
    const length = bytes.readUInt16BE(names + offset);
    const text = Buffer.from(bytes.subarray(names + offset + 6, names + offset + 6 + 2 * length));
    return text.swap16().toString("utf16le");
  };
  function* walk(index, path) {
    const at = tree + entry * index;
    const flags = bytes.readUInt16BE(at + 4);
    const name = index === 0 ? "" : `${path}${path && "/"}${nameAt(bytes.readUInt32BE(at))}`;
    if (flags & folder) {
      const [count, first] = [bytes.readUInt32BE(at + 6), bytes.readUInt32BE(at + 10)];
      for (let i = 0; i < count; i++) yield* walk(first + i, name);
      return;
    }
    const from = data + bytes.readUInt32BE(at + 10);
    const whole = bytes.subarray(from + 4, from + 4 + bytes.readUInt32BE(from));
    if (flags & ~(compressed | folder)) return;
    yield { path: name, bytes: flags & compressed ? inflateSync(whole.subarray(4)) : whole };
  }
  yield* walk(0, "");
}

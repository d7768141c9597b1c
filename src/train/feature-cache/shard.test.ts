import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeShard, encodeShard, type Shard } from "./shard.js";

const sha256 = async (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const kind = { key: createHash("sha256").update("key").digest("hex"), width: 3 };
const items = ["a", "bb", 'with "quotes" and ü'];
const rows = Float32Array.of(1, -2, 3.5, 4, Number.NaN, 6, 7, 8, 1e30);

const isShard = (s: Awaited<ReturnType<typeof decodeShard>>): s is Shard => !("damage" in s);

test("gives back what was written, from any place in memory", async () => {
  const bytes = await encodeShard(kind, items, rows, sha256);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  for (const file of [bytes, shifted.subarray(1)]) {
    const shard = await decodeShard(file, kind, sha256);
    expect(isShard(shard) && shard.items).toEqual(items);
    expect(isShard(shard) && Array.from(shard.rows)).toEqual(Array.from(rows));
  }
});

const otherChecksum = "its checksum does not fit";
test("names the damage", async () => {
  const bytes = await encodeShard(kind, items, rows, sha256);
  const changed = (at: number) => bytes.map((v, i) => (i === at ? v ^ 1 : v));
  const damage = async (file: Uint8Array, k = kind) => {
    const shard = await decodeShard(file, k, sha256);
    return isShard(shard) ? "none" : shard.damage;
  };
  expect(await damage(new Uint8Array(0))).toBe("it has only 0 bytes");
  expect(await damage(bytes.subarray(0, bytes.length - 4))).toBe(
    `it has ${bytes.length - 4} bytes, not ${bytes.length}`,
  );
  expect(await damage(changed(0))).toBe("it is not a file of features");
  expect(await damage(changed(4))).toBe("its version is 0, not 1");
  expect(await damage(bytes, { ...kind, width: 4 })).toBe("its rows have 3 values, not 4");
  expect(await damage(bytes, { ...kind, key: kind.key.replace(/^./, "x") })).toBe(
    "it belongs to another key",
  );
  expect(await damage(changed(60))).toBe(otherChecksum);
  expect(await damage(changed(bytes.length - 40))).toBe(otherChecksum);
});

test("no change of the bytes ever gives other numbers", async () => {
  const bytes = await encodeShard(kind, items, rows, sha256);
  const mutation = fc.oneof(
    fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) }),
    fc.record({ cut: fc.nat(bytes.length) }),
    fc.record({ append: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
    fc.record({ word: fc.nat(13), value: fc.constantFrom(0, 1, 2 ** 16, 2 ** 31, 2 ** 32 - 1) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      let file = bytes.slice();
      for (const m of mutations) {
        if ("at" in m && m.at < file.length) file[m.at] = m.to;
        else if ("cut" in m) file = file.slice(0, m.cut);
        else if ("append" in m) file = Uint8Array.from([...file, ...m.append]);
        else if ("word" in m && file.length >= m.word * 4 + 4)
          new DataView(file.buffer).setUint32(m.word * 4, m.value, true);
      }
      const same = file.length === bytes.length && file.every((v, i) => v === bytes[i]);
      const shard = await decodeShard(file, kind, sha256);
      expect(isShard(shard)).toBe(same);
    }),
    { numRuns: 2000, seed: 1 },
  );
});

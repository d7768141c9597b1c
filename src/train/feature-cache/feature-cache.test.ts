import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { nodePlatform } from "../../platform/index.js";
import { type FeatureCacheOptions, type FeatureKey, openFeatureCache } from "./feature-cache.js";

let directory: string;
let warnings: { code: string; message: string }[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "engraft-features-"));
  warnings = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = (options: Partial<FeatureCacheOptions> = {}) =>
  openFeatureCache({ platform: nodePlatform, directory, onWarning: (w) => warnings.push(w), ...options });

const fields: FeatureKey = {
  modelSha256: "ab",
  cut: "pool",
  pooling: "mean",
  preprocessing: { height: 64, width: 64 },
  preprocessingVersion: 1,
  decoder: "sharp 0.35",
  runtime: "onnxruntime-node 1.30",
};
/** The row of item i: 3 features computed from i. */
const row = (i: number) => [i, i / 8, -i];
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `item ${from + i}`);
const rows = (from: number, to: number) =>
  Float32Array.from(names(from, to).flatMap((_, i) => row(from + i)));
const plain = (found: (Float32Array | undefined)[]) => found.map((r) => r && Array.from(r));
const shardsOf = async (key: string) =>
  (await readdir(join(directory, key))).filter((name) => name.endsWith(".shard")).sort();

test("the key changes with every field and not with their order", async () => {
  const cache = open();
  const key = await cache.key(fields);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await cache.key(Object.fromEntries(Object.entries(fields).reverse()) as FeatureKey)).toBe(key);
  expect(await cache.key({ ...fields, extra: undefined })).toBe(key);
  for (const change of [
    { cut: "other" },
    { runtime: "onnxruntime-node 1.31" },
    { preprocessing: { height: 64, width: 96 } },
    { preprocessingVersion: 2 },
    { extra: [1, null] },
  ]) {
    expect(await cache.key({ ...fields, ...change })).not.toBe(key);
  }
});

test("gives back what an earlier run put, in the order asked for", async () => {
  const key = await open().key(fields);
  const first = open().open(key, 3);
  expect(plain(await first.get(["item 1"]))).toEqual([undefined]);
  await first.put(names(0, 5), rows(0, 5));
  await first.close();
  const second = open().open(key, 3);
  expect(plain(await second.get(["item 4", "unknown", "item 0", "item 4"]))).toEqual([
    row(4),
    undefined,
    row(0),
    row(4),
  ]);
  expect([second.hits, second.misses]).toEqual([3, 1]);
  expect(plain(await second.get(["item 2"]))).toEqual([row(2)]);
  expect(warnings).toEqual([]);
});

test("rows are readable before they are written, and the caller may reuse its memory", async () => {
  const cached = open().open(await open().key(fields), 3);
  const mine = rows(0, 1);
  await cached.put(["item 0"], mine);
  mine.fill(99);
  const [found] = await cached.get(["item 0"]);
  found!.fill(77);
  expect(plain(await cached.get(["item 0"]))).toEqual([row(0)]);
});

test("writes a shard whenever enough rows are together, or time has passed", async () => {
  const key = await open().key(fields);
  const bySize = open({ shardBytes: 10 * 3 * 4 }).open(key, 3);
  for (let i = 0; i < 4; i++) await bySize.put(names(5 * i, 5 * i + 5), rows(5 * i, 5 * i + 5));
  expect((await shardsOf(key)).length).toBe(2);
  const byTime = open({ flushAfter: 0 }).open(key, 3);
  await byTime.put(["late"], Float32Array.of(1, 2, 3));
  expect((await shardsOf(key)).length).toBe(3);
  const all = open().open(key, 3);
  expect(plain(await all.get(["late", ...names(0, 20)]))).toEqual([
    [1, 2, 3],
    ...names(0, 20).map((_, i) => row(i)),
  ]);
});

test("other keys and other widths see nothing", async () => {
  const cache = open();
  const key = await cache.key(fields);
  const cached = cache.open(key, 3);
  await cached.put(["item 0"], rows(0, 1));
  await cached.close();
  const other = cache.open(await cache.key({ ...fields, cut: "x" }), 3);
  expect(plain(await other.get(["item 0"]))).toEqual([undefined]);
});

test("turned off, it neither reads nor writes", async () => {
  const key = await open().key(fields);
  const off = open({ enabled: false }).open(key, 3);
  await off.put(["item 0"], rows(0, 1));
  await off.close();
  expect(await off.get(["item 0"])).toEqual([undefined]);
  expect(await readdir(directory)).toEqual([]);
});

test("a damaged shard is removed with one warning, and only its rows are missing", async () => {
  const key = await open().key(fields);
  const writer = open({ flushAfter: 0 }).open(key, 3);
  for (let i = 0; i < 3; i++) await writer.put([`item ${i}`], rows(i, i + 1));
  const shards = await shardsOf(key);
  expect(shards.length).toBe(3);
  for (const name of shards.slice(0, 2)) {
    const path = join(directory, key, name);
    const bytes = await readFile(path);
    bytes[bytes.length - 34]! ^= 4; // in the last row
    await writeFile(path, bytes);
  }
  const reader = open().open(key, 3);
  const found = plain(await reader.get(names(0, 3)));
  expect(found.filter((r) => r !== undefined).length).toBe(1);
  found.forEach((r, i) => {
    if (r !== undefined) expect(r).toEqual(row(i));
  });
  expect(warnings.map((w) => w.code)).toEqual(["feature-cache-damaged"]);
  expect(warnings[0]!.message).toMatch(
    /^cached features were damaged and removed, they are computed again: ".*\.shard": its checksum does not fit$/,
  );
  expect((await shardsOf(key)).length).toBe(1);
});

test("a shard of another key under this one's name is not believed", async () => {
  const cache = open({ flushAfter: 0 });
  const key = await cache.key(fields);
  const other = await cache.key({ ...fields, cut: "x" });
  await cache.open(other, 3).put(["item 0"], Float32Array.of(9, 9, 9));
  await cache.open(key, 3).put(["item 1"], rows(1, 2));
  const [name] = await shardsOf(other);
  await writeFile(join(directory, key, name!), await readFile(join(directory, other, name!)));
  expect(plain(await cache.open(key, 3).get(["item 0", "item 1"]))).toEqual([undefined, row(1)]);
  expect(warnings[0]!.message).toContain("it belongs to another key");
});

test("a shard that another process removed is simply missing", async () => {
  const cache = open({ flushAfter: 0, shardBytes: 12 });
  const key = await cache.key(fields);
  const cached = cache.open(key, 3);
  await cached.put(["item 0"], rows(0, 1));
  await cached.put(["item 1"], rows(1, 2));
  await rm(join(directory, key), { recursive: true });
  expect(plain(await cached.get(["item 0", "item 1"]))).toEqual([undefined, undefined]);
  expect(warnings).toEqual([]);
});

test("stays under its limit: the key used longest ago goes first", async () => {
  const options = { flushAfter: 0, limitBytes: 1000 };
  const cache = open(options);
  const keys = await Promise.all(["a", "b", "c"].map((cut) => cache.key({ ...fields, cut })));
  const put = (key: string) => open(options).open(key, 3).put(names(0, 20), rows(0, 20)); // about 580 bytes
  await put(keys[0]!);
  await put(keys[1]!);
  expect((await cache.stats()).keys).toBe(1);
  expect(await readdir(directory)).toContain(keys[1]);
  const two = { ...options, limitBytes: 1400 };
  await open(two).open(keys[0]!, 3).put(names(0, 20), rows(0, 20));
  // b was written first and is used now; a was not used.
  for (const [k, age] of [
    [0, 500],
    [1, 1000],
  ] as const) {
    for (const name of await readdir(join(directory, keys[k]!))) {
      const then = Date.now() / 1000 - age;
      await utimes(join(directory, keys[k]!, name), then, then);
    }
  }
  await open(two).open(keys[1]!, 3).get(["item 0"]);
  await open(two).open(keys[2]!, 3).put(names(0, 20), rows(0, 20));
  const left = (await readdir(directory)).filter((name) => keys.includes(name));
  expect(left.sort()).toEqual([keys[1]!, keys[2]!].sort());
  expect((await cache.stats()).bytes).toBeLessThanOrEqual(1400);
  expect(warnings).toEqual([]);
});

test("a key larger than the limit turns the cache off with one warning, and reading goes on", async () => {
  const cache = open({ flushAfter: 0, limitBytes: 700 });
  const key = await cache.key(fields);
  const cached = cache.open(key, 3);
  await cached.put(names(0, 20), rows(0, 20));
  for (let i = 0; i < 3; i++) await cached.put(names(20, 40), rows(20, 40));
  await cache.open(key, 3).put(names(40, 60), rows(40, 60));
  expect(warnings).toEqual([
    {
      code: "feature-cache-off",
      message:
        "features are not cached any more in this run, the next one computes them again: its limit of 0 MB is reached",
      sentence: { code: "features-not-kept", values: { why: "its limit of 0 MB is reached" } },
    },
  ]);
  expect(plain(await cached.get(["item 3", "item 30"]))).toEqual([row(3), undefined]);
});

test("a full disk and a folder that cannot be made turn it off with one warning each", async () => {
  const full = {
    ...nodePlatform,
    files: {
      ...nodePlatform.files,
      writeAtomic: () => Promise.reject(new EngraftError("FileError", "cannot write: the disk is full")),
    },
  };
  const key = await open().key(fields);
  const cached = open({ platform: full, flushAfter: 0 }).open(key, 3);
  await cached.put(["item 0"], rows(0, 1));
  await cached.put(["item 1"], rows(1, 2));
  await cached.close();
  expect(warnings).toMatchObject([
    { sentence: { code: "features-not-kept", values: { why: "cannot write: the disk is full" } } },
  ]);
  const file = join(directory, "file");
  await writeFile(file, "");
  const blocked = open({ directory: join(file, "below"), flushAfter: 0 }).open(key, 3);
  expect(await blocked.get(["item 0"])).toEqual([undefined]);
  await blocked.put(["item 0"], rows(0, 1));
  expect(warnings.length).toBe(2);
});

test("a lock that a killed process left behind does not stop it", async () => {
  const locked = {
    ...nodePlatform,
    files: {
      ...nodePlatform.files,
      withLock: () => Promise.reject(new EngraftError("RunError", "the feature cache is in use")),
    },
  };
  const key = await open().key(fields);
  const cached = open({ platform: locked, flushAfter: 0 }).open(key, 3);
  await cached.put(["item 0"], rows(0, 1));
  expect((await shardsOf(key)).length).toBe(1);
  expect(warnings).toEqual([]);
});

test("clear removes what is cached and nothing else", async () => {
  const cache = open({ flushAfter: 0 });
  await cache.open(await cache.key(fields), 3).put(["item 0"], rows(0, 1));
  await writeFile(join(directory, "my thesis.txt"), "x");
  const before = await cache.clear();
  expect([before.keys, before.shards]).toEqual([1, 1]);
  expect(before.bytes).toBeGreaterThan(0);
  expect(await cache.stats()).toMatchObject({ keys: 0, bytes: 0 });
  expect((await stat(join(directory, "my thesis.txt"))).isFile()).toBe(true);
  expect((await open({ directory: join(directory, "none") }).stats()).keys).toBe(0);
});

test("rows of the wrong length and a key that is none are mistakes of the caller", async () => {
  const cache = open();
  const cached = cache.open(await cache.key(fields), 3);
  expect(() => cached.put(["a", "b"], new Float32Array(5))).toThrow(
    "2 items of 3 features are 6 values, got 5",
  );
  expect(() => cache.open("../up", 3)).toThrow("a feature cache has no key ../up of width 3");
  await expect((async () => cache.key({ ...fields, preprocessingVersion: Number.NaN }))()).rejects.toThrow(
    "NaN cannot be part of a cache key",
  );
});

test("two processes at once: every row is right, whoever wrote it", async () => {
  const key = await open().key(fields);
  const script = join(directory, "writer.mjs");
  await build({
    stdin: {
      contents: `
        import { openFeatureCache } from "./feature-cache.ts";
        import { nodeFiles, sha256 } from "../../platform/node-files.ts";
        const platform = { files: nodeFiles, sha256: async (c) => sha256(c), cacheDir: () => "", env: () => undefined };
        const cached = openFeatureCache({ platform, directory: process.argv[2], flushAfter: 0,
          onWarning: (w) => console.log(w.message) }).open(process.argv[3], 3);
        for (let i = 0; i < 30; i++) {
          await cached.put(["item " + i, "item " + (i + 1)], Float32Array.of(i, i / 8, -i, i + 1, (i + 1) / 8, -i - 1));
          const [row] = await cached.get(["item " + i]);
          if (row === undefined || row[0] !== i || row[2] !== -i) console.log("wrong", i, row);
        }
        await cached.close();`,
      resolveDir: new URL(".", import.meta.url).pathname,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  });
  const run = () => promisify(execFile)(process.execPath, [script, directory, key], { timeout: 300_000 });
  const outputs = await Promise.all([run(), run()]);
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).toBe("");
  const found = plain(await open().open(key, 3).get(names(0, 31)));
  expect(found).toEqual(names(0, 31).map((_, i) => row(i)));
  expect((await readdir(join(directory, key))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("an opening removes what a killed process left of the mark of the last use, and no half shard of another process", async () => {
  const key = await open().key(fields);
  const cached = open().open(key, 3);
  await cached.put(names(0, 2), rows(0, 2));
  await cached.close();
  const [used, shard] = [".used.0123456789ab.tmp", ".k-0.shard.0123456789ab.tmp"];
  for (const name of [used, shard]) await writeFile(join(directory, key, name), "");
  expect(plain(await open().open(key, 3).get(names(0, 2)))).toEqual([row(0), row(1)]);
  expect((await readdir(join(directory, key))).filter((name) => name.endsWith(".tmp"))).toEqual([shard]);
  const old = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(directory, key, shard), old, old);
  await open().open(key, 3).get(names(0, 2));
  expect((await readdir(join(directory, key))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(warnings).toEqual([]);
});

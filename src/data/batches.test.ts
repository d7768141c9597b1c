import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { classTree, inFolder, platformIn, writeTree } from "../../test/support/pictures.js";
import { nodePlatform } from "../platform/node.js";
import type { Platform } from "../platform/platform.js";
import { augment } from "./augment/augment.js";
import { type Batch, type BatchOptions, batches } from "./batches.js";
import type { Sample } from "./dataset.js";
import { decodePixels } from "./images/decode.js";
import { limiter } from "./images/load-pixels.js";
import { openImages } from "./images/open-images.js";
import { PixelCache } from "./images/pixel-cache.js";
import { inOrder } from "./split/in-order.js";

const preprocessing = { height: 8, width: 6 };

async function all(items: readonly Sample[], options: Omit<BatchOptions, "preprocessing">): Promise<Batch[]> {
  const result: Batch[] = [];
  for await (const batch of batches(items, { preprocessing, ...options })) result.push(batch);
  return result;
}

/** Ten pictures of two classes, for the time of a test. */
const withItems = <T>(work: (items: readonly Sample[], folder: string) => Promise<T>): Promise<T> =>
  inFolder(async (folder) => {
    await writeTree(folder, classTree({ a: 5, b: 5 }));
    return work((await openImages(folder, { platform: platformIn(folder) })).items, folder);
  });

test("batches have the pictures in the given order ; the last is shorter", () =>
  withItems(async (items) => {
    const order = [9, 0, 3, 3, 7];
    const result = await all(items, { order, batchSize: 2 });
    expect(result.map(({ indices }) => indices)).toEqual([[9, 0], [3, 3], [7]]);
    expect(result.map(({ pixels }) => pixels.length)).toEqual([288, 288, 144]);
    const one = await decodePixels(items[0]!.path, preprocessing);
    expect(result[0]!.pixels.subarray(144)).toEqual(one.data);
  }));

test("augmented pictures depend on seed, epoch and item, not on batches or order", () =>
  withItems(async (items) => {
    const options = { augmentation: "standard", seed: 5, epoch: 3 } as const;
    const [batch] = await all(items, { ...options, order: [4], batchSize: 1 });
    const plain = await decodePixels(items[4]!.path, preprocessing);
    expect(batch!.pixels).toEqual(augment(plain, "standard", 5, 3, items[4]!.id).data);
    const many = await all(items, { ...options, batchSize: 4, prefetch: 1 });
    expect(many[1]!.pixels.subarray(0, 144)).toEqual(batch!.pixels);
  }));

/** A platform that counts how many pictures it decodes, and how many at once. */
function counting(): {
  platform: Platform;
  decoded: () => number;
  running: () => number;
  most: () => number;
} {
  let decoded = 0;
  let now = 0;
  let most = 0;
  const decode: Platform["pictures"]["decode"] = async (...parameters) => {
    decoded++;
    most = Math.max(most, ++now);
    try {
      return await nodePlatform.pictures.decode(...parameters);
    } finally {
      now--;
    }
  };
  const platform = { ...nodePlatform, cores: () => 2, pictures: { ...nodePlatform.pictures, decode } };
  return { platform, decoded: () => decoded, running: () => now, most: () => most };
}

test("with a pixel cache, every picture is decoded once for all epochs", () =>
  withItems(async (items) => {
    const { platform, decoded } = counting();
    const cache = new PixelCache(2 ** 20);
    const first = await all(items, { batchSize: 4, decoded: cache, platform });
    const second = await all(items, { batchSize: 4, decoded: cache, platform, epoch: 1 });
    expect(second).toEqual(first);
    expect(decoded()).toBe(10);
    expect(cache.bytes).toBe(10 * 144);
  }));

test("a full pixel cache keeps its pictures and stores no others", () => {
  const cache = new PixelCache(300);
  const pixels = { height: 8, width: 6, data: new Uint8Array(144) };
  for (const key of ["a", "b", "c"]) cache.offer(key, pixels);
  expect([cache.bytes, cache.get("b"), cache.get("c")]).toEqual([288, pixels, undefined]);
  cache.clear();
  expect([cache.bytes, cache.get("a")]).toEqual([0, undefined]);
});

test("decodes at most `prefetch` pictures ahead, and at most twice the cores at once", () =>
  withItems(async (items) => {
    const { platform, decoded, running, most } = counting();
    const order = Array.from({ length: 200 }, (_, i) => i % 10);
    const source = batches(items, { order, batchSize: 1, preprocessing, prefetch: 6, platform });
    await source.next();
    await vi.waitFor(() => expect([decoded(), running()]).toEqual([6, 0]), { timeout: 300_000 });
    // A picture that is decoded beyond them would begin now.
    await new Promise((done) => setImmediate(done));
    expect(decoded()).toBe(6);
    expect(most()).toBeLessThanOrEqual(4);
    await source.return();
  }));

test("an aborted signal throws Interrupted, and the error for a missing file names it", () =>
  withItems(async (items) => {
    const stop = new AbortController();
    const source = batches(items, { batchSize: 2, preprocessing, signal: stop.signal });
    await source.next();
    stop.abort();
    await expect(source.next()).rejects.toMatchObject({ kind: "Interrupted" });
    const gone = [{ ...items[0]!, path: join("/nowhere", "x.png") }];
    await expect(all(gone, { batchSize: 1 })).rejects.toMatchObject({
      code: "file-missing",
      details: { path: "/nowhere/x.png" },
    });
  }));

test("refuses a batch size that is no positive integer", async () => {
  await expect(all([], { batchSize: 0 })).rejects.toThrow("batchSize is 0");
  expect(await all([], { batchSize: 4 })).toEqual([]);
});

test("inOrder keeps the order of results, and a failure leaves no unhandled rejection", async () => {
  // Of the three that run, the last begun ends first.
  const running: (() => void)[] = [];
  const reversed = (n: number) => new Promise<number>((done) => running.push(() => done(n)));
  const result: number[] = [];
  const read = (async () => {
    for await (const n of inOrder([1, 9, 3, 15, 2], 3, reversed)) result.push(n);
  })();
  await vi.waitFor(() => expect(running).toHaveLength(3), { timeout: 300_000 });
  const [first, second, third] = running.splice(0);
  third!();
  second!();
  await new Promise((done) => setImmediate(done));
  expect(result).toEqual([]);
  first!();
  await vi.waitFor(() => expect(running).toHaveLength(2), { timeout: 300_000 });
  for (const end of running.reverse()) end();
  await read;
  expect(result).toEqual([1, 9, 3, 15, 2]);
  const fails = inOrder([1, 2, 3], 3, (n) => Promise.reject(new Error(`no ${n}`)));
  await expect(fails.next()).rejects.toThrow("no 1");
});

test("a limiter frees its place if a task fails", async () => {
  const slots = limiter(1);
  await expect(slots(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await Promise.all([1, 2, 3].map((n) => slots(() => Promise.resolve(n))))).toEqual([1, 2, 3]);
});

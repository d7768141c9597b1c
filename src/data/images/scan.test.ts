import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classTree, inFolder, pictureBytes, platformIn, writeTree } from "../../../test/support/pictures.js";
import { nodePlatform } from "../../platform/index.js";
import type { Platform } from "../../platform/platform.js";
import { ScanMemory } from "../scan-memory.js";
import type { FoundPicture } from "../split/found.js";
import { type ScanOptions, scanPictures } from "./scan.js";
import { thumbnailBlocks } from "./scanned.js";
import { pictureLines } from "./scanned-lines.js";

/** Node's platform that counts the files it reads, on a clock where every file is an hour old. */
function watching(folder: string): { platform: Platform; read: () => string[] } {
  const base = platformIn(folder);
  const read: string[] = [];
  const files: Platform["files"] = {
    ...base.files,
    stat: async (path) => {
      const state = await base.files.stat(path);
      return state && { ...state, changed: state.changed - 3_600_000 };
    },
    read: (path, options) => {
      if (!path.endsWith(".jsonl")) read.push(path);
      return base.files.read(path, options);
    },
  };
  return { platform: { ...base, files }, read: () => read };
}

const withPictures = (
  work: (
    scan: (
      options?: Partial<ScanOptions> & { readonly only?: readonly number[] },
    ) => Promise<{ result: unknown; read: number }>,
    folder: string,
  ) => Promise<void>,
) =>
  inFolder(async (folder) => {
    await writeTree(folder, { ...classTree({ a: 3 }), "a/bad.png": "no picture" });
    const pictures: FoundPicture[] = ["0.png", "1.png", "2.png", "bad.png"].map((name) => ({
      id: `a/${name}`,
      path: join(folder, "a", name),
      label: "a",
      given: undefined,
    }));
    await work(async ({ only, ...options } = {}) => {
      const { platform, read } = watching(folder);
      const some = only?.map((i) => pictures[i]!) ?? pictures;
      const result = await scanPictures(some, { platform, root: folder, ...options });
      return { result, read: read().length };
    }, folder);
  });

test("a second scan reads no file again, not even unreadable ones", () =>
  withPictures(async (scan) => {
    const first = await scan();
    const second = await scan();
    expect([first.read, second.read]).toEqual([4, 0]);
    expect(second.result).toEqual(first.result);
    expect(second.result).toMatchObject([
      { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      {},
      {},
      { reason: "it is not a picture of a known format" },
    ]);
  }));

test("a second scan reads only changed files", () =>
  withPictures(async (scan, folder) => {
    const first = await scan();
    await writeFile(join(folder, "a", "1.png"), await pictureBytes(99));
    const second = await scan();
    expect(second.read).toBe(1);
    expect(second.result).not.toEqual(first.result);
  }));

test("a file that has just changed is not cached", () =>
  withPictures(async (scan, folder) => {
    await scan({ platform: platformIn(folder) });
    expect((await scan()).read).toBe(4);
  }));

test("ignores a damaged cache", () =>
  withPictures(async (scan, folder) => {
    const first = await scan();
    const cache = join(folder, ".cache", "scan");
    const [name] = await readdir(cache);
    const text = await readFile(join(cache, name!), "utf8");
    const lines = text.trim().split("\n");
    for (const damaged of [
      "",
      text.slice(0, text.length / 2),
      [lines[0], "[1,2]", '{"a":1}', lines[2]!.replace(/"[0-9a-f]{64}"/, '"zz"'), lines[3]].join("\n"),
      text.replaceAll('"engraft"', '"other"'),
    ]) {
      await writeFile(join(cache, name!), damaged);
      expect((await scan()).result).toEqual(first.result);
    }
  }));

test("scans without a writable cache; cache: false writes none", () =>
  withPictures(async (scan, folder) => {
    await writeFile(join(folder, "file"), "");
    const platform = { ...platformIn(folder), cacheDir: () => join(folder, "file", "below") };
    expect((await scan({ platform })).result).toHaveLength(4);
    await scan({ cache: false });
    expect(await readdir(folder)).not.toContain(".cache");
  }));

test("scans of shards leave their results for a scan of all files, and for each other", () =>
  withPictures(async (scan, folder) => {
    const { files } = nodePlatform;
    expect((await scan({ shard: "1/2", only: [0, 1] })).read).toBe(2);
    expect((await scan({ shard: "2/2", only: [2, 3] })).read).toBe(2);
    expect((await files.list(join(folder, ".cache", "scan"))).length).toBe(2);
    expect((await scan()).read).toBe(0);
    await scan({ shard: "2/2", only: [3] });
    expect((await scan()).read).toBe(0);
  }));

test("results of many files are in several files of the cache, and old files are removed", () =>
  inFolder(async (folder) => {
    const { platform } = watching(folder);
    const state = { kind: "file", size: 1, modified: 1, changed: 1 } as const;
    const open = (more = {}) =>
      ScanMemory.open(platform, folder, {
        ...more,
        ...{ folder: "scan", version: "1", linesPerFile: 2 },
        lines: {
          write: ({ sha256 }: { sha256: string }) => [sha256, 1],
          read: ([sha256]) => ({ sha256: String(sha256) }),
        },
      });
    const names = ["a", "b", "c", "d", "e"];
    const first = await open();
    for (const name of names) first.put(name, state, { sha256: name });
    await first.save(true);
    expect((await readdir(join(folder, ".cache", "scan"))).length).toBe(3);
    const second = await open();
    expect(names.map((name) => second.get(name, state))).toEqual(names.map((sha256) => ({ sha256 })));
    const ofShard = await open({ shard: "1/2", scanned: [{ path: "a" }, { path: "f" }] });
    const found = names.filter((name) => ofShard.get(name, state) !== undefined);
    expect(["only those of its own files are read", found]).toEqual([expect.any(String), ["a"]]);
    const third = await open();
    third.put("f", state, { sha256: "f" });
    await third.save(true);
    expect((await readdir(join(folder, ".cache", "scan"))).length).toBe(1);
  }));

test("an interrupted scan leaves its results in the cache", () =>
  withPictures(async (scan, folder) => {
    const stop = new AbortController();
    const { platform } = watching(folder);
    const files = {
      ...platform.files,
      read: (path: string) => {
        if (path.endsWith("2.png")) stop.abort();
        return platform.files.read(path);
      },
    };
    const slow = { ...platform, files, cores: () => 0.25 };
    await expect(scan({ platform: slow, signal: stop.signal })).rejects.toMatchObject({
      kind: "Interrupted",
    });
    expect((await scan()).read).toBeLessThan(4);
  }));

test("a line of the cache holds the time at which a picture was taken", () => {
  const store = thumbnailBlocks(2);
  const { write, read } = pictureLines(store);
  const content = { sha256: "a".repeat(64), thumbnail: new Uint8Array(12), frames: 1, width: 4, height: 3 };
  for (const one of [
    { ...content, orientation: 1 },
    { ...content, orientation: 6, taken: 1_795_961_000_123 },
  ])
    expect(read(JSON.parse(JSON.stringify(write(one))))).toEqual(one);
  // A line of an earlier version.
  expect(read(write({ ...content, orientation: 1 }).slice(0, -1))).toBeUndefined();
});

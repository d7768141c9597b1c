import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readFileBytes, writeAtomic } from "./node-files.js";

// A file handle as Yarn Plug'n'Play provides it: sync() and datasync() are missing, and readFile() fails inside archives.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const missing = (): never => {
    throw new Error("Yarn Plug'n'Play has no such method of a file handle");
  };
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) =>
      Object.assign(await real.open(...args), { sync: missing, datasync: missing, readFile: missing }),
  };
});
const synced = vi.hoisted(() => [] as number[]);
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const fsync: typeof real.fsync = Object.assign((fd: number, done: (error: Error | null) => void) => {
    synced.push(fd);
    real.fsync(fd, done);
  }, real.fsync);
  return { ...real, fsync };
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "engraft-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("writes through a file handle without sync(), and still syncs the file and its folder", async () => {
  const path = join(folder, "run.json");
  await writeAtomic(path, ["one ", "two"]);
  expect(await readFile(path, "utf8")).toBe("one two");
  // Windows cannot open folders.
  expect(synced.length).toBeGreaterThanOrEqual(process.platform === "win32" ? 1 : 2);
});

test("reads files of every length, also one that states none", async () => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    const path = join(folder, `${length}`);
    const content = Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
    await writeFile(path, content);
    const bytes = await readFileBytes(path);
    expect(bytes).toEqual(content);
    // slice() of a Buffer would share memory.
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  }
  if (process.platform === "linux")
    expect(new TextDecoder().decode(await readFileBytes("/proc/self/status"))).toContain("VmPeak");
});

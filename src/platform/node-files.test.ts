import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { writeAtomic } from "./node-files.js";

// A file handle as Yarn Plug'n'Play gives it: sync() and datasync() are not there.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const missing = (): never => {
    throw new Error("Method not implemented.");
  };
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) =>
      Object.assign(await real.open(...args), { sync: missing, datasync: missing }),
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

test("writes where a file handle has no sync(), and syncs the file and its folder all the same", async () => {
  const path = join(folder, "run.json");
  await writeAtomic(path, ["one ", "two"]);
  expect(await readFile(path, "utf8")).toBe("one two");
  // Windows opens no folder.
  expect(synced.length).toBeGreaterThanOrEqual(process.platform === "win32" ? 1 : 2);
});

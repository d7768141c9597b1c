import { expect, test } from "vitest";
import { gate } from "../../../test/support/gate.js";
import { EngraftError } from "../../core/errors.js";
import { sha256 } from "../node-files.js";
import { openStorage, webPlatform } from "../web.js";
import { webFiles, withWebLock } from "./web-files.js";
import type { WebScope } from "./web-scope.js";
import { memoryVolume } from "./web-volume.js";

// Tests of paths, errors and locks, which need no browser; the private file system is tested in one (test/web).

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const open = () =>
  webFiles({ runs: memoryVolume(), data: memoryVolume({ "a/one.jpg": new Blob(["1"]) }) }, { crypto });

async function words(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngraftError);
  return (error as EngraftError).message;
}

test("paths are those of a POSIX system whose current folder is the top", () => {
  const files = open();
  expect(files.join("/runs", "a", "../b", "./c")).toBe("/runs/b/c");
  expect(files.resolve("runs", "x")).toBe("/runs/x");
  expect(files.resolve("/data", "/runs", "x")).toBe("/runs/x");
  expect(files.dirname("/runs/a/b")).toBe("/runs/a");
  expect(files.relative("/data/a", "/data/b/c")).toBe("../b/c");
  expect(files.relative("/data", "/data/b/c")).toBe("b/c");
  expect(files.resolve("/runs/../../../data")).toBe("/data");
});

test("written files can be read and extended, and are gone after removal", async () => {
  const files = open();
  await files.writeAtomic("/runs/a/b.txt", "one");
  await files.append("/runs/a/b.txt", new TextEncoder().encode(" two"));
  expect(text(await files.read("/runs/a/b.txt"))).toBe("one two");
  expect(await files.sha256("/runs/a/b.txt")).toBe(sha256("one two"));
  expect(await files.list("/runs/a")).toEqual([{ name: "b.txt", kind: "file" }]);
  expect(await files.stat("/runs/a")).toMatchObject({ kind: "folder" });
  await files.rename("/runs/a", "/runs/c");
  expect(text(await files.read("/runs/c/b.txt"))).toBe("one two");
  expect(await files.stat("/runs/a")).toBeUndefined();
  await files.remove("/runs/c");
  await files.remove("/runs/c");
  expect(await files.list("/runs")).toEqual([]);
});

test("a text may come in pieces", async () => {
  const files = open();
  await files.writeAtomic("/runs/x", ["one", " ", "two"]);
  expect(text(await files.read("/runs/x"))).toBe("one two");
});

test("written bytes are a copy", async () => {
  const files = open();
  const bytes = Uint8Array.of(1, 2);
  await files.writeAtomic("/runs/x", bytes);
  bytes[0] = 9;
  expect([...(await files.read("/runs/x"))]).toEqual([1, 2]);
});

test("missing files, folders and too large files have the same errors as on a disk", async () => {
  const files = open();
  expect(await files.stat("/elsewhere/x")).toBeUndefined();
  expect(await files.stat("/data/a/none.jpg")).toBeUndefined();
  for (const path of ["/data/none", "/elsewhere/x"])
    await expect(files.read(path)).rejects.toMatchObject({
      code: "file-missing",
      message: expect.stringContaining(`"${path}"`),
    });
  expect(await words(files.read("/data/a"))).toBe('cannot read "/data/a": it is a folder, not a file');
  await expect(files.list("/data/a/one.jpg")).rejects.toMatchObject({ details: { code: "ENOTDIR" } });
  expect(await words(files.read("/data/a/one.jpg", { limit: 0 }))).toBe(
    '"/data/a/one.jpg" is too large: 1 bytes, the limit is 0',
  );
});

test("a page that is not served securely gets an error if it needs cryptography", async () => {
  const files = webFiles({ data: memoryVolume({ x: new Blob(["1"]) }) }, {});
  expect(await words(files.sha256("/data/x"))).toBe(
    "this page is not served securely, so it cannot compute a sha256",
  );
});

test("without a file system of its own a page keeps nothing, and says why", async () => {
  expect((await openStorage({})).volatileBecause).toBe("this browser or page has no file system of its own");
  const refused = { getDirectory: () => Promise.reject(new Error("private window")) };
  const { runs, volatileBecause } = await openStorage({ navigator: { storage: refused } });
  expect(volatileBecause).toBe("the browser gives the page no file system (private window)");
  expect(webFiles({ runs }, {}).isVolatile?.("/runs/x")).toBe(true);
});

/** Locks as in browsers, in one place. */
function locks(): NonNullable<WebScope["navigator"]>["locks"] {
  const held = new Map<string, Promise<unknown>>();
  return {
    async request(name, { ifAvailable, signal }, work) {
      if (ifAvailable && held.has(name)) return work(null);
      while (held.has(name)) {
        if (signal?.aborted) throw new Error("aborted");
        await new Promise((done) => setTimeout(done, 5));
      }
      const running = work({});
      held.set(name, running);
      return running.finally(() => held.delete(name));
    },
  };
}

test("another tab that holds a lock is named, or waited for", async () => {
  const scope: WebScope = { navigator: { locks: locks() } };
  const [begun, end] = [gate(), gate()];
  const work = () => {
    begun.open();
    return end.opened;
  };
  const first = withWebLock("/runs/a", work, {}, scope);
  await begun.opened;
  const what = 'the run "a"';
  expect(await words(withWebLock("/runs/a", async () => 1, { what }, scope))).toBe(
    'the run "a" is in use by another tab',
  );
  expect(await words(withWebLock("/runs/a", async () => 1, { what, wait: 20 }, scope))).toContain("in use");
  let told = 0;
  const onWait = () => {
    told++;
    end.open();
  };
  const second = withWebLock("/runs/a", async () => 2, { wait: 60_000, onWait }, scope);
  expect(await second).toBe(2);
  expect(told).toBe(1);
  await first;
});

test("memory and threads are what the browser allows", () => {
  const navigator = { hardwareConcurrency: 8, deviceMemory: 4 };
  expect(webPlatform({}, { navigator }).cores()).toBe(1);
  expect(webPlatform({}, { navigator, crossOriginIsolated: true }).cores()).toBe(8);
  expect(webPlatform({}, { navigator }).memoryBytes()).toBe(2 ** 31);
  // wasm cannot use more than 4 GiB.
  expect(webPlatform({}, { navigator: { deviceMemory: 32 } }).memoryBytes()).toBe(2 ** 32);
});

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gate } from "../../test/support/gate.js";
import { EngraftError } from "../core/errors.js";
import { fileError } from "./file-errors.js";
import {
  cacheDir,
  ensureDir,
  fileSha256,
  nodePlatform,
  readFileBytes,
  withLock,
  writeAtomic,
} from "./node.js";
import { webSha256 } from "./web/web-files.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engraft-platform-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function failure(promise: Promise<unknown>): Promise<EngraftError> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(EngraftError);
    return error as EngraftError;
  }
  throw new Error("nothing was thrown");
}

const withCode = (code: string) => Object.assign(new Error("the system's own words"), { code });

test("a file is written as a whole, without other files, and parent folders are made", async () => {
  const path = join(folder, "a", "b", "c.json");
  await writeAtomic(path, "one");
  await writeAtomic(path, new Uint8Array([50]));
  expect(await readFile(path, "utf8")).toBe("2");
  expect(await readdir(join(folder, "a", "b"))).toEqual(["c.json"]);
});

test("a write that fails leaves the old content and no temporary file", async () => {
  const path = join(folder, "target");
  await mkdir(path);
  await writeFile(join(path, "inside"), "kept");
  const error = await failure(writeAtomic(path, "new"));
  expect(error.kind).toBe("FileError");
  expect(error.exitCode).toBe(2);
  expect(await readdir(folder)).toEqual(["target"]);
});

test.each([
  ["ENOSPC", "the disk is full", "free some space, or choose a folder on another disk"],
  ["EACCES", "permission denied", "change its permissions or owner, or choose another place"],
  ["EROFS", "the disk is read-only", "choose a folder on a disk that can be written to"],
  ["EMFILE", "too many files are open at once", "close other programs, or raise the limit (ulimit -n)"],
  [
    "ESTALE",
    "it is on a network drive, which no longer knows it",
    "see whether the drive is there and the file was not replaced, and try again",
  ],
  ["ENOENT", "there is no such file or folder", "check the spelling of the path and the folder you are in"],
])("%s is told in words, with what to do", (code, why, help) => {
  expect(fileError("write", "/x/y", withCode(code)).format()).toBe(
    `FileError: cannot write "/x/y": ${why}\n  at the system's code ${code}\n  help: ${help}`,
  );
});

test("a file that a network drive has lost is known by its number, for which Node has no name", () => {
  const error = Object.assign(withCode("Unknown system error -116"), { errno: -116 });
  expect(fileError("read", "/x/y", error).details.code).toBe("ESTALE");
});

test("an unknown system error keeps its own words", () => {
  expect(fileError("read", "/x", withCode("EWHAT")).message).toBe(
    'cannot read "/x": the system\'s own words',
  );
});

test("a folder, a missing file and a file over the limit have different errors", async () => {
  expect((await failure(readFileBytes(folder))).details).toMatchObject({ code: "EISDIR" });
  expect((await failure(readFileBytes(join(folder, "none")))).details).toMatchObject({ code: "ENOENT" });
  await writeFile(join(folder, "big"), "12345");
  expect((await failure(readFileBytes(join(folder, "big"), { limit: 4 }))).message).toMatch(
    /is too large: 5 bytes, the limit is 4$/,
  );
});

test("a pipe is refused instead of waited for", async () => {
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  expect((await failure(readFileBytes(pipe))).message).toMatch(/it is a pipe or a device$/);
});

test("a folder that may not be listed says so", async () => {
  const locked = join(folder, "locked");
  await mkdir(locked);
  await chmod(locked, 0);
  const listed = await nodePlatform.files.list(locked).then(
    () => "root may read everything",
    (error: unknown) => (error as EngraftError).message,
  );
  expect([
    "root may read everything",
    `cannot list the folder ${JSON.stringify(locked)}: permission denied`,
  ]).toContain(listed);
  await chmod(locked, 0o700);
});

test("links differ from files and folders, and a broken link is undefined", async () => {
  await symlink(join(folder, "nowhere"), join(folder, "dangling"));
  await symlink(folder, join(folder, "up"));
  expect(await nodePlatform.files.stat(join(folder, "dangling"))).toBeUndefined();
  expect((await nodePlatform.files.stat(join(folder, "up")))?.kind).toBe("folder");
  expect((await nodePlatform.files.list(folder)).map(({ kind }) => kind)).toEqual(["link", "link"]);
});

test("the sha256 of a file is that of its bytes, read in pieces", async () => {
  const bytes = new Uint8Array(3 * 2 ** 20 + 7).map((_, i) => i * 31);
  await writeFile(join(folder, "f"), bytes);
  expect(await fileSha256(join(folder, "f"))).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect((await failure(fileSha256(join(folder, "f"), AbortSignal.abort()))).kind).toBe("Interrupted");
});

test("a lock has one holder; the error of the second names the holder", async () => {
  const path = join(folder, "run", "lock");
  await withLock(path, async () => {
    const error = await failure(withLock(path, () => Promise.resolve(), { what: "the run folder runs/x" }));
    expect(error).toMatchObject({ kind: "RunError", code: "run-in-use" });
    expect(error.message).toMatch(new RegExp(`^the run folder runs/x is .* \\(${process.pid}\\)$`));
  });
  expect(await withLock(path, () => Promise.resolve(7))).toBe(7);
});

test("a waiting caller gets the lock when it is released, also after an error", async () => {
  const path = join(folder, "lock");
  const order: string[] = [];
  const [inside, waiting] = [gate(), gate()];
  const first = withLock(path, async () => {
    inside.open();
    await waiting.opened;
    order.push("first");
    throw new Error("failed inside");
  });
  const failed = expect(first).rejects.toThrow("failed inside");
  await inside.opened;
  await withLock(path, async () => void order.push("second"), { wait: 60_000, onWait: waiting.open });
  await failed;
  expect(order).toEqual(["first", "second"]);
});

test("the cache folder is the user's, unless ENGRAFT_CACHE names another", async () => {
  const before = process.env.ENGRAFT_CACHE;
  try {
    process.env.ENGRAFT_CACHE = join(folder, "cache");
    expect(cacheDir()).toBe(join(folder, "cache"));
    delete process.env.ENGRAFT_CACHE;
    expect(cacheDir()).toMatch(/engraft/);
  } finally {
    if (before !== undefined) process.env.ENGRAFT_CACHE = before;
  }
  await ensureDir(join(folder, "a", "b"));
  expect((await nodePlatform.files.stat(join(folder, "a", "b")))?.kind).toBe("folder");
});

test("read bytes are a plain Uint8Array: a changed slice does not change them", async () => {
  const path = join(folder, "bytes");
  await writeFile(path, "abc");
  const bytes = await readFileBytes(path);
  bytes.slice().fill(0);
  expect([...bytes]).toEqual([97, 98, 99]);
});

test("many that make the same folders at once all find them", async () => {
  for (let round = 0; round < 100; round++) {
    const deep = join(folder, `at once ${round}`, "a", "b", "c");
    await Promise.all(Array.from({ length: 20 }, () => ensureDir(deep)));
    expect((await stat(deep)).isDirectory()).toBe(true);
  }
});

test("the sha256 of lines is that of their text, in Node and in a page", async () => {
  const lists = [[], [""], ["a"], ["a", "", "é"], Array.from({ length: 2001 }, (_, i) => `line ${i}`)];
  for (const lines of lists) {
    const hash = createHash("sha256").update(lines.join("\n")).digest("hex");
    expect(await nodePlatform.sha256(lines)).toBe(hash);
    expect(await webSha256(lines)).toBe(hash);
  }
});

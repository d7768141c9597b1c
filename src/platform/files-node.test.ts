import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeFiles as files } from "./files-node.js";

const folder = () => mkdtempSync(join(tmpdir(), "engraft-files-"));

test("a missing file is undefined to info, and a FileError to read that names it and what to do", async () => {
  const path = join(folder(), "none.bin");
  expect(await files.info(path)).toBeUndefined();
  await expect(files.read(path)).rejects.toMatchObject({
    kind: "FileError",
    message: `cannot read ${path}: no such file or folder`,
    help: "check the path",
  });
});

test("write leaves the file and nothing else, also over an older one", async () => {
  const dir = folder();
  await files.write(join(dir, "sub", "a.txt"), "one");
  await files.write(join(dir, "sub", "a.txt"), "two");
  expect(readdirSync(join(dir, "sub"))).toEqual(["a.txt"]);
  expect(await files.readText(join(dir, "sub", "a.txt"))).toBe("two");
});

test("a failed write leaves no temporary file", async () => {
  const dir = folder();
  await files.makeFolder(join(dir, "taken", "inside"));
  await expect(files.write(join(dir, "taken"), "x")).rejects.toMatchObject({ kind: "FileError" });
  expect(readdirSync(dir)).toEqual(["taken"]);
});

test("read refuses a file above its limit before reading it", async () => {
  const path = join(folder(), "big");
  writeFileSync(path, "12345");
  await expect(files.read(path, 4)).rejects.toThrow("5 bytes, more than the 4 allowed here");
});

test("sha256 of a file is sha256 of its bytes: the digest of 'abc' of FIPS 180-2", async () => {
  const path = join(folder(), "abc");
  writeFileSync(path, "abc");
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await files.sha256(path)).toBe(digest);
  expect(files.sha256Of(new TextEncoder().encode("abc"))).toBe(digest);
});

test("a second lock of a path waits for the release of the first", async () => {
  const path = join(folder(), "locked");
  const release = await files.lock(path);
  const order: string[] = [];
  const second = files.lock(path).then(async (free) => {
    order.push("second");
    await free();
  });
  await new Promise((r) => setTimeout(r, 120));
  order.push("released");
  await release();
  await second;
  expect(order).toEqual(["released", "second"]);
});

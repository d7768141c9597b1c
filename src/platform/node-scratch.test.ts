import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openScratch } from "./node-files.js";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "engraft-scratch-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("written bytes are read at the same place, and unwritten ones are zero", () => {
  const file = openScratch(join(folder(), "made", "on the way"))!;
  file.write(8, Uint8Array.of(1, 2, 3));
  const found = new Uint8Array(6).fill(9);
  file.read(7, found);
  expect([...found]).toEqual([0, 1, 2, 3, 0, 0]);
  file.close();
});

test("nothing of it is left in its folder", () => {
  const path = folder();
  const file = openScratch(path)!;
  file.write(0, new Uint8Array(100));
  file.close();
  expect(readdirSync(path)).toEqual([]);
});

test("a folder that cannot be written to gives none", () => {
  const path = join(folder(), "a file");
  writeFileSync(path, "");
  expect(openScratch(path)).toBeUndefined();
});

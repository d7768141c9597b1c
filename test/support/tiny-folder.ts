// A folder for the tests of a file: pictures of two classes, a base that trains in a second, and a cache of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { tinyBase, tinyData } from "./fixtures.js";

/** Makes the folder before the tests of a file, and removes it after them. @param name of the file's topic */
export function tinyFolder(name: string) {
  const root = mkdtempSync(join(tmpdir(), `engraft-${name}-`));
  const path = (...parts: string[]): string => join(root, ...parts);
  beforeAll(async () => {
    process.env.ENGRAFT_CACHE = path("cache");
    await tinyData(path("data"), { ant: 24, bee: 24 });
    tinyBase(path("base"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return { path, data: path("data"), base: path("base") };
}

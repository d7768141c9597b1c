import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { cacheInfo, clearCache } from "./cache-folder.js";

test("clearing removes what Engraft keeps, says how much, and touches nothing else in the folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "engraft-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const platform = { ...nodePlatform, cacheDir: () => folder };
  expect(await cacheInfo(platform)).toMatchObject({ folder, bytes: 0 });
  mkdirSync(join(folder, "features", "deep"), { recursive: true });
  mkdirSync(join(folder, "photos"));
  writeFileSync(join(folder, "features", "a"), "12345");
  writeFileSync(join(folder, "features", "deep", "b"), "123");
  writeFileSync(join(folder, "photos", "mine.jpg"), "x");
  const removed = await clearCache(platform);
  expect(removed.bytes).toBe(8);
  expect(removed.parts.find((p) => p.name === "features")).toMatchObject({ files: 2, bytes: 8 });
  expect(existsSync(join(folder, "features"))).toBe(false);
  expect(existsSync(join(folder, "photos", "mine.jpg"))).toBe(true);
});

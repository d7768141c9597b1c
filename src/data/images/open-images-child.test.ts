import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { nodePlatform } from "../../platform/index.js";
import { manyPictures, openImages } from "./open-images.js";
import { openInChild } from "./open-in-child.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-apart-"));
  const noise = draws(1, "pictures");
  for (const name of ["a", "b"]) {
    mkdirSync(join(folder, "few", name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const raw = Uint8Array.from({ length: 16 * 16 * 3 }, () => Math.floor(256 * noise.uniform()));
      await sharp(raw, { raw: { width: 16, height: 16, channels: 3 } })
        .png()
        .toFile(join(folder, "few", name, `${i}.png`));
    }
  }
  mkdirSync(join(folder, "many", "a"), { recursive: true });
  mkdirSync(join(folder, "many", "b"));
  writeFileSync(join(folder, "broken.png"), "no picture");
  for (let i = 0; i < manyPictures; i++)
    linkSync(join(folder, "broken.png"), join(folder, "many", i % 2 ? "a" : "b", `${i}.png`));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a child process returns the same dataset and reports progress", async () => {
  const root = join(folder, "few");
  const events: string[] = [];
  const task = { seed: 3, cache: false };
  const onEvent = ({ event }: { event: string }) => events.push(event);
  const dataset = await openInChild(nodePlatform, root, task, { onEvent });
  expect(dataset).toEqual(await openImages(root, { ...task, platform: nodePlatform }));
  expect(dataset.items.length).toBe(20);
  expect(events).toContain("progress");
});

test("many pictures are scanned in a child process, with the same errors", async () => {
  const { runInChildProcess, ...here } = nodePlatform;
  const modules: string[] = [];
  const platform = {
    ...here,
    runInChildProcess: (work: Parameters<NonNullable<typeof runInChildProcess>>[0]) => {
      modules.push(work.module);
      return runInChildProcess!(work);
    },
  };
  const root = join(folder, "many");
  const messageOf = async (on: typeof here) =>
    openImages(root, { cache: false, platform: on }).catch((error: Error) => error.message);
  const there = await messageOf(platform);
  expect(modules).toEqual(["data/images/open-images-child.js"]);
  expect(there).toBe(await messageOf(here));
  expect(there).toMatch(/4000 of 4,000 pictures \(100 %\) in ".*" cannot be read; at most 10 % may be/);
});

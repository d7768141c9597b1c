import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  allClips,
  clipName,
  conditions,
  machines,
  renderClip,
  wavFile,
} from "../../scripts/demo-sounds/render.js";
import { openSounds } from "../../src/data/sounds/index.js";
import { nodePlatform } from "../../src/platform/node.js";

const folder = fileURLToPath(new URL("../../assets/demo-sounds", import.meta.url));
const wavs = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".wav"));

test("the demo set of sounds is read without a warning: four classes, splits as given, at most 800 kB", async () => {
  const { classes, items, skipped, warnings } = await openSounds(nodePlatform, folder, {
    groupFrom: "(machine\\d+)",
  });
  expect(classes).toEqual([...conditions]);
  expect([skipped, warnings]).toEqual([[], []]);
  const inTest = items.filter(({ part }) => part === "test").length;
  expect([inTest, items.length - inTest]).toEqual([machines.test * 4, machines.train * 8]);
  const bytes = wavs().reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
  expect(bytes).toBeLessThan(800_000);
});

test("the renderer makes the bundled clips again, and none is there twice", () => {
  const names = [...allClips()].map(({ part, machine, condition, n }) =>
    clipName(part, machine, condition, n),
  );
  expect(
    wavs()
      .map((name) => name.replaceAll("\\", "/"))
      .sort(),
  ).toEqual(names.sort());
  expect(new Set(wavs().map((name) => readFileSync(join(folder, name)).toString("base64"))).size).toBe(120);
  const bundled = new Int16Array(
    new Uint8Array(readFileSync(join(folder, "test/outer-race/machine12-1.wav"))).buffer.slice(44),
  );
  const again = new Int16Array(wavFile(renderClip(12, "outer-race", 1)).buffer.slice(44));
  // 0 with the same V8; another version may round a sine differently.
  expect(again.reduce((most, v, i) => Math.max(most, Math.abs(v - bundled[i]!)), 0)).toBeLessThanOrEqual(1);
});

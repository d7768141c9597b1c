// What the rows of an old classifier bring, and what a run says of it beforehand: on pictures whose classes differ little.
// @module-tag thorough
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { train } from "../../src/index.js";
import { tinyBase } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-reuse-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false, base: path("base") } as const;

/** Pictures of noise in which one channel is a little stronger: red, green or blue. */
async function tinted(folder: string, names: readonly string[], count: number, from: number): Promise<void> {
  let seed = from;
  for (const [c, name] of names.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const tint = [0, 1, 2].map((channel) => (channel === c ? 1 : 0.9));
      await picture(seed++)
        .linear(tint, [0, 0, 0])
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
}

/** The same three kinds of pictures as they were called when the old model learnt them, and as they are called now. */
const [before, now] = [
  ["ant", "bee", "cow"],
  ["red ant", "bee", "cow"],
] as const;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
  await tinted(path("many"), before, 100, 0);
  await tinted(path("few", "train"), now, 1, 10_000);
  await tinted(path("few", "val"), now, 8, 20_000);
  await tinted(path("few", "test"), now, 60, 30_000);
  await train(path("many"), { ...quick, out: path("old"), strategy: "full", epochs: 12, lr: 3e-3 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("with one picture a class the old rows are right more often than a probe on the same features, and validation chooses them", async () => {
  const task = "image-classification";
  const common = { ...quick, task, strategy: "probe", initFrom: path("old", "model") } as const;
  // With a training size, the probe is not fitted again on the validation split.
  const probe = await train(path("few"), { ...common, trainSize: 3, out: path("probe") });
  const reuse = await train(path("few"), { ...common, out: path("reuse"), initHead: "reuse" });
  expect(reuse.split).toMatchObject({ train: 3, validation: 24, test: 180 });
  expect(reuse.init!.head).toMatch(
    /^the other model's head: .*for 3 of 3 classes \(bee from bee, cow from cow, red ant from ant\)/,
  );
  // Paired on the same 180 pictures, beyond the interval of either.
  expect(reuse.test.accuracy).toBeGreaterThan(probe.test.accuracy_ci95[1]);
  expect(reuse.test.loss).toBeLessThan(probe.test.loss);
  expect(reuse.validation.loss).toBeLessThan(probe.validation.loss);
});

test("rows of a wrong classifier are not used: validation chooses the probe", async () => {
  // The names go round: what was an ant is called a bee.
  await tinted(path("turned", "train"), ["bee", "cow", "ant"], 8, 40_000);
  await tinted(path("turned", "val"), ["bee", "cow", "ant"], 8, 50_000);
  await tinted(path("turned", "test"), ["bee", "cow", "ant"], 20, 60_000);
  const run = await train(path("turned"), {
    ...quick,
    strategy: "probe",
    initFrom: path("old", "model"),
    initHead: "reuse",
    out: path("turned run"),
  });
  expect(run.init!.head).toMatch(/^the linear probe's head: validation loss \d/);
});

test("a probe's forecast counts the views of the test part", async () => {
  const said: string[] = [];
  const run = await train(path("few"), {
    ...quick,
    strategy: "probe",
    tta: 12,
    task: "image-classification",
    out: path("views"),
    onEvent: (e) => {
      if (e.event === "forecast") said.push(e.words);
    },
  });
  expect(run.tta!.views).toBe(12);
  // 12 views of 180 pictures.
  expect(said[0]).toMatch(/scoring .* \(2160 views\)$/);
});

// A run on texts of several lengths, killed at any moment and gone on with, gives the very bits of an undisturbed run.
// @module-tag thorough
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainOptions } from "../../src/index.js";
import { eagerScript, engraft, modelBytes, type Ran, type RunOptions } from "../support/fixtures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-kill-texts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
let [script, base, data] = ["", "", ""];
beforeAll(() => {
  script = eagerScript(root);
  base = writeTextBase(path("base"));
  data = path("reviews.csv");
  writeFileSync(
    data,
    `text,label\n${reviews(120)
      .map((r) => `${r.text},${r.label}`)
      .join("\n")}\n`,
  );
});

const recipe = { task: "text-classification", epochs: 2, batchSize: 8, threads: 1, cache: false } as const;
const begin = (out: string, options: TrainOptions, how: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft([JSON.stringify({ data, options: { base, out: path(out), ...options } }), "--json"], {
    cache,
    script,
    ...how,
  });
const goOn = (out: string, how: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft([JSON.stringify({ resume: path(out) }), "--json"], { cache, script, ...how });

/** Kill when it says so for the n-th time. */
function killAt(event: string, phase?: string, n = 1): Partial<RunOptions> {
  let seen = 0;
  return {
    onLine: (said, child) => {
      if (said.event !== event || (phase !== undefined && said.phase !== phase)) return;
      if (++seen === n) child.kill("SIGKILL");
    },
  };
}

test("a fine-tuning, killed at every stage: the same bits", () => sameBits("a fine-tuning", {}));

// `kill-and-resume.test.ts` has this for pictures.
test(
  "accumulated steps of balanced classes, killed at every stage: the same bits",
  { tags: ["thorough"] },
  () => sameBits("accumulated steps", { accumulate: 2, sampling: "balanced" }),
);

async function sameBits(name: string, options: TrainOptions): Promise<void> {
  const whole = await begin(`${name} whole`, { ...recipe, ...options });
  expect(whole).toMatchObject({ code: 0, err: "" });
  const lengths = whole.events.find(({ event }) => event === "lengths") as { batches: number[] };
  expect(lengths.batches.length).toBeGreaterThan(2);
  const moments = [
    killAt("progress", "features"),
    killAt("progress", "training"),
    killAt("checkpoint", undefined, 3),
    killAt("progress", "training", 4),
    killAt("epoch"),
  ];
  for (const [i, how] of moments.entries()) {
    const ran = i === 0 ? await begin(name, { ...recipe, ...options }, how) : await goOn(name, how);
    expect({ i, signal: ran.signal, err: ran.err }).toEqual({ i, signal: "SIGKILL", err: "" });
  }
  expect(await goOn(name)).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path(name)).equals(modelBytes(path(`${name} whole`)))).toBe(true);
}

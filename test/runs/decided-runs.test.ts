// A run that decides something itself, and is stopped after that, goes on with what it decided.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Verdict } from "../../src/core/events/events.js";
import { resume } from "../../src/index.js";
import { engraft, modelBytes, tinyBase, tinyData } from "../support/fixtures.js";
import { once } from "../support/moments.js";

// Five processes one after the other; each has a limit of its own, see `engraft`.

const root = mkdtempSync(join(tmpdir(), "engraft-decided-"));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a resumed run keeps its own decisions: strategy, learning rate and baselines of a run without options", async () => {
  // Enough pictures for a training, and two classes that look alike: of fewer or clearer ones a probe is made.
  const data = await tinyData(path("data"), { ant: 20, bee: 20, cat: 20, dog: 20 });
  const base = tinyBase(path("base"));
  const args = (out: string) => [
    ...[
      "train",
      data,
      "--base",
      base,
      "--seeds",
      "1",
      "--scratch-steps",
      "12",
      "--threads",
      "1",
      "--out",
      path(out),
      "--json",
    ],
  ];
  const whole = await engraft(args("told nothing"), { cache });
  expect(whole).toMatchObject({ code: 0, err: "" });
  for (const [out, phase] of [
    ["nothing, training", "training"],
    ["nothing, beside", "scratch"],
  ] as const) {
    const stopped = await engraft(args(out), {
      cache,
      onLine: once({ event: "progress", phase }, (child) => child.kill("SIGINT")),
    });
    expect(stopped.code).toBe(130);
    const ran = await engraft(["train", "--resume", path(out), "--json"], { cache });
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(modelBytes(path(out)).equals(modelBytes(path("told nothing")))).toBe(true);
    const { strategy, verdict } = whole.events.at(-1)!;
    // How long it took is its own.
    const { effort: _, ...told } = verdict as Verdict;
    expect(ran.events.at(-1)).toMatchObject({ strategy, verdict: told });
    expect(strategy).toMatchObject({ name: "finetune" });
  }
  // What it decided is its own: nobody else may change it.
  const file = path("nothing, training", "run.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  expect(Object.keys(manifest.decided).sort()).toEqual(["baselines", "lr", "reasons", "strategy"]);
  writeFileSync(
    file,
    JSON.stringify({ ...manifest, status: "running", options: { ...manifest.options, lr: 0.5 } }),
  );
  await expect(resume(path("nothing, training"))).rejects.toMatchObject({
    kind: "RunError",
    details: { before: { lr: manifest.decided.lr }, now: { lr: 0.5 } },
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { EngraftEvent } from "../src/core/events.js";
import { rank } from "../src/index.js";

const demo = fileURLToPath(new URL("../assets/demo", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-rank-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a base that cannot be opened is told and ends no other; scores, licence and likeness are there", async () => {
  const broken = join(folder, "broken.onnx");
  writeFileSync(broken, "no model");
  const events: EngraftEvent[] = [];
  const result = await rank(demo, {
    bases: [broken, "vision-mini", "vision-mini"],
    samples: 40,
    cache: false,
    onEvent: (event) => events.push(event),
  });
  expect(result.n).toBe(40);
  expect(result.failed.map(({ base }) => base)).toEqual([broken]);
  expect(events).toContainEqual(expect.objectContaining({ event: "warning", code: "base" }));
  const [base] = result.bases;
  expect(result.bases).toHaveLength(1);
  expect(base).toMatchObject({ name: "vision-mini", mean_rank: 1, features: 256 });
  expect(base!.license).toContain("research");
  for (const [name, { value, ms }] of Object.entries(base!.scores)) {
    expect(value, name).toSatisfy(Number.isFinite);
    expect(ms, name).toBeGreaterThanOrEqual(0);
  }
  expect(result.cka).toEqual([[1]]);
});

test("no base at all, one that is not there, and too few samples are said", async () => {
  await expect(rank(demo, { bases: [] })).rejects.toThrow("there is no base to rank");
  await expect(rank(demo, { bases: ["nothere"] })).rejects.toThrow('there is no base called "nothere"');
  await expect(rank(demo, { samples: 3 })).rejects.toThrow(
    "samples must be a whole number of at least 10, got 3",
  );
});

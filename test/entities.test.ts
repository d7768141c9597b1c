import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../src/core/events.js";
import { train } from "../src/index.js";
import { taggedSentences, writeTagged } from "./entity-data.js";
import { writeTextBase } from "./text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-train-entities-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
let data: string;
let base: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  data = writeTagged(at("data"), taggedSentences(200));
});
const common = { task: "token-classification", cache: false, threads: 1 } as const;

test("a probe on a text encoder finds entities, and says how well by type", async () => {
  const events: EngraftEvent[] = [];
  const run = await train(data, {
    ...common,
    base,
    strategy: "probe",
    out: at("probe"),
    onEvent: (e) => events.push(e),
  });
  expect(run.types).toEqual(["MOOD", "THING"]);
  expect(run.labels).toEqual(["O", "B-MOOD", "I-MOOD", "B-THING", "I-THING"]);
  expect(run.test.f1).toBeGreaterThan(0.5);
  expect(run.test.f1_ci95[0]).toBeLessThanOrEqual(run.test.f1);
  expect(run.test.per_type.map(({ type }) => type)).toEqual(["MOOD", "THING"]);
  expect(events.map((e) => e.event)).toContain("forecast");
  const page = readFileSync(join(run.run, "report.html"), "utf8");
  expect(page).toContain("What is taken for what");
});

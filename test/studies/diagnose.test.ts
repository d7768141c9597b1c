// Diagnosis of layers: brief trainings, each saved, scored on the validation split.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type DiagnosisResult,
  diagnose,
  type EngraftError,
  type EngraftEvent,
  resume,
  resumeDiagnosis,
} from "../../src/index.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-diagnose-"));
const path = (...parts: string[]) => join(root, ...parts);
let data: string;
let options: Parameters<typeof diagnose>[1];
let whole: DiagnosisResult;
const events: EngraftEvent[] = [];

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  data = await tinyData(path("data"), { ant: 40, bee: 40 });
  options = { base: tinyBase(path("base")), epochs: 1, threads: 1, groups: 2, seeds: 2 };
  whole = await diagnose(data, {
    ...options,
    source: await tinyData(path("source"), { bee: 30, car: 30 }, 500),
    out: path("whole"),
    onEvent: (event) => events.push(event),
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );

test("each variant is trained with each seed, forecast before it starts, and scored on the validation split", () => {
  expect(whole.variants.map(({ label }) => label)).toEqual([
    "all kept",
    "the last 1 of 2 groups fresh",
    "all fresh",
    "the first 1 of 2 groups fresh",
  ]);
  const kinds = events.map(({ event }) => event);
  expect(kinds.indexOf("forecast")).toBeLessThan(kinds.indexOf("run"));
  const runs = events.filter((event) => event.event === "run");
  expect(runs.filter(({ state }) => state === "done")).toHaveLength(8);
  expect(runs.every((run) => run.test_accuracy === undefined)).toBe(true);
  expect(runs.at(-1)!.seconds_left).toBe(0);
  const manifest = JSON.parse(readFileSync(path("whole", "diagnosis.json"), "utf8"));
  expect(manifest.status).toBe("done");
  const done: Record<string, string>[] = readdirSync(path("whole", "runs")).map((file) =>
    JSON.parse(readFileSync(path("whole", "runs", file), "utf8")),
  );
  for (const { right } of done) expect(right).toHaveLength(whole.split.validation);
  for (const { accuracy, side, groups } of whole.variants) {
    const own = done.filter((one) => one.side === side && Number(one.groups) === groups);
    const shares = own.map(({ right = "" }) => [...right].filter((c) => c === "1").length / right.length);
    expect(accuracy.mean).toBeCloseTo((shares[0]! + shares[1]!) / 2, 12);
  }
});

test("every group has a value from both sides with an interval, and the groups contain each parameter of the base once", () => {
  expect(whole.groups.map(({ group }) => group)).toEqual([1, 2]);
  for (const { from_output, from_input } of whole.groups)
    for (const worth of [from_output, from_input]) {
      // Without an interval, both sides were correct on the same items.
      expect(worth.ci95?.[0] ?? 0).toBeLessThanOrEqual(worth.gain);
      expect(worth.ci95?.[1] ?? 0).toBeGreaterThanOrEqual(worth.gain);
      expect(worth.p_adjusted!).toBeGreaterThanOrEqual(worth.p!);
    }
  // Both paths from all pretrained to all random layers have the same total.
  const sums = ["from_output", "from_input"] as const;
  for (const side of sums)
    expect(whole.groups.reduce((s, g) => s + g[side].gain, 0)).toBeCloseTo(whole.all.gain, 12);
  const page = readFileSync(path("whole", "report.html"), "utf8");
  expect(page).toContain("Group by group");
  expect(page).not.toContain("<script");
});

test("classes of a labelled source have a weight, and those shared with the data have a value", () => {
  const { source } = whole;
  expect(source!.n).toBe(60);
  expect(source!.classes.map(({ label }) => label).sort()).toEqual(["bee", "car"]);
  const mean = source!.classes.reduce((sum, { weight, n }) => sum + weight * n, 0) / 60;
  expect(mean).toBeCloseTo(1, 6);
  expect(source!.classes.find(({ label }) => label === "bee")!.worth).toBeDefined();
  expect(source!.classes.find(({ label }) => label === "car")!.worth).toBeUndefined();
});

test("a stopped diagnosis resumes with the missing trainings to the same result", {
  tags: ["thorough"],
}, async () => {
  const stop = new AbortController();
  let ended = 0;
  const stopped = await failure(
    diagnose(data, {
      ...options,
      out: path("stopped"),
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === "run" && event.state === "done" && ++ended === 3) stop.abort();
      },
    }),
  );
  expect(stopped.message).toBe("stopped after 3 of 8 trainings");
  expect(stopped.help).toContain("engraft diagnose --resume");
  const states: string[] = [];
  const result = await resume(path("stopped"), {
    onEvent: (event) => {
      if (event.event === "run" && event.state !== "started") states.push(event.state);
    },
  });
  if (result.task !== "diagnosis") throw new Error(result.task);
  expect(states).toEqual([...Array(3).fill("kept"), ...Array(5).fill("done")]);
  expect(result.groups).toEqual(whole.groups);
});

test("unusable input is refused with a remedy, and leaves no folder behind", async () => {
  expect((await failure(diagnose(data, { ...options, groups: 1 }))).message).toBe("groups is 1");
  const short = await failure(
    diagnose(data, { ...options, epochs: undefined!, budget: 0.001, out: path("short") }),
  );
  expect(short.message).toBe("in 0.001 s there is no time for 8 trainings of one epoch each");
  expect(short.help).toMatch(/^they take about \d+ s: give a larger --budget, or fewer --groups or --seeds$/);
  expect((await failure(resumeDiagnosis(path("short")))).message).toContain("holds no diagnosis");
  const few = await tinyData(path("few"), { ant: 12, bee: 12 });
  expect((await failure(diagnose(few, { ...options, out: path("out-few") }))).message).toContain(
    "a diagnosis is judged on it, and needs 5 at least",
  );
  // Changed data.
  const manifest = JSON.parse(readFileSync(path("whole", "diagnosis.json"), "utf8"));
  rmSync(path("changed"), { recursive: true, force: true });
  const changed = await tinyData(path("changed-data"), { ant: 41, bee: 40 });
  const { mkdirSync } = await import("node:fs");
  mkdirSync(path("changed"));
  writeFileSync(
    path("changed", "diagnosis.json"),
    JSON.stringify({ ...manifest, data: changed, from_study: {} }),
  );
  expect((await failure(resumeDiagnosis(path("changed")))).message).toBe(
    "the data changed since the diagnosis was started",
  );
});

test("engraft diagnose prints which groups help, as a table and as JSON", async () => {
  const run = (...words: string[]) => engraft(["diagnose", ...words], { cache: path("cache") });
  const again = await run("--resume", path("whole"));
  expect(again.code).toBe(0);
  expect(again.out).toMatch(/^weights {4}\S/m);
  expect(again.out).toMatch(/^source {5}Weighted /m);
  const { out } = await run("--resume", path("whole"), "--json");
  const last = JSON.parse(out.trim().split("\n").at(-1)!);
  expect(last).toMatchObject({ event: "result", task: "diagnosis" });
  expect(last.groups).toEqual(JSON.parse(JSON.stringify(whole.groups)));
  const withGroups = await run("--resume", path("whole"), "--groups", "3", "--json");
  expect(withGroups.events.at(-1)).toMatchObject({ event: "error", details: { fixed: "groups" } });
});

// A finished run is trained further: it begins with the weights that were kept, and keeps the best epoch of all.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { distill, type EngraftEvent, resume, train } from "../../src/index.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-further-"));
const path = (...parts: string[]): string => join(root, ...parts);
const recipe = { epochs: 2, threads: 1 } as const;
let data: string;
let base: string;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  data = await tinyData(path("data"), { ant: 14, bee: 14 });
  base = tinyBase(path("base"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const manifestOf = (run: string) => JSON.parse(readFileSync(path(run, "run.json"), "utf8"));

test("for epochs, then for a time: the epochs go on, through the schedule again", {
  tags: ["thorough"],
}, async () => {
  const options = { ...recipe, strategy: "finetune", seed: 3 } as const;
  const run = await train(data, { ...options, base, out: path("further") });
  expect(run).toMatchObject({ epochs: 2 });
  const before = readFileSync(path("further", "report.html"), "utf8");
  const events: EngraftEvent[] = [];
  const more = await resume(run.run, { more: { epochs: 2 }, onEvent: (event) => void events.push(event) });
  expect(more).toMatchObject({ event: "result", epochs: 4 });
  expect(manifestOf("further")).toMatchObject({ status: "done", extensions: [{ epochs: 2 }] });
  const rates = events.flatMap((e) => (e.event === "epoch" ? [e.rate] : []));
  // The rate has fallen at the end of the first schedule, and rises again.
  expect(rates).toHaveLength(4);
  expect(rates[2]).toBeGreaterThan(rates[1]!);
  // The run has scored its test split before.
  expect((more as typeof run).test_looks).toBe(run.test_looks + 1);
  // Nothing that was better is lost.
  expect((more as typeof run).validation.loss).toBeLessThanOrEqual(run.validation.loss);
  expect(readFileSync(path("further", "report.html"), "utf8")).toContain("4; the weights");

  // Its seconds are those of all processes, so the forecast of the extension is not shown.
  const shown = async (one: unknown) => (await renderAnyResult(one as typeof run, true)).join(" ");
  const tile = /<small>forecast [^<]+<[/]small>/;
  expect((more as typeof run).seconds.features).toBeGreaterThan(run.seconds.features);
  expect(await shown(run)).toMatch(/; forecast [\d.]+ s/);
  expect(await shown(more)).not.toMatch(/; forecast [\d.]+ s/);
  expect(before).toMatch(tile);
  expect(readFileSync(path("further", "report.html"), "utf8")).not.toMatch(tile);

  const longer = await resume(run.run, { more: { seconds: 1 } });
  expect((longer as typeof run).epochs).toBeGreaterThan(4);
  expect(manifestOf("further").extensions).toEqual([{ epochs: 2 }, { seconds: 1 }]);
  expect([run, more, longer].map((one) => (one as typeof run).extensions)).toEqual([undefined, 1, 2]);
  // Without more, its result is returned.
  expect(await resume(run.run)).toMatchObject({ epochs: (longer as typeof run).epochs });
});

test("a run that is not finished, or trains nothing by steps, is refused with what to do", {
  tags: ["thorough"],
}, async () => {
  const stopped = path("unfinished");
  await stopRun((how) => train(data, { base, ...recipe, out: stopped, ...how }));
  await expect(resume(stopped, { more: { epochs: 1 } })).rejects.toMatchObject({
    kind: "RunError",
    help: `resume it first: engraft train --resume ${stopped}`,
  });
  const probe = await train(data, { base, strategy: "probe", threads: 1, out: path("solved") });
  await expect(resume(probe.run, { more: { epochs: 1 } })).rejects.toMatchObject({
    kind: "RunError",
    message: `"${probe.run}" trained nothing by steps that could go on`,
    help: `train with steps: engraft train "${data}" --base ${base} --strategy finetune --out "${probe.run}-finetune"`,
  });
  expect(manifestOf("solved").status).toBe("done");
});

test.each(["full", "gradual", "l2-sp", "delta", "lora", "adapter", "bitfit", "setfit"] as const)(
  "a run of %s goes on",
  { tags: ["thorough"] },
  async (strategy) => {
    const run = await train(data, { ...recipe, base, strategy, epochs: 1, out: path(`of-${strategy}`) });
    const more = await resume(run.run, { more: { epochs: 1 } });
    expect(more).toMatchObject({
      event: "result",
      epochs: (run.epochs ?? 0) + 1,
      strategy: { name: strategy },
    });
  },
);

test("trees are grown, not trained: the refusal names a strategy of tables", {
  tags: ["thorough"],
}, async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${2 * i + (i % 7)}`);
  writeFileSync(path("table.csv"), ["a,b,y", ...rows].join("\n"));
  const trees = await train(path("table.csv"), {
    task: "auto",
    strategy: "trees",
    target: "y",
    out: path("trees"),
  });
  await expect(resume(trees.run, { more: { epochs: 1 } })).rejects.toMatchObject({
    kind: "RunError",
    help: `train with steps: engraft train "${path("table.csv")}" --strategy full --target y --task tabular-regression --out "${trees.run}-full"`,
  });
});

test("on the command line, --more takes epochs or a time", { tags: ["thorough"] }, async () => {
  const refusal = async (...args: string[]) =>
    (await engraft(["train", ...args], { cache: path("cache") })).err;
  const run = await train(data, { ...recipe, base, strategy: "finetune", out: path("line") });
  const ran = await engraft(["train", "--resume", run.run, "--more", "1", "--json"], {
    cache: path("cache"),
  });
  expect(JSON.parse(ran.out.trim().split("\n").at(-1)!)).toMatchObject({ event: "result", epochs: 3 });
  expect(manifestOf("line").extensions).toEqual([{ epochs: 1 }]);
  expect(await refusal("--resume", run.run, "--more", "1.5")).toContain(
    "a number of epochs like 5, or a time from 1 s to 30 days, like 90s, 10m or 1h30m",
  );
  expect(await refusal(data, "--more", "5")).toContain("--more trains a finished run further");
});

const stagesOf = (events: readonly EngraftEvent[], stage: RegExp) =>
  events.flatMap((e) => (e.event === "epoch" && stage.test(e.stage) ? [e.epoch] : []));

test("the baseline from scratch is trained further by the same epochs, unless it had stopped improving", {
  tags: ["thorough"],
}, async () => {
  const out = path("compared");
  const options = {
    ...recipe,
    base,
    strategy: "finetune",
    seeds: 1,
    baselines: true,
    scratchSteps: 8,
  } as const;
  const before: EngraftEvent[] = [];
  const run = await train(data, { ...options, out, onEvent: (event) => void before.push(event) });
  const events: EngraftEvent[] = [];
  const more = await resume(out, { more: { epochs: 3 }, onEvent: (event) => void events.push(event) });
  const of = (result: unknown) => (result as typeof run).baselines!.scratch!.training!;
  expect(of(run).ended).toBe("budget");
  const perEpoch = of(run).steps / Math.max(...stagesOf(before, /^scratch/));
  expect(of(more).steps).toBe(of(run).steps + 3 * perEpoch);
  expect(of(more).limit).toBe(of(more).steps);
  const { recipe: words } = (more as typeof run).baselines!.scratch!;
  expect(words).toContain(`at most ${of(more).steps} steps`);

  const done = await train(data, { ...options, scratchSteps: 400, out: path("plateau") });
  expect(of(done).ended).toBe("stopped improving");
  const longer = await resume(done.run, { more: { epochs: 3 } });
  expect(longer).toMatchObject({ epochs: 5 });
  expect(of(longer)).toMatchObject({ steps: of(done).steps, limit: 400, ended: "stopped improving" });
});

test("a student is trained further, with and without its teacher, and the record has both commands", {
  tags: ["thorough"],
}, async () => {
  const teacher = await train(data, { ...recipe, base, strategy: "finetune", out: path("teacher") });
  const run = await distill(data, { ...recipe, base, teacher: teacher.run, out: path("student") });
  const ran = await engraft(["distill", "--resume", run.run, "--more", "2", "--json"], {
    cache: path("cache"),
  });
  const events: EngraftEvent[] = ran.out
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  const result = events.at(-1) as typeof run;
  expect(result).toMatchObject({ event: "result", epochs: 4 });
  expect(run.baselines!.without_teacher!.recipe).toContain("2 epochs of batch size");
  expect(result.baselines!.without_teacher!.recipe).toContain("4 epochs of batch size");
  expect(stagesOf(events, /^without teacher$/)).toEqual([1, 2, 3, 4]);
  const line = `engraft distill --resume "${run.run}" --more 2`;
  expect(manifestOf("student").command.split("\n").slice(1)).toEqual([line]);
  expect(readFileSync(path("student", "model", "README.md"), "utf8")).toContain(
    'engraft distill --resume "./student" --more 2',
  );
  expect(readFileSync(path("student", "report.html"), "utf8")).toContain("--more 2");
});

test("a refused --more leaves the run as it was", { tags: ["thorough"] }, async () => {
  const out = path("refused");
  const run = await train(data, { ...recipe, base, strategy: "finetune", out });
  const written = manifestOf("refused");
  const other = await tinyData(path("other-data"), { ant: 9, bee: 12 });
  await expect(resume(out, { more: { epochs: 1 }, data: other })).rejects.toMatchObject({ kind: "RunError" });
  expect(manifestOf("refused")).toEqual(written);
  expect(await resume(out)).toMatchObject({ epochs: run.epochs });
  expect(await resume(out, { more: { epochs: 1 } })).toMatchObject({ epochs: run.epochs! + 1 });
});

test("the total counts the seconds of all processes of a run", { tags: ["thorough"] }, async () => {
  const out = path("stopped");
  await stopRun((how) => train(data, { ...recipe, base, strategy: "finetune", out, ...how }));
  const clock = path("stopped", "state", "seconds.json");
  const first = Number(readFileSync(clock, "utf8"));
  expect(first).toBeGreaterThan(0);
  // As if the first process had taken 1,000 s longer.
  writeFileSync(clock, `${first + 1000}`);
  const run = (await resume(out)) as Awaited<ReturnType<typeof train>>;
  expect(run.seconds.total).toBeGreaterThan(first + 1000);
  const more = (await resume(out, { more: { epochs: 1 } })) as typeof run;
  expect(more.seconds.total).toBeGreaterThan(run.seconds.total);
});

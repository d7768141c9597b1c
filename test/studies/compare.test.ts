// Comparisons of strategies, with each training in its own process, through failures, stops and resumes.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type CompareOptions,
  type ComparisonResult,
  compare,
  type EngraftError,
  type EngraftEvent,
  resume,
  resumeComparison,
  train,
} from "../../src/index.js";
import { errorWith } from "../support/failure.js";
import { cli, engraft, modelBytes, once } from "../support/fixtures.js";
import { once as atFirst } from "../support/moments.js";
import { sharedComparison } from "../support/shared-runs.js";

const root = mkdtempSync(join(tmpdir(), "engraft-compare-"));
const path = (...parts: string[]) => join(root, ...parts);
let data: string;
let shared: CompareOptions;
let wholeStudy: string;
let whole: ComparisonResult;
let events: readonly EngraftEvent[];

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const made = await sharedComparison();
  ({ data, options: shared, study: wholeStudy, result: whole, events } = made);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns the error of work that must fail. */
async function failure(work: Promise<unknown>): Promise<EngraftError> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );
}

test("every strategy is trained with every seed, seed by seed", () => {
  expect(whole.runs.map(({ label, seed }) => `${label} ${seed}`)).toEqual([
    "probe 0",
    "bitfit 0",
    "probe 1",
    "bitfit 1",
  ]);
});

test("a training of a comparison is the one of `train`, to the bit", { tags: ["thorough"] }, async () => {
  const single = await train(data, {
    ...shared,
    task: "image-classification",
    strategy: "bitfit",
    seed: 1,
    out: path("alone"),
  });
  const compared = whole.runs[3]!;
  expect(compared.test.accuracy).toBe(single.test.accuracy);
  expect(modelBytes(compared.run).equals(modelBytes(single.run))).toBe(true);
  expect(compared.model_bytes).toBe(statSync(join(single.model, "onnx/model.onnx")).size);
});

test("all strategies of a seed share one split, and each run counts as one use of its test split", () => {
  const manifests = whole.runs.map(({ run }) => JSON.parse(readFileSync(join(run, "run.json"), "utf8")));
  expect(manifests[0].fingerprint).toBe(manifests[1].fingerprint);
  expect(manifests[2].fingerprint).toBe(manifests[3].fingerprint);
  expect(manifests[0].fingerprint).not.toBe(manifests[2].fingerprint);
  expect(whole.same_test).toBe(false);
  expect(whole.runs.map(({ test_looks }) => test_looks)).toEqual([0, 1, 0, 1]);
});

test("the table has accuracy with an interval, seconds, memory, file size and trainable parameters", () => {
  for (const row of whole.rows) {
    expect(row.seeds).toEqual([0, 1]);
    const runs = whole.runs.filter(({ label }) => label === row.label);
    const [a, b] = runs.map((r) => r.test.accuracy);
    expect(row.accuracy!.mean).toBeCloseTo((a! + b!) / 2, 12);
    // The seeds alone give t(0.975, 1) s / √2 = 12.7062 |a − b| / 2. The test pictures add to it, so it is never 0.
    expect(row.accuracy!.plus_minus!).toBeGreaterThan((12.7062 * Math.abs(a! - b!)) / 2);
    expect(row.peak_rss_mb).toBeGreaterThan(50);
    const meanOf = (secondsOf: (seconds: (typeof runs)[number]["seconds"]) => number): number =>
      (secondsOf(runs[0]!.seconds) + secondsOf(runs[1]!.seconds)) / 2;
    expect(row.seconds!.total).toBeCloseTo(
      meanOf(({ total }) => total),
      9,
    );
    expect(row.seconds!.own).toBeCloseTo(
      meanOf(({ total, features }) => total - features),
      9,
    );
    expect(row.recipe.length).toBeGreaterThan(0);
  }
  const bitfit = whole.rows.find(({ label }) => label === "bitfit")!;
  expect(bitfit.trainable!.parameters).toBeLessThan(bitfit.trainable!.total);
  expect(whole.baseline).toBe("probe");
  expect(whole.winner!.words).toContain("best validation accuracy");
});

test("events name their run; results of runs are rows of the table, not result events", () => {
  const runs = events.filter((event) => event.event === "run");
  expect(runs.map(({ state, label, seed, number, of }) => [state, label, seed, number, of])).toEqual([
    ["started", "probe", 0, 1, 4],
    ["done", "probe", 0, 1, 4],
    ["started", "bitfit", 0, 2, 4],
    ["done", "bitfit", 0, 2, 4],
    ["started", "probe", 1, 3, 4],
    ["done", "probe", 1, 3, 4],
    ["started", "bitfit", 1, 4, 4],
    ["done", "bitfit", 1, 4, 4],
  ]);
  expect(events.some(({ event }) => event === "epoch")).toBe(true);
  expect(events.some(({ event }) => event === "result")).toBe(false);
});

test("the folder has table, report and run folders, without checkpoints of finished runs", () => {
  const kept = JSON.parse(readFileSync(join(wholeStudy, "comparison.json"), "utf8"));
  expect(kept).toMatchObject({ status: "done", entries: [{ label: "probe" }, { label: "bitfit" }] });
  expect(kept.result.rows).toEqual(whole.rows);
  expect(readFileSync(join(wholeStudy, "report.html"), "utf8")).toContain("wins by validation");
  for (const name of ["probe-seed-0", "bitfit-seed-1"]) {
    expect(existsSync(join(wholeStudy, "runs", name, "report.html"))).toBe(true);
    expect(existsSync(join(wholeStudy, "runs", name, "state"))).toBe(false);
  }
});

test("a killed training fails alone, and runs again when the comparison is resumed", {
  tags: ["thorough"],
}, async () => {
  let killed = false;
  // So many epochs that the process is killed long before it has a result.
  const longer = { ...shared, epochs: 200 };
  const options = { ...longer, strategies: ["bitfit", "probe"], seeds: 1, out: path("killed") };
  const result = await compare(data, {
    ...options,
    onEvent: ({ event }) => {
      if (event !== "epoch" || killed) return;
      killed = true;
      const child = execFileSync("pgrep", ["-P", String(process.pid), "-f", "platform/child-process"], {
        encoding: "utf8",
      });
      process.kill(Number(child.trim()), "SIGKILL");
    },
  });
  expect(result.failures).toMatchObject([
    { label: "bitfit", seed: 0, kind: "RunError", message: "the training's process ended by SIGKILL" },
  ]);
  expect(result.rows.map(({ label, failed }) => [label, failed])).toEqual([
    ["probe", []],
    ["bitfit", [0]],
  ]);
  expect(result.notes.join(" ")).toContain("1 training failed: bitfit (seed 0).");
  expect(JSON.parse(readFileSync(path("killed/comparison.json"), "utf8")).status).toBe("incomplete");

  const states: string[] = [];
  const again = await resumeComparison(path("killed"), {
    onEvent: (event) => event.event === "run" && states.push(`${event.label} ${event.state}`),
  });
  expect(states).toEqual(["bitfit started", "bitfit done", "probe kept"]);
  expect(again.failures).toEqual([]);
  // The same bits as an undisturbed run.
  const { run } = await train(data, {
    ...longer,
    task: "image-classification",
    strategy: "bitfit",
    seed: 0,
    out: path("undisturbed"),
  });
  expect(modelBytes(path("killed/runs/bitfit-seed-0")).equals(modelBytes(run))).toBe(true);
});

test("a stopped comparison prints how to resume, keeps finished runs, and gives the same table", {
  tags: ["thorough"],
}, async () => {
  const stopper = new AbortController();
  const options = { ...shared, strategies: ["probe", "bitfit"], seeds: 1, out: path("stopped") };
  const error = await failure(
    compare(data, {
      ...options,
      signal: stopper.signal,
      // At its begin: a short training may end before the signal arrives.
      onEvent: (event) =>
        event.event === "run" && event.number === 2 && event.state === "started" && stopper.abort(),
    }),
  );
  expect(error).toMatchObject({
    kind: "Interrupted",
    message: "stopped after 1 of 2 trainings",
    help: expect.stringContaining(`: engraft compare --resume ${path("stopped")}`),
  });
  const result = await resume(path("stopped"));
  if (result.task !== "comparison") throw new Error(result.task);
  const measured = (all: ComparisonResult) =>
    all.runs
      .filter(({ seed }) => seed === 0)
      .map(({ label, test: { accuracy, loss }, validation }) => ({ label, accuracy, loss, validation }));
  expect(measured(result)).toEqual(measured(whole));
});

/** A finished comparison with one seed, in the folder "finished". */
const withOneSeed = once(() =>
  compare(data, { ...shared, strategies: ["probe", "bitfit"], seeds: 1, out: path("finished") }),
);

test("strategies and seeds can be added to a finished comparison; nothing is trained twice", {
  tags: ["thorough"],
}, async () => {
  await withOneSeed();
  const states: string[] = [];
  const result = await resumeComparison(path("finished"), {
    strategies: ["probe", "last-n:last=1"],
    seeds: 2,
    onEvent: (event) =>
      event.event === "run" &&
      event.state !== "started" &&
      states.push(`${event.label} ${event.seed} ${event.state}`),
  });
  expect(states).toEqual([
    "probe 0 kept",
    "bitfit 0 kept",
    "last-n:last=1 0 done",
    "probe 1 done",
    "bitfit 1 done",
    "last-n:last=1 1 done",
  ]);
  expect(result.rows.map(({ label }) => label).sort()).toEqual(["bitfit", "last-n:last=1", "probe"]);
  expect(existsSync(path("finished/runs/last-n-last-1-seed-0/run.json"))).toBe(true);
  expect(await failure(resumeComparison(path("finished"), { seeds: 1 }))).toMatchObject({
    kind: "OptionError",
    message: "the comparison has 2 seeds, not 1",
  });
});

test("a comparison that is enlarged after a decisive table is a second look, with wider intervals", {
  tags: ["thorough"],
}, async () => {
  const folder = path("looks");
  await compare(data, { ...shared, strategies: ["probe", "bitfit"], seeds: 2, out: folder });
  // Two seeds decide nothing. The table of three seeds is the first look; resuming the same plan adds none.
  const third = await resumeComparison(folder, { seeds: 3 });
  expect(third.look).toBeUndefined();
  expect((await resumeComparison(folder)).look).toBeUndefined();
  const fourth = await resumeComparison(folder, { seeds: 4 });
  expect(fourth.look).toBe(2);
  const kept = JSON.parse(readFileSync(join(folder, "comparison.json"), "utf8"));
  expect(kept).toMatchObject({ earlier_looks: 1, result: { look: 2 } });
  expect(fourth.notes.join(" ")).toContain(
    "Second look at this comparison: the ranges of differences are at 99.5 %, so that all looks together err in at most 6 of 100.",
  );
  const row = fourth.rows.find(({ label }) => label === fourth.baseline) ?? fourth.rows[0]!;
  const one = row.to_winner ?? fourth.winner!.difference!;
  expect(one.level).toBe(0.995);
  if (one.ci95) expect(one.interval![1] - one.interval![0]).toBeGreaterThan(one.ci95[1] - one.ci95[0]);
  // Resumed without an addition, it stays the second look.
  expect((await resumeComparison(folder)).look).toBe(2);
});

test("a damaged run folder is reported and left unchanged; the others count", {
  tags: ["thorough"],
}, async () => {
  mkdirSync(path("damaged/runs/probe-seed-0"), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(wholeStudy, "comparison.json"), "utf8"));
  writeFileSync(path("damaged/comparison.json"), JSON.stringify({ ...manifest, seeds: [0] }));
  writeFileSync(path("damaged/runs/probe-seed-0/run.json"), "{");
  const result = await resumeComparison(path("damaged"));
  expect(result.failures).toMatchObject([{ label: "probe", kind: "RunError" }]);
  expect(result.failures[0]!.message).toContain("damaged");
  expect(readFileSync(path("damaged/runs/probe-seed-0/run.json"), "utf8")).toBe("{");
  expect(result.winner!.words).toContain("There is no other to hold it against.");
});

test("one seed has no interval, and a note says so", { tags: ["thorough"] }, async () => {
  const result = await withOneSeed();
  expect(result.rows.map(({ accuracy }) => accuracy!.ci95)).toEqual([null, null]);
  expect(result.notes[0]).toBe(
    "One seed: there is no interval over seeds, and another training could order them otherwise.",
  );
});

test("the command line prints a line per run, the table and the winner; with --json every event and the result", async () => {
  const run = (...words: string[]) => engraft(["compare", ...words], { cache: path("cache") });
  const kept = await run("--resume", wholeStudy);
  expect(kept.code).toBe(0);
  expect(kept.out).toContain("2 strategies × 2 seeds");
  expect(kept.out).toMatch(/^\s+strategy\s+valid\.\s+test accuracy\s+to probe\s+time\s+memory/m);
  expect(kept.out).toContain("note       Each seed has its own test part of the same 40 items.");
  expect(kept.err).toMatch(/1\/4 {2}probe, seed 0 .* kept/);

  const { code, out } = await run("--resume", wholeStudy, "--json");
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({
    event: "result",
    task: "comparison",
    winner: { label: whole.winner!.label },
  });
  expect(lines.at(-1).runs).toEqual(whole.runs);

  for (const [words, expected] of [
    [[], "compare needs a data folder"],
    [["--resume", wholeStudy, "--epochs", "2"], { fixed: "epochs" }],
    [[data, "--resume", wholeStudy], { fixed: "data" }],
    [[data, "--seeds", "0"], "--seeds 0: "],
    [[data, "--strategies", "probe,,full"], { strategy: "" }],
    [[data, "--strategy", "probe"], { option: "strategy" }],
  ] as const) {
    const wrong = await run(...words, "--json");
    expect(wrong.code).toBe(2);
    expect(wrong.events.at(-1)).toEqual(errorWith(expected));
  }
  expect(existsSync(cli)).toBe(true);
});

test("Ctrl-C stops the command and its training; a kill leaves no process behind; both can be resumed", {
  tags: ["thorough"],
}, async () => {
  const options = { cache: path("cache") };
  const words = [
    "--strategies",
    "probe,bitfit",
    "--seeds",
    "1",
    "--epochs",
    "30",
    "--threads",
    "1",
    "--json",
  ];
  // Once: a second Ctrl-C ends the command without a word.
  const atEpoch = (signal: "SIGINT" | "SIGKILL") =>
    atFirst({ event: "epoch" }, (child) => void child.kill(signal));
  const start = await engraft(["compare", data, "--base", shared.base!, ...words, "--out", path("signals")], {
    ...options,
    onLine: atEpoch("SIGINT"),
  });
  expect(start.code).toBe(130);
  expect(start.events.at(-1)).toMatchObject({ event: "error", kind: "Interrupted" });
  const killed = await engraft(["compare", "--resume", path("signals"), "--json"], {
    ...options,
    onLine: atEpoch("SIGKILL"),
  });
  expect(killed.signal).toBe("SIGKILL");
  const done = await engraft(["compare", "--resume", path("signals"), "--json"], options);
  expect(done.code).toBe(0);
  const states = done.events
    .filter(({ event }) => event === "run")
    .map(({ label, state }) => `${label} ${state}`);
  expect(states).toEqual(["probe kept", "bitfit started", "bitfit done"]);
  const compared = await train(data, { ...shared, strategy: "bitfit", epochs: 30, out: path("thirty") });
  expect(modelBytes(path("signals/runs/bitfit-seed-0")).equals(modelBytes(compared.run))).toBe(true);
});

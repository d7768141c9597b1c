// A run that is killed at any moment and resumed gives the same bits as an undisturbed run.
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { resume, type TrainOptions, train } from "../../src/index.js";
import { engraft, modelBytes, type RunOptions } from "../support/fixtures.js";
import type { Moment } from "../support/moments.js";
import {
  base,
  begin,
  cache,
  data,
  killAt,
  path,
  recipe,
  resumeRun,
  setUpRuns,
  stoppedRun,
  undisturbed,
} from "./interrupted-runs.js";

setUpRuns();

/** Returns a value without its durations. */
const untimed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, inner) => (name === "seconds" ? undefined : inner)));

test("killed again and again, at every stage, with cache and baselines: the same bits as undisturbed", {
  tags: ["thorough"],
}, async () => {
  const moments: (Moment | string)[] = [
    { event: "progress", phase: "scan" },
    { event: "progress", phase: "features" },
    { event: "progress", phase: "head" },
    // After each block of steps this script saves: now a checkpoint is being written.
    { event: "progress", phase: "training" },
    { event: "checkpoint" },
    // While the learning rates are tried, when the first has been, and when one of them goes on.
    { event: "progress", phase: "scratch" },
    { event: "epoch", stage: "scratch 0.0003" },
    { event: "epoch", stage: "scratch 0.001", epoch: 3 },
    ".model.",
  ];
  const options = { ...recipe, baselines: true, scratchSteps: 12, seeds: 1 };
  const beside = await begin("beside", { ...options, cache: false });
  expect(beside).toMatchObject({ code: 0, err: "" });
  for (const [i, moment] of moments.entries()) {
    const how = { ...killAt("killed", moment), cache: path("cache of killed") };
    const ran = i === 0 ? await begin("killed", options, how) : await resumeRun("killed", how);
    expect({ moment, signal: ran.signal, err: ran.err }).toEqual({ moment, signal: "SIGKILL", err: "" });
    // The trained model is saved before the baselines begin. A kill that comes late may find it at other moments too.
    const isBaseline = typeof moment !== "string" && (moment.phase === "scratch" || moment.event === "epoch");
    if (isBaseline) expect(existsSync(path("killed", "model"))).toBe(true);
  }
  // A process that is killed while it writes leaves a part of the file.
  writeFileSync(path("killed", ".report.html.0123456789ab.tmp"), "half of a report");
  const ran = await resumeRun("killed", { cache: path("cache of killed") });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events.filter(({ event }) => event === "warning")).toEqual([]);
  expect(modelBytes(path("killed")).equals(undisturbed)).toBe(true);
  expect(ran.events.at(-1)).toMatchObject({ event: "result", epochs: 2 });
  expect(untimed(ran.events.at(-1)!.baselines)).toEqual(untimed(beside.events.at(-1)!.baselines));
  // No half-written file is left beside the model.
  expect(readdirSync(path("killed")).sort()).toEqual([
    "events.jsonl",
    "model",
    "predictions.jsonl",
    "report.html",
    "run.json",
    "samples.json",
    "state",
  ]);
  const lines = readFileSync(path("killed", "events.jsonl"), "utf8").trimEnd().split("\n");
  const starts = lines.filter((line) => line.startsWith('{"event":"start"'));
  expect(starts).toHaveLength(moments.length + 1);
});

test("killed in training and at a random event, without a cache: the same bits", async () => {
  const options = { ...recipe, cache: false };
  const first = await begin("random", options, killAt("random", { event: "progress", phase: "training" }));
  expect(first.signal).toBe("SIGKILL");
  // One of the events from the start to training.
  let left = 1 + draws(7, "kills").integer(8);
  const onLine: RunOptions["onLine"] = (_event, child) => void (--left === 0 && child.kill("SIGKILL"));
  const second = await resumeRun("random", { onLine });
  expect(second.signal).toBe("SIGKILL");
  expect(await resumeRun("random")).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path("random")).equals(undisturbed)).toBe(true);
});

test("a disk that is full while the state is saved: the error has the cure, and the run can be resumed", async () => {
  const tight = await stoppedRun("tight");
  const checkpoint = join(tight, "state", "finetune.safetensors");
  const saved = readFileSync(checkpoint);
  // In blocks of 512 bytes: enough for everything but a checkpoint.
  const before = `ulimit -f ${Math.floor((saved.length - 1) / 512)}`;
  const run = (words: readonly string[]) => engraft([...words, "--quiet"], { cache, before });
  const again = await run(["train", "--resume", tight]);
  expect(again.code).toBe(2);
  const said = again.err.replace(/\s+/g, " ");
  expect(said).toContain(
    `FileError: cannot write "${checkpoint}": the file would be larger than the file system, or the limit of this shell, allows at the system's code EFBIG help: raise the limit (ulimit -f), or choose a folder on another disk`,
  );
  expect(said).toContain(`what was saved before is kept; then go on with: engraft train --resume ${tight}`);
  expect(readFileSync(checkpoint).equals(saved)).toBe(true);
  expect(readdirSync(join(tight, "state")).sort()).toEqual([
    "finetune.safetensors",
    "items.json",
    "options.json",
    "seconds.json",
  ]);
  await resume(tight);
  expect(modelBytes(tight).equals(undisturbed)).toBe(true);

  // With nothing saved yet there is nothing to go on with, and nothing in the way of the next try.
  const words = ["--base", base, "--epochs", "2", "--no-baselines", "--threads", "1"];
  const first = await run(["train", data, ...words, "--out", path("tighter")]);
  expect(first.code).toBe(2);
  expect(first.err).not.toContain("what was saved before");
  expect(existsSync(path("tighter"))).toBe(false);
});

const loops: readonly (readonly [string, TrainOptions])[] = [
  [
    "a found rate, accumulated sharpness-aware steps, balanced classes, a soup",
    { lr: "find", accumulate: 3, sam: 0.05, sampling: "balanced", average: "soup" },
  ],
  ["batch statistics and averaged weights", { batchNorm: "train", average: "swa", option: { swaFrom: 0.1 } }],
  ["adapted statistics and a budget", { batchNorm: "adapt", budget: 600, epochs: 2 }],
];
const title = "with %s: killed while it saves, the same bits";
test.each(loops)(title, { tags: ["thorough"] }, killedWhileItSaves);

async function killedWhileItSaves(name: string, loop: TrainOptions): Promise<void> {
  const options = { ...recipe, ...loop, batchSize: 4, cache: false };
  const whole = await begin(`${name} whole`, options);
  expect(whole).toMatchObject({ code: 0, err: "" });
  const first = await begin(name, options, killAt(name, { event: "checkpoint" }));
  expect(first.signal).toBe("SIGKILL");
  const second = await resumeRun(name, killAt(name, { event: "checkpoint" }));
  expect(second.signal).toBe("SIGKILL");
  expect(await resumeRun(name)).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path(name)).equals(modelBytes(path(`${name} whole`)))).toBe(true);
}

test("a killed probe resumes to the same bits; resuming a finished run returns its result", {
  tags: ["thorough"],
}, async () => {
  const options = { strategy: "probe", threads: 1 } as const;
  await train(data, { base, out: path("probe"), ...options });
  const ran = await begin(
    "killed probe",
    options,
    killAt("killed probe", { event: "progress", phase: "head" }),
  );
  expect(ran.signal).toBe("SIGKILL");
  const result = await resume(path("killed probe"));
  expect(modelBytes(path("killed probe")).equals(modelBytes(path("probe")))).toBe(true);
  const before = readFileSync(path("killed probe", "run.json"), "utf8");
  expect(await resume(path("killed probe"))).toEqual(JSON.parse(JSON.stringify(result)));
  expect(readFileSync(path("killed probe", "run.json"), "utf8")).toBe(before);
});

test("trained further, killed meanwhile and resumed: the same bits", { tags: ["thorough"] }, async () => {
  const more = { epochs: 3 };
  for (const out of ["whole", "extended"]) await begin(out, recipe);
  expect(await resumeRun("whole", {}, { more })).toMatchObject({ code: 0, err: "" });
  const ran = await resumeRun("extended", killAt("extended", { event: "epoch", epoch: 4 }), { more });
  expect(ran.signal).toBe("SIGKILL");
  expect(await resumeRun("extended")).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path("extended")).equals(modelBytes(path("whole")))).toBe(true);
});

test("killed while it explains, a run is not done: resumed, its report has the explanations, and no lock stays", {
  tags: ["thorough"],
}, async () => {
  const options = { ...recipe, explain: true };
  const first = await begin("explained", options, killAt("explained", "insights.json"));
  expect(first).toMatchObject({ signal: "SIGKILL", err: "" });
  const status = (): string => JSON.parse(readFileSync(path("explained", "run.json"), "utf8")).status;
  expect(status()).toBe("running");
  expect(existsSync(path("explained.lock"))).toBe(true);
  expect(await resumeRun("explained")).toMatchObject({ code: 0, err: "" });
  expect(status()).toBe("done");
  expect(readFileSync(path("explained", "report.html"), "utf8")).toContain('id="features"');
  expect(modelBytes(path("explained")).equals(undisturbed)).toBe(true);
  for (const end of ["lock", "lock.pid"]) expect(existsSync(path(`explained.${end}`))).toBe(false);
});

test("the lock of a process that was killed after its run was done is removed by a resume", {
  tags: ["thorough"],
}, async () => {
  await train(data, { base, out: path("left"), strategy: "probe", threads: 1 });
  // As after a kill: the lock, and no process that touches it.
  mkdirSync(path("left.lock"));
  const long = new Date(Date.now() - 60_000);
  utimesSync(path("left.lock"), long, long);
  writeFileSync(path("left.lock.pid"), "{}");
  await resume(path("left"));
  for (const end of ["lock", "lock.pid"]) expect(existsSync(path(`left.${end}`))).toBe(false);
});

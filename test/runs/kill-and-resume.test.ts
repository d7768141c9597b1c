// Nothing is ever lost: runs that are killed at any moment and gone on with give the very bits of an undisturbed run.
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { draws } from "../../src/core/random.js";
import { type EngraftError, resume, type TrainOptions, train } from "../../src/index.js";
import {
  eagerScript,
  engraft,
  modelBytes,
  type Ran,
  type RunOptions,
  tinyBase,
  tinyData,
} from "../support/fixtures.js";
import { isAt, type Moment, once } from "../support/moments.js";
import { picture } from "../support/pictures.js";

// A dozen processes one after the other; each has a limit of its own, see `engraft`.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 100_000 });

const root = mkdtempSync(join(tmpdir(), "engraft-kill-"));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
const recipe = { epochs: 2, augment: "standard", threads: 1 } as const;
let data: string;
let base: string;
let script: string;
/** The model of the run that nobody disturbed, without cache and baselines. */
let undisturbed: Buffer;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = cache;
  data = await tinyData(path("data"), { ant: 14, bee: 14, cat: 8 });
  base = tinyBase(path("base"));
  script = eagerScript(root);
  const ran = await begin("undisturbed", { ...recipe, cache: false });
  expect(ran).toMatchObject({ code: 0, err: "" });
  undisturbed = modelBytes(path("undisturbed"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const begin = (out: string, options: TrainOptions, how: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft([JSON.stringify({ data, options: { base, out: path(out), ...options } }), "--json"], {
    cache,
    script,
    ...how,
  });
const goOn = (out: string, how: Partial<RunOptions> = {}): Promise<Ran> =>
  engraft([JSON.stringify({ resume: path(out) }), "--json"], { cache, script, ...how });

/** What does not depend on how fast it was. */
const untimed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, inner) => (name === "seconds" ? undefined : inner)));

/** Kill when it says so, or when a file of that name appears in its folder. */
function killAt(out: string, moment: Moment | string): Partial<RunOptions> {
  if (typeof moment !== "string")
    return { onLine: (event, child) => void (isAt(event, moment) && child.kill("SIGKILL")) };
  return {
    onStart(child) {
      mkdirSync(path(out), { recursive: true });
      const watcher = watch(path(out), (_kind, name) => {
        if (name === moment) child.kill("SIGKILL");
      });
      child.on("close", () => watcher.close());
    },
  };
}

test("killed again and again, at every stage, with cache and baselines: the same bits as undisturbed", async () => {
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
    "model.new",
  ];
  const options = { ...recipe, baselines: true, scratchSteps: 12, seeds: 1 };
  const beside = await begin("beside", { ...options, cache: false });
  expect(beside).toMatchObject({ code: 0, err: "" });
  for (const [i, moment] of moments.entries()) {
    const how = killAt("killed", moment);
    const ran = i === 0 ? await begin("killed", options, how) : await goOn("killed", how);
    expect({ moment, signal: ran.signal, err: ran.err }).toEqual({ moment, signal: "SIGKILL", err: "" });
    // What was trained is kept before anything beside it begins.
    const hasOwnModel =
      typeof moment !== "string" && (moment.phase === "scratch" || moment.event === "epoch");
    expect(existsSync(path("killed", "model"))).toBe(hasOwnModel);
  }
  // Killed while it writes a file, a process leaves a part of it.
  writeFileSync(path("killed", ".report.html.0123456789ab.tmp"), "half of a report");
  const ran = await goOn("killed");
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events.filter(({ event }) => event === "warning")).toEqual([]);
  expect(modelBytes(path("killed")).equals(undisturbed)).toBe(true);
  expect(ran.events.at(-1)).toMatchObject({ event: "result", epochs: 2 });
  expect(untimed(ran.events.at(-1)!.baselines)).toEqual(untimed(beside.events.at(-1)!.baselines));
  // No half-written file is left beside the model.
  expect(readdirSync(path("killed")).sort()).toEqual([
    "events.jsonl",
    "model",
    "report.html",
    "run.json",
    "samples.json",
    "state",
  ]);
  const lines = readFileSync(path("killed", "events.jsonl"), "utf8").trimEnd().split("\n");
  const starts = lines.filter((line) => line.startsWith('{"event":"start"'));
  expect(starts).toHaveLength(moments.length + 1);
});

test("killed in training and at a random moment, without a cache: the same bits", async () => {
  const options = { ...recipe, cache: false };
  const first = await begin("random", options, killAt("random", { event: "progress", phase: "training" }));
  expect(first.signal).toBe("SIGKILL");
  let timer: NodeJS.Timeout | undefined;
  // From half a second on, when Node has loaded, to somewhere in training.
  const delay = 500 + 2000 * draws(7, "kills").uniform();
  const onStart: RunOptions["onStart"] = (child) => {
    timer = setTimeout(() => child.kill("SIGKILL"), delay);
  };
  let ran = await goOn("random", { onStart });
  clearTimeout(timer);
  // On a fast machine it may have been done already.
  if (ran.code === null) ran = await goOn("random");
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path("random")).equals(undisturbed)).toBe(true);
});

const loops: readonly (readonly [string, TrainOptions])[] = [
  [
    "a found rate, accumulated sharpness-aware steps, balanced classes, a soup",
    { lr: "find", accumulate: 3, sam: 0.05, sampling: "balanced", average: "soup" },
  ],
  ["batch statistics and averaged weights", { batchNorm: "train", average: "swa", option: { swaFrom: 0.1 } }],
  ["adapted statistics and a budget", { batchNorm: "adapt", budget: 600, epochs: 2 }],
];
test.each(loops)("with %s: killed while it saves, the same bits", async (name, loop) => {
  const options = { ...recipe, ...loop, batchSize: 4, cache: false };
  const whole = await begin(`${name} whole`, options);
  expect(whole).toMatchObject({ code: 0, err: "" });
  const first = await begin(name, options, killAt(name, { event: "checkpoint" }));
  expect(first.signal).toBe("SIGKILL");
  const second = await goOn(name, killAt(name, { event: "checkpoint" }));
  expect(second.signal).toBe("SIGKILL");
  expect(await goOn(name)).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path(name)).equals(modelBytes(path(`${name} whole`)))).toBe(true);
});

test("a killed probe goes on to the same bits, and when it is finished says its result again", async () => {
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

test("Ctrl-C once saves and says how to go on, and going on gives the same bits; twice ends at once", async () => {
  const { epochs, augment } = recipe;
  const words = ["--epochs", String(epochs), "--augment", augment, "--threads", "1"];
  const args = (out: string) => ["train", data, "--base", base, ...words, "--out", path(out), "--json"];
  const stopped = await engraft(args("stopped"), {
    cache,
    onLine: once({ event: "progress", phase: "training" }, (child) => child.kill("SIGINT")),
  });
  expect(stopped.code).toBe(130);
  expect(stopped.events.at(-1)).toMatchObject({
    event: "error",
    kind: "Interrupted",
    message: expect.stringMatching(/^stopped at step \d+ of \d+$/) as string,
    help: `the state is saved; go on with: engraft train --resume ${path("stopped")}`,
  });
  const ran = await engraft(["train", "--resume", path("stopped"), "--quiet"], { cache });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(path("stopped")).equals(undisturbed)).toBe(true);

  let first = 0;
  const twice = await engraft(args("twice"), {
    cache,
    onLine: once({ event: "progress", phase: "training" }, (child) => {
      first = performance.now();
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 5);
    }),
  });
  // 130 either way: the first may have been enough already.
  expect(twice.code).toBe(130);
  expect(performance.now() - first).toBeLessThan(10_000);
});

test("a stop that the data notices first, between two blocks, says the step and saves it too", async () => {
  const stop = new AbortController();
  const running = train(data, {
    base,
    out: path("between"),
    ...recipe,
    signal: stop.signal,
    onEvent: (event) =>
      void (event.event === "progress" && event.phase === "training" && setImmediate(() => stop.abort())),
  });
  await expect(running).rejects.toMatchObject({
    kind: "Interrupted",
    message: expect.stringMatching(/^stopped at step \d+ of \d+$/) as string,
  });
  await resume(path("between"));
  expect(modelBytes(path("between")).equals(undisturbed)).toBe(true);
});

/** A run that was stopped after its first steps, in this process. */
async function stoppedRun(out: string): Promise<string> {
  const stop = new AbortController();
  const running = train(data, {
    base,
    out: path(out),
    ...recipe,
    signal: stop.signal,
    onEvent: (event) => void (event.event === "progress" && event.phase === "training" && stop.abort()),
  });
  await expect(running).rejects.toMatchObject({ kind: "Interrupted" });
  return path(out);
}

const refusal = (run: string): Promise<string> =>
  resume(run).then(
    () => "it went on",
    (error: EngraftError) => error.format().replaceAll(root, "ROOT"),
  );
const contentOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "events.jsonl")
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "base64")]);

test("data or base that changed meanwhile are named, and nothing of the run is touched", async () => {
  const run = await stoppedRun("changed");
  const before = contentOf(run);
  renameSync(path("data", "ant", "0.png"), path("data", "bee", "new.png"));
  const other = await picture(99).png().toBuffer();
  const original = readFileSync(path("data", "cat", "1.png"));
  writeFileSync(path("data", "cat", "1.png"), other);
  expect(await refusal(run)).toMatch(
    /^RunError: the data changed since the run was started: 1 new \(bee\/new.png\), 1 gone \(ant\/0.png\), 1 with other content \(cat\/1.png\)/,
  );
  renameSync(path("data", "bee", "new.png"), path("data", "ant", "0.png"));
  writeFileSync(path("data", "cat", "1.png"), original);

  const weights = path("base", "onnx", "model.onnx");
  const model = readFileSync(weights);
  const changed = Buffer.from(model);
  // A bit of the last weights.
  changed[changed.length - 200]! ^= 1;
  writeFileSync(weights, changed);
  expect(await refusal(run)).toMatch(
    /^RunError: the base changed since the run was started: the sha256 of base was [0-9a-f]{64}, now it is [0-9a-f]{64}\n {2}at ROOT\/changed\n {2}help: put the base back as it was, or start a new run with another --out$/,
  );
  writeFileSync(weights, model);
  const config = readFileSync(path("base", "preprocessor_config.json"), "utf8");
  writeFileSync(path("base", "preprocessor_config.json"), config.replace("0.25", "0.5"));
  expect(await refusal(run)).toContain(
    "RunError: the base's preprocessing changed since the run was started: std was [0.25,0.25,0.25], now [0.5,0.25,0.25]",
  );
  writeFileSync(path("base", "preprocessor_config.json"), config);
  expect(contentOf(run)).toEqual(before);
});

test("data and base may have moved: the same content is found where it is said to be, another is refused", async () => {
  const run = await stoppedRun("elsewhere");
  const before = contentOf(run);
  const data = path("data");
  const base = path("base");
  const there = { data: path("data-there"), base: path("base-there") };
  renameSync(data, there.data);
  renameSync(base, there.base);
  try {
    const words = (options: Parameters<typeof resume>[1]): Promise<string> =>
      resume(run, options).then(
        () => "it went on",
        (error: EngraftError) => error.format().replaceAll(root, "ROOT"),
      );
    expect(await words({ data: path("nowhere") })).toBe(
      'DataError: there is no data at "ROOT/nowhere"\n  help: say where the data is that the run was started with',
    );
    const other = path("other-data");
    cpSync(there.data, other, { recursive: true });
    rmSync(join(other, "ant", "0.png"));
    expect(await words({ data: other, base: there.base })).toMatch(
      /^RunError: the data changed since the run was started: 1 gone \(ant\/0.png\)/,
    );
    const stranger = path("other-base");
    cpSync(there.base, stranger, { recursive: true });
    const weights = join(stranger, "onnx", "model.onnx");
    const bytes = readFileSync(weights);
    bytes[bytes.length - 200]! ^= 1;
    writeFileSync(weights, bytes);
    expect(await words({ data: there.data, base: stranger })).toMatch(
      /^RunError: the base changed since the run was started: the sha256 of other-base was/,
    );
    expect(contentOf(run)).toEqual(before);
    await resume(run, there);
    expect(modelBytes(run).equals(undisturbed)).toBe(true);
    const manifest = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
    expect(manifest).toMatchObject({ data: there.data, options: { base: there.base } });
  } finally {
    renameSync(there.data, data);
    renameSync(there.base, base);
  }
});

test("damage is told, what is left over from a kill is not in the way", async () => {
  const run = await stoppedRun("damaged");
  const copy = path("copy");
  const damaged = (file: string, damage: (bytes: Buffer) => Buffer | string): Promise<string> => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(run, copy, { recursive: true });
    writeFileSync(join(copy, file), damage(readFileSync(join(copy, file))));
    return refusal(copy);
  };
  const checkpoint = "state/finetune.safetensors";
  const help =
    "\n  help: remove the file: what it held is then computed again, everything else of the run is kept";
  const at = `\n  at ROOT/copy/${checkpoint}`;
  const flipped = (bytes: Buffer) => {
    bytes[bytes.length - 9]! ^= 4;
    return bytes;
  };
  expect(await damaged(checkpoint, flipped)).toBe(
    `RunError: the checkpoint is damaged: its content does not match its checksum${at}${help}`,
  );
  expect(await damaged(checkpoint, (bytes) => bytes.subarray(0, 5))).toBe(
    `RunError: the checkpoint is damaged: it has 5 bytes, the header alone has 8${at}${help}`,
  );
  rmSync(copy, { recursive: true, force: true });
  cpSync(run, copy, { recursive: true });
  for (const forms of ["{", "null", "[1]"]) {
    writeFileSync(join(copy, "state/finetune.forms.json"), forms);
    expect(await refusal(copy)).toBe(
      "RunError: the note of which forms of gradients a training chose is damaged\n  at ROOT/copy/state/finetune.forms.json" +
        "\n  help: remove the file: the forms are chosen again, and the last bits of the training may be others",
    );
  }
  const manifest = (change: Record<string, unknown>) => (bytes: Buffer) =>
    JSON.stringify({ ...(JSON.parse(String(bytes)) as object), ...change });
  for (const [damage, why] of [
    [(bytes: Buffer) => bytes.subarray(0, 100), "it is not JSON"],
    [() => "", "it is not JSON"],
    [() => "null", "it is not JSON"],
    [manifest({ data: 5 }), "it does not say where the data is"],
    [manifest({ options: null }), "it has no options"],
    [manifest({ options: { epochs: -1 } }), "epochs is -1"],
    [manifest({ options: { epoch: 1 } }), "there is no option epoch"],
    [manifest({ threads: "many" }), 'threads is "many"'],
  ] as const)
    expect(await damaged("run.json", damage)).toBe(
      `RunError: the run's manifest is damaged: ${why}\n  at ROOT/copy/run.json\n  help: start the run anew with another --out`,
    );
  // What a newer version writes is not damaged.
  for (const [change, unknown] of [
    [{ format: 2 }, "format 2 of run.json"],
    [{ task: "merge" }, 'the task "merge"'],
    [{ options: { task: "object-detection" } }, 'the task "object-detection"'],
  ] as const)
    expect(await damaged("run.json", manifest(change))).toBe(
      `RunError: this version of Engraft does not know ${unknown}\n  at ROOT/copy/run.json\n  help: update Engraft: npm install engraft@latest`,
    );
  expect(await damaged("run.json", manifest({ format: 0 }))).toBe(
    "RunError: this version of Engraft no longer reads format 0 of run.json\n  at ROOT/copy/run.json\n  help: use the version of Engraft that wrote it, or train again with another --out",
  );
  expect(await refusal(path("data"))).toBe(
    'RunError: "ROOT/data" is not a run folder: it has no run.json\n  help: give the folder that the run printed (runs/…)',
  );

  // What a process leaves behind that is killed while it writes: half files and half a line.
  appendFileSync(join(run, "events.jsonl"), '{"event":"epo');
  writeFileSync(join(run, ".run.json.0123456789ab.tmp"), '{"format":1,"sta');
  writeFileSync(join(run, "state", ".finetune.safetensors.0123456789ab.tmp"), "half");
  await resume(run);
  expect(modelBytes(run).equals(undisturbed)).toBe(true);
  expect(readFileSync(join(run, "events.jsonl"), "utf8")).toContain('{"event":"epo\n{"event":"start"');
});

// Feature sums end to end: models of several holders, of more classes, and without some samples.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sumsInFolder } from "../../src/bases/model-folder/sample-parts.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import type { HolderFacts } from "../../src/core/events/run-outcome.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { collectSums, evaluate, extend, resume, train } from "../../src/index.js";
import { exportModel } from "../../src/inference/export-model.js";
import { classesOf, type FeatureSums } from "../../src/methods/sums/feature-sums.js";
import { decodeSums, encodeSums } from "../../src/methods/sums/sums-file.js";
import { extendFixtures } from "../support/extend-fixtures.js";
import { engraft, tinyData } from "../support/fixtures.js";
import { sha256 } from "../support/made-sums.js";
import { writeSoundBase, writeSoundNumbers, writeSounds } from "../support/sound-data.js";
import { stopRun } from "../support/stop-run.js";

const { path, quick, pictures, base, fresh, first, sumsOf, extended } = extendFixtures();

/** Weights of the head of a saved model, by class. */
function headOf(model: string, classes: readonly string[]): Readonly<Record<string, readonly number[]>> {
  const { initializers } = fromOnnx(readFileSync(join(model, "onnx", "model.onnx"))).graph;
  const weight = initializers.get("engraft/head/weight")!.data as Float32Array;
  const width = weight.length / classes.length;
  return Object.fromEntries(
    classes.map((name, c) => [name, [...weight.subarray(c * width, (c + 1) * width)]]),
  );
}

/** Expects the heads of two models to be equal, whatever the order of their classes. */
function expectSameHead(
  a: { readonly model: string; readonly classes: readonly string[] },
  b: { readonly model: string; readonly classes: readonly string[] },
): void {
  const [one, other] = [headOf(a.model, a.classes), headOf(b.model, b.classes)];
  expect(Object.keys(one).sort()).toEqual(Object.keys(other).sort());
  for (const [name, row] of Object.entries(one)) {
    const largest = Math.max(...row.map(Math.abs));
    // Weights are float32.
    row.forEach((value, i) => {
      expect(Math.abs(value - other[name]![i]!) / largest).toBeLessThan(1e-5);
    });
  }
}

const ofClasses = <T extends { readonly task: string }>(result: T) => {
  if (result.task !== "image-classification") throw new Error(result.task);
  return result as T & {
    readonly classes: readonly string[];
    readonly test: { readonly accuracy: number; readonly n: number };
  };
};

test("sums of shards, in any order, give the head of a run on all samples", async () => {
  const run = await first();
  const shards = await Promise.all(["1/3", "2/3", "3/3"].map((shard) => sumsOf("insects", { shard })));
  const joined = ofClasses(await extended([shards[2]!, shards[0]!, shards[1]!], { test: path("insects") }));
  expectSameHead(run, joined);
  // The data that were added up are scored on their test split alone.
  expect(joined.test).toMatchObject({ n: run.test.n, accuracy: run.test.accuracy });
  expect(joined.extended).toMatchObject({
    sources: shards.map(() => ({ kind: "sums" })),
    samples: run.split.train + run.split.validation,
    new_classes: [],
  });
  // Each shard is a holder. Without validation samples, none is left out.
  const { holders = [], sources } = joined.extended!;
  expect(holders.map(({ name, samples, left_out }) => ({ name, samples, left_out }))).toEqual(
    sources.map(({ name, samples }) => ({ name, samples, left_out: false })),
  );
  for (const { test: score, validation } of holders) {
    expect(score).toMatchObject({ n: joined.test.n, with: joined.test.accuracy });
    expect(validation).toBeUndefined();
  }
});

test("a holder whose labels are wrong is left out by the receiver's validation samples, and named", {
  tags: ["thorough"],
}, async () => {
  const honest = path("honest.sums");
  await collectSums(path("held"), { ...quick, base, out: honest });
  // Ants are called bees, and every sample counts fifty times.
  const file = await decodeSums(readFileSync(honest), honest, sha256);
  const wrong = path("wrong.sums");
  const parts = file.parts.map((part) => ({ ...part, id: "77", data: "78", held: "79" }));
  writeFileSync(wrong, await encodeSums({ ...file, parts, sums: renamed(file.sums, 50) }, sha256));
  const events: EngraftEvent[] = [];
  const sources = [path("insects"), honest, wrong];
  const run = ofClasses(await extended(sources, { base, onEvent: (event) => events.push(event) }));
  const alone = ofClasses(await extended(sources.slice(0, 2), { base }));
  expectSameHead(run, alone);
  expect(run.extended!.holders!.map(({ left_out }) => left_out)).toEqual([false, true]);
  expect(run.extended!.samples).toBe(alone.extended!.samples);
  const [, { test: score, validation }] = run.extended!.holders as readonly [HolderFacts, HolderFacts];
  expect(score.without).toBe(run.test.accuracy);
  expect(validation!.with).toBeLessThan(validation!.without);
  const texts = events.flatMap((event) => (event.event === "warning" ? [event.message] : []));
  expect(
    texts.some((text) =>
      /wrong\.sums" claims 1,\d{3} of 1,\d{3} samples: it decides alone what is predicted$/.test(text),
    ),
  ).toBe(true);
  expect(texts.some((text) => /wrong\.sums" is left out: with its sums the accuracy on/.test(text))).toBe(
    true,
  );
  // The sums of the run are without the holder.
  const kept = await decodeSums(readFileSync(join(run.out, sumsInFolder)), "", sha256);
  expect(kept.parts.map(({ id }) => id)).not.toContain("77");
  // Lengths scale the weights, and not the biases.
  const long = path("long.sums");
  const ofClass = classesOf(file.sums).map((one) => ({ ...one, length: 5 * one.length }));
  const longer = { ...file.sums, targets: { classes: ofClass } };
  writeFileSync(long, await encodeSums({ ...file, parts, sums: longer }, sha256));
  await expect(extended([path("insects"), long], { base })).rejects.toThrow(
    /^the features of ".*long\.sums" have the mean length \S+, and those of the test samples \S+$/,
  );
  // It has a class of its own: the model has no output for it.
  const foreign = path("foreign.sums");
  const wasps = { ...renamed(file.sums, 50, ["bee", "wasp"]) };
  writeFileSync(foreign, await encodeSums({ ...file, parts, sums: wasps }, sha256));
  await expect(extended([path("insects"), foreign], { base })).rejects.toThrow(
    /foreign\.sums" lower the accuracy on the validation samples, and only they have class "wasp"$/,
  );
});

test("holders who add up along few directions make a model of whole pictures", {
  tags: ["thorough"],
}, async () => {
  const like = path("public.sums");
  await collectSums(path("more"), { ...quick, base, out: like });
  const texts: string[] = [];
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "warning") texts.push(event.message);
  };
  const along = (data: string, directions: number) =>
    sumsOf(data, { share: true, directions, like, onEvent });
  const holders = [await along("insects", 3), await along("held", 2)];
  expect(texts).toEqual([]);
  await expect(extended(holders, { test: path("insects") })).rejects.toMatchObject({
    kind: "DataError",
  });
  const two = [await along("insects", 2), holders[1]!];
  const run = ofClasses(await extended(two, { test: path("insects") }));
  expect(run.test.accuracy).toBeGreaterThan(0.5);
  // Its own pictures are added up along the same directions.
  const more = ofClasses(await extended([run.out, path("three")]));
  expect(more.classes).toEqual(["ant", "bee", "cow"]);
  // 24 pictures along 4 directions: the root of 24 is below 5.
  await along("held", 4);
  expect(texts).toEqual([
    expect.stringMatching(
      /^whoever has this file can often tell if it counts a sample that he has: \d+ samples along 4 directions/,
    ),
  ]);
  await expect(sumsOf("more", { directions: 2, like })).rejects.toThrow(
    'public.sums" is of these samples, so its directions reveal them',
  );
  await expect(sumsOf("held", { directions: 2 })).rejects.toThrow(
    "--directions 2 needs feature sums to take them from: --like is missing",
  );
});

/** Sums whose two classes have other names, as of so many copies of each sample. */
function renamed(sums: FeatureSums, copies: number, names = ["bee", "ant"]): FeatureSums {
  const times = (values: Float64Array): Float64Array => values.map((value) => copies * value);
  return {
    ...sums,
    count: copies * sums.count,
    scatter: times(sums.scatter),
    targets: {
      classes: classesOf(sums).map(({ count, length, sum }, k) => ({
        ...{ name: names[k]!, count: copies * count, length: copies * length, sum: times(sum) },
      })),
    },
  };
}

test("a new class is learnt beside the old ones, as by joint training, and the old test samples are scored again", {
  tags: ["thorough"],
}, async () => {
  await first();
  const run = ofClasses(await extended([path("first"), path("more")], { joint: true }));
  expect(run.classes).toEqual(["ant", "bee", "cow"]);
  expect(run.extended?.new_classes).toEqual(["cow"]);
  const old = run.extended!.old_test!;
  const { test } = await first();
  expect(old).toMatchObject({
    n: test.n,
    metric: "accuracy",
    before: { score: test.accuracy, ci95: test.accuracy_ci95 },
  });
  const { fixed, broken, p } = old.flips!;
  expect(old.after.score).toBeCloseTo(old.before.score + (fixed - broken) / old.n, 12);
  expect(p).toBeLessThanOrEqual(1);
  expect(old.joint?.score).toBeGreaterThan(0);
  // The same samples as one source of data, without sums.
  const joint = ofClasses(await extended([path("insects"), path("more")], { base }));
  expectSameHead(run, joint);
  // A second extension goes on from the first.
  const again = ofClasses(await extended([run.out], { forget: ["cow"] }));
  expectSameHead(await first(), again);
  expect(again.extended?.removed).toEqual({
    samples: run.extended!.samples - (await first()).split.train - (await first()).split.validation,
    classes: ["cow"],
  });
});

describe("what is taken out is as never seen", () => {
  test("sums", { tags: ["thorough"] }, async () => {
    const [own, other] = [await sumsOf("insects"), await sumsOf("three")];
    const both = await extended([own, other], { test: path("held") });
    const without = ofClasses(await extended([both.out], { without: [other] }));
    expectSameHead(await first(), without);
    expect(without.classes).toEqual(["ant", "bee"]);
    await expect(extended([without.out], { without: [other] })).rejects.toThrow(
      /were taken out before|no source has a class "cow"/,
    );
    // What was taken out may come back.
    const back = ofClasses(await extended([without.out, other], { test: path("held") }));
    expectSameHead(ofClasses(both), back);
  });

  test("samples of a run, by their content", { tags: ["thorough"] }, async () => {
    await first();
    const some = path("some", "bee");
    mkdirSync(some, { recursive: true });
    for (const name of readdirSync(path("insects", "bee")).slice(0, 9))
      cpSync(path("insects", "bee", name), join(some, name));
    const without = ofClasses(await extended([path("first")], { without: [path("some")] }));
    const { samples } = JSON.parse(readFileSync(path("first", "samples.json"), "utf8")) as {
      samples: Record<string, string>;
    };
    const learnt = Object.values(samples).filter((part) => part !== "test").length;
    expect(without.extended!.samples).toBe(learnt - without.extended!.removed!.samples);
    expect(without.extended!.removed!.samples).toBeGreaterThan(0);
    // The test samples among them are left out too.
    const all = (await first()).test.n;
    expect(without.test.n).toBe(all - (9 - without.extended!.removed!.samples));
  });
});

test("samples are taken out of a run whose data are gone", { tags: ["thorough"] }, async () => {
  cpSync(path("insects"), path("lost"), { recursive: true });
  const run = await train(path("lost"), { ...pictures, base, strategy: "sums", out: fresh() });
  cpSync(path("lost", "bee"), path("lost-bees", "bee"), { recursive: true });
  const ant = readdirSync(path("lost", "ant")).slice(0, 4);
  for (const name of ant) cpSync(path("lost", "ant", name), path("lost-bees", "ant", name));
  rmSync(path("lost"), { recursive: true });
  rmSync(path("lost-bees", "bee"), { recursive: true });
  const { extended: facts } = await extended([run.run], { without: [path("lost-bees")], test: path("held") });
  const { samples } = JSON.parse(readFileSync(join(run.run, "samples.json"), "utf8")) as {
    samples: Record<string, string>;
  };
  const learnt = Object.values(samples).filter((part) => part !== "test").length;
  expect(facts!.removed!.samples).toBeGreaterThan(0);
  expect(facts!.samples).toBe(learnt - facts!.removed!.samples);
});

test("data that were added up with another seed are scored on the test split of that seed", {
  tags: ["thorough"],
}, async () => {
  const own = await sumsOf("insects", { seed: 5 });
  const run = ofClasses(await extended([own], { test: path("insects") }));
  expect(run.extended!.samples + run.test.n).toBe(60);
});

test("the validation split of a run with fewer samples is not taken out of sums that do not count it", {
  tags: ["thorough"],
}, async () => {
  const run = await train(path("insects"), {
    ...pictures,
    base,
    strategy: "sums",
    trainSize: 20,
    out: fresh(),
  });
  const { extended: facts } = await extended([run.run, path("more")]);
  const more = await extended([path("insects"), path("more")], { base });
  const { train: learnt, validation } = (await first()).split;
  expect(facts!.samples).toBe(more.extended!.samples - (learnt + validation) + 20 + validation);
});

describe("sources that overlap", () => {
  test("test samples that another source learnt are not tested", { tags: ["thorough"] }, async () => {
    await first();
    // Ants: those that the first run tests, and new ones.
    const known = JSON.parse(readFileSync(path("first", "state", "items.json"), "utf8")) as Record<
      string,
      readonly [string, string, string]
    >;
    const tested = Object.entries(known).filter(([, [, , part]]) => part === "test");
    for (const [id] of tested)
      cpSync(path("insects", id), path("learnt", "train", id.split("/")[0]!, `old-${id.split("/")[1]}`));
    await tinyData(path("learnt", "test"), { ant: 8, bee: 8 }, 6000);
    const second = await train(path("learnt"), { ...pictures, base, strategy: "sums", out: fresh() });
    const run = ofClasses(await extended([path("first"), second.run]));
    const { samples } = JSON.parse(readFileSync(join(second.run, "samples.json"), "utf8")) as {
      samples: Record<string, string>;
    };
    const learnt = tested.filter(([, [sha]]) => samples[sha] !== undefined).length;
    expect(learnt).toBeGreaterThan(0);
    expect(run.test.n).toBe(tested.length - learnt + 16);
  });

  test("samples that two runs count are refused", { tags: ["thorough"] }, async () => {
    await first();
    cpSync(path("insects", "ant"), path("half", "ant"), { recursive: true });
    await tinyData(path("half-bees"), { x: 1, bee: 20 }, 7000);
    cpSync(path("half-bees", "bee"), path("half", "bee"), { recursive: true });
    const second = await train(path("half"), { ...pictures, base, strategy: "sums", out: fresh() });
    await expect(extended([path("first"), second.run])).rejects.toThrow(/both count \d+ of the same samples/);
  });

  test("data that were added are known by their sums, and the other way round", {
    tags: ["thorough"],
  }, async () => {
    await first();
    const both = await extended([path("first"), path("more")]);
    const more = await sumsOf("more");
    const samplesTwice = {
      kind: "DataError",
      details: { sources: [expect.any(String), expect.any(String)] },
    };
    await expect(extended([both.out, more])).rejects.toMatchObject(samplesTwice);
    const few = await train(path("insects"), {
      ...pictures,
      base,
      strategy: "sums",
      trainSize: 20,
      out: fresh(),
    });
    await expect(extended([few.run, await sumsOf("insects")])).rejects.toMatchObject(samplesTwice);
    const shards = [
      await sumsOf("insects", { shard: "1/2" }),
      await sumsOf("insects", { shard: "2/2", seed: 4 }),
    ];
    await expect(extended(shards, { test: path("held") })).rejects.toMatchObject(samplesTwice);
  });

  test("holders may share a test set, or have none", { tags: ["thorough"] }, async () => {
    await tinyData(path("common"), { ant: 6, bee: 6 }, 9000);
    for (const [holder, from] of [
      ["x", 9100],
      ["y", 9200],
    ] as const) {
      await tinyData(path(holder, "train"), { ant: 10, bee: 10 }, from);
      cpSync(path("common"), path(holder, "test"), { recursive: true });
      // Two pictures of a class leave nothing to test.
      await tinyData(path(`${holder}-few`), { ant: 2, bee: 2 }, from + 50);
    }
    const run = ofClasses(await extended([await sumsOf("x"), await sumsOf("y")], { test: path("held") }));
    expect(run.extended!.samples).toBe(40);
    const few = await extended([await sumsOf("x-few"), await sumsOf("y-few")], { test: path("held") });
    expect(few.extended!.samples).toBeGreaterThan(3);
  });

  test("a class that was forgotten may come back", { tags: ["thorough"] }, async () => {
    await first();
    const both = await extended([path("first"), path("more")]);
    const without = await extended([both.out], { forget: ["cow"] });
    const back = ofClasses(await extended([without.out, path("more")]));
    expectSameHead(ofClasses(both), back);
  });

  test("an evaluation does not call samples new that a file of sums may count", {
    tags: ["thorough"],
  }, async () => {
    const run = await extended([await sumsOf("insects"), path("more")]);
    expect(existsSync(join(run.out, "samples.json"))).toBe(false);
    const scores = await evaluate(run.model, path("insects"), quick);
    expect(scores.scored).toContain("it is not known which of them the model was trained on");
  });

  test("sums that are taken out again leave no sample of theirs to validate or test", {
    tags: ["thorough"],
  }, async () => {
    const run = await first();
    const both = await extended([path("first"), path("three")]);
    const second = await train(path("three"), { ...pictures, base, strategy: "sums", out: fresh() });
    const left = ofClasses(await extended([both.out], { without: [second.run] }));
    expectSameHead(run, left);
    expect([left.split.train, left.split.validation, left.test.n]).toEqual([
      run.split.train,
      run.split.validation,
      run.test.n,
    ]);
  });

  test("the groups of data that were added up divide them again", { tags: ["thorough"] }, async () => {
    await tinyData(path("grouped"), { ant: 24, bee: 24 }, 8000);
    const groupFrom = "/([0-9])[0-9]*[.]png$";
    const own = await sumsOf("grouped", { groupFrom });
    const run = await extended([own], { test: path("grouped") });
    const plain = await train(path("grouped"), {
      ...pictures,
      base,
      strategy: "probe",
      groupFrom,
      out: fresh(),
    });
    expect(ofClasses(run).test.n).toBe(plain.test.n);
  });
});

test("a run of another strategy is extended by its data; a fine-tuned backbone is the base", {
  tags: ["thorough"],
}, async () => {
  const probe = await train(path("insects"), { ...pictures, base, strategy: "probe", out: fresh() });
  const ofProbe = ofClasses(await extended([probe.run, path("more")]));
  expect(ofProbe.base.sha256).toBe(probe.base.sha256);
  expect(ofProbe.extended?.old_test?.before.score).toBe(probe.test.accuracy);
  const tuned = await train(path("insects"), {
    ...pictures,
    base,
    strategy: "finetune",
    epochs: 1,
    out: fresh(),
  });
  const ofTuned = ofClasses(await extended([tuned.run, path("more")]));
  expect(ofTuned.base.sha256).not.toBe(tuned.base.sha256);
  expect(ofTuned.extended?.old_test?.before.score).toBeCloseTo(tuned.test.accuracy, 12);
});

test("the model is loaded and scored like any other, and leaves out what it learnt from", {
  tags: ["thorough"],
}, async () => {
  await first();
  const run = await extended([path("first"), path("more")]);
  const scores = await evaluate(run.model, path("insects"), quick);
  expect(scores).toMatchObject({ test: { n: (await first()).test.n } });
  const page = readFileSync(join(run.out, "report.html"), "utf8");
  for (const text of ["New classes", "Before and after", "Changed predictions", "cow"])
    expect(page).toContain(text);
  const card = readFileSync(join(run.model, "README.md"), "utf8");
  expect(card).toContain("- New classes: cow");
});

test("feature sums are never published", async () => {
  const run = await first();
  expect(existsSync(path("first", "features.sums"))).toBe(true);
  const out = fresh();
  await exportModel(run.run, { out });
  const published = [
    ...readdirSync(out, { recursive: true }),
    ...readdirSync(run.model, { recursive: true }),
  ];
  expect(published.filter((name) => String(name).endsWith(".sums"))).toEqual([]);
});

test("numbers of sounds are extended, with R² before and after", { tags: ["thorough"] }, async () => {
  const soundBase = writeSoundBase(path("sound-base"));
  const [list, more] = [writeSoundNumbers(path("pitches"), 40), writeSoundNumbers(path("pitches-2"), 33)];
  const run = await train(list, {
    ...quick,
    base: soundBase,
    strategy: "sums",
    baselines: false,
    out: fresh(),
  });
  if (run.task !== "audio-regression") throw new Error(run.task);
  const more2 = await extended([run.run, more]);
  if (more2.task !== "audio-regression") throw new Error(more2.task);
  const old = more2.extended!.old_test!;
  expect(old).toMatchObject({ metric: "r2", n: run.test.n });
  expect(old.before.score).toBeCloseTo(run.test.r2!, 5);
  expect(old.flips).toBeUndefined();
  // The mean is that of all samples, and of data that are here without the validation split.
  const joint = await extended([list, more], { base: soundBase });
  if (joint.task !== "audio-regression") throw new Error(joint.task);
  expect(more2.targets[0]!.mean).toBeCloseTo(joint.targets[0]!.mean, 1);
  expect(more2.test.r2).toBeCloseTo(joint.test.r2!, 4);
  // A holder of numbers is scored by R²; the same samples as feature sums make the same model.
  const sent = `${fresh()}.sums`;
  const { samples } = await collectSums(more, { ...quick, base: soundBase, out: sent });
  const received = await extended([list, sent], { base: soundBase });
  if (received.task !== "audio-regression") throw new Error(received.task);
  const [holder] = received.extended!.holders as readonly [HolderFacts];
  expect(holder).toMatchObject({ samples, metric: "r2", left_out: false });
  expect(holder.test.with).toBeCloseTo(received.test.r2!, 5);
});

test("classes of sounds are added up", { tags: ["thorough"] }, async () => {
  const soundBase = writeSoundBase(path("sound-base-2"));
  const data = writeSounds(path("sounds"), 12);
  const out = `${fresh()}.sums`;
  const { of, samples } = await collectSums(data, { ...quick, base: soundBase, out });
  expect(of).toBe("audio-classification");
  const run = await extended([out], { test: data, base: soundBase });
  expect(run.extended!.samples).toBe(samples);
});

test("the command line writes sums, extends them, and says what changed", {
  tags: ["thorough"],
}, async () => {
  const out = path("cli.sums");
  const made = await engraft(["sums", path("insects"), "--base", base, "--out", out, "--share"], {
    cwd: path(),
  });
  expect(made.err + made.out).toContain("the test split is left out");
  expect(made.code).toBe(0);
  const run = await engraft(
    ["extend", "cli.sums", "more", "--base", base, "--test", "held", "--out", "cli-run", "--json"],
    {
      cwd: path(),
    },
  );
  expect(run.code).toBe(0);
  expect(run.events.at(-1)).toMatchObject({
    event: "result",
    extended: { new_classes: ["cow"], sources: [{ name: "cli.sums" }, { name: "more" }] },
  });
  const shown = await engraft(["extend", "--resume", "cli-run"], { cwd: path() });
  expect(shown.out).toMatch(/new {8}cow/);
  expect(shown.out).toMatch(/changed {4}\d+ wrong → right, \d+ right → wrong/);
  const other = await engraft(["train", "--resume", "cli-run"], { cwd: path() });
  expect([other.code, other.err]).toEqual([2, expect.stringContaining("engraft extend --resume cli-run")]);
  const added = await engraft(["extend", "more", "--resume", "cli-run"], { cwd: path() });
  expect([added.code, added.err]).toEqual([2, expect.stringContaining('"more" is fixed by the run')]);
});

test("an extended run that was stopped is resumed", { tags: ["thorough"] }, async () => {
  await first();
  const out = fresh();
  await stopRun(
    (how) => extend([path("first"), path("more")], { ...quick, out, cache: false, ...how }),
    ({ event }) => event === "base",
  );
  const whole = await extended([path("first"), path("more")]);
  const resumed = await resume(out, { threads: 1 });
  expect(resumed).toMatchObject({
    test: { accuracy: ofClasses(whole).test.accuracy },
    extended: whole.extended,
  });
});

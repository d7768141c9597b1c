// @module-tag thorough
/** Automatic baselines: they are trained if the forecast has time for them, and the record of the run says so. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent, TrainResultEvent } from "../../src/core/events/events.js";
import { message } from "../../src/core/messages/message.js";
import { baselineNames } from "../../src/core/results/baseline-names.js";
import { resume, type TrainOptions, train } from "../../src/index.js";
import type { RunManifest } from "../../src/run/folder/run-manifest.js";
import { opaque, type Part, smallNet, tinyBase, tinyData } from "../support/fixtures.js";
import { trainWithStepTime } from "../support/manual-clock.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-auto-baselines-"));
const at = (...parts: string[]) => join(folder, ...parts);
const recipe = { augment: "none", cache: false, threads: 1, batchSize: 8, baselines: "auto" } as const;
let data: string;
let base: string;
beforeAll(async () => {
  data = await tinyData(at("data"), { ant: 40, bee: 40 });
  base = tinyBase(at("base"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recorded = (name: string) => JSON.parse(readFileSync(at(name, "run.json"), "utf8")) as RunManifest;

async function trained(name: string, more: TrainOptions) {
  const events: EngraftEvent[] = [];
  const run = (await trainWithStepTime(5)(data, {
    ...{ ...recipe, base, ...more, out: at(name) },
    onEvent: (event) => events.push(event),
  })) as TrainResultEvent;
  return { run, words: events.find((event) => event.event === "forecast")!.words };
}

test("a short run has them, also when resumed; the record and its command name the decision", async () => {
  const { run, words } = await trained("short", { epochs: 2, scratchSteps: 16 });
  expect(words).toContain("other seeds and baselines from scratch ");
  expect(run.baselines?.scratch?.tried).toHaveLength(3);
  expect(run.verdict?.seeds).toBe(3);
  const { options, command } = recorded("short");
  expect(options).toMatchObject({ baselines: true, seeds: 3, scratchSteps: 16 });
  expect(command).toMatch(/ --scratch-steps 16 .*--baselines --seeds 3 /);
  expect(((await resume(at("short"))) as TrainResultEvent).verdict).toEqual(
    JSON.parse(JSON.stringify(run.verdict)),
  );
});

test("with a budget, they are trained if the whole run fits it", async () => {
  const { run, words } = await trained("tight", { epochs: 5000, budget: 4 });
  expect(words).toMatch(/; no baseline from scratch, which would take about .* more \(--baselines\)$/);
  // What takes no time is compared in any case.
  expect(Object.keys(run.baselines!).sort()).toEqual(["majority", "pixels", "probe"]);
  expect(run.verdict).toMatchObject({ subject: "model", without_scratch: true });
  expect(run.verdict!.transfer).not.toBe("positive");
  expect(run.verdict!.sentences).toContain("no scratch");
  const { options, command } = recorded("tight");
  expect(options.baselines).toBe("quick");
  expect(command).not.toMatch(/ --(no-)?baselines/);
  expect(((await resume(at("tight"))) as TrainResultEvent).verdict).toEqual(
    JSON.parse(JSON.stringify(run.verdict)),
  );
  const ample = await trained("ample", { epochs: 1, budget: 60, scratchSteps: 16 });
  expect(ample.words).toContain("(the budget)");
  expect(ample.run.verdict).toBeDefined();
  // Without the word the command would make three seeds.
  expect(recorded("ample").command).toContain(" --baselines --seeds 1 ");
});

test("a requested probe has those that need no training, and a verdict against the best of them", async () => {
  // A probe makes no steps, so it takes no size of a batch.
  const { run, words } = await trained("probe", { strategy: "probe", batchSize: undefined });
  expect(words).not.toContain("scratch");
  expect(Object.keys(run.baselines!).sort()).toEqual(["majority", "pixels"]);
  expect(run.verdict).toMatchObject({ subject: "model", without_scratch: true });
  expect(recorded("probe").options.baselines).toBe("quick");
  expect(recorded("probe").command).not.toMatch(/ --(no-)?baselines/);
});

test("texts with nothing in common, one epoch and three to validate: the most frequent class, and what is missing", async () => {
  const list = at("few.csv");
  // Each text has words and characters of its own.
  const textOf = (i: number) => String.fromCodePoint(...[0, 1, 2].map((k) => 0x4e00 + 3 * i + k));
  const partOf = (i: number) => (i < 12 ? "train" : i < 15 ? "validation" : "test");
  const row = (i: number) => `${textOf(i)},${i % 2 ? "good" : "bad"},${partOf(i)}`;
  writeFileSync(list, ["text,label,split", ...Array.from({ length: 21 }, (_, i) => row(i)), ""].join("\n"));
  const warned: unknown[] = [];
  const run = (await train(list, {
    ...{ task: "text-classification", base: writeTextBase(at("texts")), epochs: 1, seed: 1 },
    ...{ cache: false, threads: 1, baselines: "quick", out: at("few") },
    onEvent: (event) =>
      event.event === "warning" && event.code === "baselines" && warned.push(event.sentence),
  })) as TrainResultEvent;
  expect(run.validation.n).toBe(3);
  expect(run.baselines!.majority).toBeDefined();
  expect(run.baselines!.tf_idf ?? run.baselines!.characters).toBeUndefined();
  expect(run.verdict).toBeDefined();
  for (const baseline of [baselineNames.tf_idf, baselineNames.characters])
    expect(warned).toContainEqual(message("no-term-twice", { baseline }));
});

test("without gradients nothing is trained from scratch, and a warning gives the reason", async () => {
  const threshold: Part = (g, x) => opaque(g, "Binarizer", [x], g.typeOf(x), "ai.onnx.ml");
  const events: EngraftEvent[] = [];
  const run = (await train(data, {
    ...{ cache: false, threads: 1, baselines: "auto", out: at("no gradient") },
    base: tinyBase(at("threshold"), smallNet(threshold)),
    onEvent: (event) => events.push(event),
  })) as TrainResultEvent;
  expect(run.strategy.name).toBe("probe");
  expect(run.verdict).toMatchObject({ against: expect.any(String), without_scratch: true });
  const warned = events.flatMap((e) => (e.event === "warning" && e.code === "baselines" ? [e.message] : []));
  expect(warned).toEqual([expect.stringMatching(/^there is no baseline from scratch: .*Binarizer/)]);
});

test("the model and its report are there before the runs from scratch begin: a stop there loses neither", async () => {
  const stop = new AbortController();
  let kept = false;
  const stopped = train(data, {
    ...{ ...recipe, base, epochs: 2, seeds: 1, scratchSteps: 16, out: at("stopped"), signal: stop.signal },
    onEvent: (event) => {
      if (event.event !== "progress" || event.phase !== "scratch") return;
      kept =
        existsSync(at("stopped", "model", "onnx", "model.onnx")) && existsSync(at("stopped", "report.html"));
      stop.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ kind: "Interrupted" });
  expect(kept).toBe(true);
  const { status, result } = recorded("stopped");
  expect(status).toBe("running");
  expect(result).toMatchObject({ event: "result", epochs: 2 });
  const whole = (await resume(at("stopped"))) as TrainResultEvent;
  expect(whole.verdict).toBeDefined();
  expect(whole.test).toEqual((result as TrainResultEvent).test);
});

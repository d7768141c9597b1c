// Adaptation by maps of frozen features: nothing is trained.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { studyLines } from "../../src/cli/render/render-report.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { type AdaptOptions, adapt, EngraftError, evaluate, load, resume } from "../../src/index.js";
import { bars, reviews } from "../support/domain-data.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-maps-"));
const at = (...parts: string[]): string => join(folder, ...parts);
beforeAll(async () => {
  await bars(at("light"), ["lying", "standing"], 40, false);
  await bars(at("dark"), ["lying", "standing"], 40, true);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("maps of frozen features: chooses one without target labels, and the saved model is plain", async () => {
  const events: EngraftEvent[] = [];
  const how = { threads: 2, cache: false, imageSize: 32, out: at("mapped") } as const;
  const result = await adapt(at("light"), at("dark"), { ...how, onEvent: (event) => events.push(event) });
  expect(result.method.name).toBe("auto");
  expect(result.candidates.map(({ map }) => `${map!.name} ${map!.self_trained}`)).toEqual(
    ["none", "moments", "transport", "adabn"].flatMap((name) => [`${name} false`, `${name} true`]),
  );
  // The best score of those that still solve the source.
  const least = result.source_only.source_accuracy - 0.03;
  const best = Math.max(
    ...result.candidates.filter((c) => c.source_accuracy >= least).map(({ score }) => score),
  );
  expect(result.chosen.score).toBe(best);
  expect(result.test!.accuracy).toBeCloseTo(result.chosen.target_accuracy!, 12);
  expect(result.epochs).toBe(0);
  const lines = studyLines(result).join("\n");
  expect(lines.replace(/\s+/g, " ")).toContain("Both are solved without random numbers");
  expect(lines).not.toContain("trained once");
  expect(result.chosen.by_message).toMatchObject({ code: "chosen-by-source-and-shares" });
  expect(result.guard?.refused).toBe("differ");
  expect(result.shares!.map(({ name }) => name)).toEqual(["lying", "standing"]);
  const again = await evaluate(result.model, at("dark"), { threads: 2 });
  expect((again as { test: { accuracy: number } }).test.accuracy).toBe(result.test!.accuracy);
  const resumed = await resume(at("mapped"));
  expect(resumed).toEqual(result);
});

test("maps of features of a text encoder, alone and with self-training; the target may have no labels", {
  tags: ["thorough"],
}, async () => {
  const source = reviews(at("novels.csv"), ["page", "author", "plot", "chapter"]);
  const target = reviews(at("tools.csv"), ["saw", "drill", "nail", "plane"], false);
  const result = await adapt(source, target, {
    method: "moments",
    threads: 2,
    cache: false,
    out: at("mapped-texts"),
  });
  expect(result.base.name).toBe("text-mini");
  expect(result.test).toBeUndefined();
  expect(result.candidates.map(({ map }) => map!.name)).toEqual(["none", "moments", "moments"]);
  const model = await load(result.model);
  if (model.task !== "text-classification") throw new Error(model.task);
  expect(await model.predict(["a great saw"])).toHaveLength(1);
});

test.each<[AdaptOptions, RegExp]>([
  [
    { epochs: 3 },
    /the option epochs is for methods that train, and auto maps frozen features\n {2}help: leave it out, or add --method deep-coral/,
  ],
  [{ base: "lenet" }, /lenet starts from random weights: its features cannot be mapped/],
  [{ method: "transport", augment: "light" }, /the option augment is for methods/],
  ...["text", "target", "classNames", "force"].map((name): [AdaptOptions, RegExp] => [
    { [name]: name === "force" || "label" },
    new RegExp(`the option ${name} is for a model as source, and the source is data\n {2}help: leave it out`),
  ]),
])("maps refuse what they cannot use: %o", async (options, text) => {
  const error: unknown = await adapt(at("light"), at("dark"), options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngraftError);
  expect((error as EngraftError).format()).toMatch(text);
});

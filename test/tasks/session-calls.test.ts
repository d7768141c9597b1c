// Calls of a live session that overlap, and arguments that it refuses.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSession } from "../../src/index.js";
import { tinyBase } from "../support/fixtures.js";
import { inSession, reviews, tinted } from "../support/session-samples.js";

const root = mkdtempSync(join(tmpdir(), "engraft-session-calls-"));
const path = (...parts: string[]): string => join(root, ...parts);
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("contents of one name never take each other's features", async () => {
  const samples = await tinted(6, 400);
  const [blue, red] = [samples[0]!, samples[6]!];
  await inSession(path("base"), async (session) => {
    await expect(session.add([blue, { ...red, id: blue.id }])).rejects.toMatchObject({
      message: `sample "${blue.id}" is given twice`,
      help: "give each sample an id of its own",
    });
    await session.add(samples);
    await session.fit();
    const [first, second] = await session.predict([blue.input, red.input]);
    expect([first![0]!.label, second![0]!.label]).toEqual(["blue", "red"]);
    const [other] = await tinted(1, 470);
    // The prediction has the name that the sample has.
    const [, answers] = await Promise.all([
      session.add([{ ...other!, id: "input 3", label: "blue" }]),
      session.predict(red.input),
    ]);
    expect(answers).toEqual(second);
    expect(await session.predict(other!.input)).toEqual((await session.predict([other!.input]))[0]);
  });
});

test("the last of several fits counts, and closing waits for predictions", async () => {
  const session = await openSession(path("base"), { threads: 1 });
  const samples = await tinted(20, 500);
  await session.add(samples);
  const all = session.fit();
  session.remove(samples.map(({ id }) => id).filter((id) => !id.endsWith("-500")));
  await session.add([{ ...samples[3]!, label: "green" }]);
  const few = session.fit();
  // Whichever ends first.
  await Promise.all([all, few]);
  const predicting = session.predict(samples[0]!.input);
  await session.close();
  expect((await predicting).map(({ label }) => label).sort()).toEqual(["blue", "green", "red"]);
});

test("a label is read as by readers of lists: composed, without spaces around it; an empty one is refused", async () => {
  const labels = [" caf\u00e9 ", "cafe\u0301", "tea", "tea "];
  await inSession("text-mini", async (session) => {
    await session.add(reviews.slice(0, 4).map((one, i) => ({ ...one, label: labels[i]! })));
    const { classes } = await session.fit();
    expect(classes.map(({ name, samples }) => [name, samples])).toEqual([
      ["caf\u00e9", 2],
      ["tea", 2],
    ]);
    await expect(session.add([{ ...reviews[5]!, label: " " }])).rejects.toMatchObject({
      kind: "OptionError",
    });
  });
});

test("fit waits for earlier calls of add, and a class in two groups is in the training part of each fold", {
  tags: ["thorough"],
}, async () => {
  await inSession("text-mini", async (session) => {
    const groups = ["Ann", "Ann", "Ann", "Ann", "Ann", "Ben", "Ben", "Ben", "Ben", "Ben", "Cleo", "Dan"];
    const adding = session.add(
      reviews.map((one, i) => ({ ...one, group: groups[i]!, label: i < 10 ? "known" : "rare" })),
    );
    // Two groups of the rare class: one group with both came into the fold of the other.
    const { classes, folds, predictions } = await session.fit();
    expect(await adding).toEqual({ added: 12, copies: [], contradictions: [] });
    expect([folds, classes.map(({ samples }) => samples)]).toEqual([2, [10, 2]]);
    expect(predictions).toHaveLength(12);
  });
  await inSession("text-mini", async (session) => {
    // Each class is in two of three recordings: two folds cannot do it.
    const classOf = ["red", "blue", "red", "blue", "green", "green"];
    await session.add(reviews.map((one, i) => ({ ...one, group: `${i % 3}`, label: classOf[i % 6]! })));
    const { folds, score } = await session.fit();
    expect([folds, score?.n]).toEqual([3, 12]);
  });
});

test("arguments of another kind are refused, and the error says what to give", async () => {
  for (const [given, kind] of [
    [undefined, "undefined"],
    [null, "null"],
    ["", "an empty text"],
    [{ run: 3 }, "object"],
  ])
    await expect(openSession(given as never)).rejects.toMatchObject({
      kind: "OptionError",
      message: `openSession got ${kind}`,
      help: 'give a base: its name, its path, or { run: "runs/flowers" }',
    });
  const session = await openSession("text-mini", null as never);
  for (const samples of [undefined, "one", [null], ["one"]])
    await expect(session.add(samples as never)).rejects.toMatchObject({
      kind: "OptionError",
      message: `add got ${Array.isArray(samples) ? "object" : typeof samples}`,
    });
  expect(() => session.remove("0 good" as never)).toThrow("remove got string");
  await session.add(reviews);
  await expect(session.fit({ answers: 0 })).rejects.toMatchObject({
    kind: "OptionError",
    message: "fit got 0",
    help: "give a number of classes: fit({ answers: 1 })",
  });
  await session.fit();
  await expect(session.predict(undefined as never)).rejects.toMatchObject({ help: "give a text with words" });
  await expect(session.save(undefined as never)).rejects.toMatchObject({
    kind: "OptionError",
    help: 'give the path of a folder: save("models/flowers")',
  });
  await session.close();
});

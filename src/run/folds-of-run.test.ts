import { expect, test } from "vitest";
import { message } from "../core/messages/message.js";
import { foldsOfRun } from "./folds-of-run.js";

const divided = message("split-shares", { shares: "70 / 15 / 15", stratified: "class", seed: 0 });
const dataset = (tests: number, splitMessages = [divided]) => ({
  items: Array.from({ length: 10 + tests }, (_, i) => ({ part: i < 10 ? "train" : "test" })),
  splitMessages,
});

test("a model on the columns of a table has five folds, if the program drew fewer than 200 test rows", () => {
  for (const strategy of ["linear", "trees"] as const) {
    expect(foldsOfRun({ options: { strategy }, dataset: dataset(199) })).toBe(5);
    expect(foldsOfRun({ options: { strategy }, dataset: dataset(200) })).toBeUndefined();
    expect(foldsOfRun({ options: { strategy }, dataset: dataset(0) })).toBeUndefined();
    const given = dataset(20, [message("splits-given")]);
    expect(foldsOfRun({ options: { strategy }, dataset: given })).toBeUndefined();
    expect(foldsOfRun({ options: { strategy, with: "source.csv" }, dataset: dataset(20) })).toBeUndefined();
  }
});

test("a training has the requested folds only", () => {
  expect(foldsOfRun({ options: { strategy: "full" }, dataset: dataset(20) })).toBeUndefined();
  expect(foldsOfRun({ options: { strategy: "full", folds: 3 }, dataset: dataset(900) })).toBe(3);
  expect(foldsOfRun({ options: { strategy: "trees", folds: 3 }, dataset: dataset(20) })).toBe(3);
});

test("a probe has five folds if its task says so, its features are cached, and no option excludes folds", () => {
  const of = (options: object, tests = 20) =>
    foldsOfRun(
      { options: { strategy: "probe", ...options }, dataset: dataset(tests) },
      { foldsOfProbe: true },
    );
  expect([of({}), of({ folds: 3 }), of({}, 200)]).toEqual([5, 3, undefined]);
  const excluded = [
    { cache: false },
    { budget: 60 },
    { trainSize: 8 },
    { shots: 2 },
    { safe: true },
    { strategy: "full" },
  ];
  for (const options of excluded) expect(of(options)).toBeUndefined();
  expect(foldsOfRun({ options: { strategy: "probe" }, dataset: dataset(20) })).toBeUndefined();
});

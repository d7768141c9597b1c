// What the page shows of the events of a run.
import { expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { afterEvent, noEvents, type RunState } from "../../studio/engine/after-event.js";
import { trainWords as en } from "../../studio/words/en/train.js";
import { appWords as zhApp } from "../../studio/words/zh/app.js";
import { trainWords as zh } from "../../studio/words/zh/train.js";

const after = (...events: readonly object[]): RunState =>
  (events as readonly EngraftEvent[]).reduce(afterEvent, noEvents);
const start = { event: "start" };
const epoch = (epoch: number) => ({ event: "epoch", stage: "finetune", epoch });

test("a resumed run shows its epochs before, and not the error that stopped it", () => {
  const failed = [start, epoch(1), { event: "error", kind: "FileError", message: "the disk is full" }];
  expect(after(...failed).error?.message).toBe("the disk is full");
  const resumed = after(...failed, start, epoch(2));
  expect(resumed.error).toBeUndefined();
  expect(resumed.epochs).toHaveLength(2);
});

test("trainings have words in both languages, and a name without words stays", () => {
  const { stageName } = en;
  expect(stageName("finetune")).toBe("All weights");
  expect(stageName("finetune seed 1")).toBe("All weights, seed 1");
  expect(stageName("scratch 0.001 seed 2")).toBe("Without the base model, learning rate 0.001, seed 2");
  expect(stageName("scratch 1e-4")).toBe("Without the base model, learning rate 1e-4");
  expect(stageName("without teacher")).toBe("Without the teacher");
  expect(stageName("linear alone")).toBe("linear, alone");
  expect(zh.stageName("scratch 0.001 seed 2")).toBe("不用基础模型，学习率 0.001，种子 2");
  expect(zh.stageName("linear alone")).toBe("linear，单独");
});

test("an item of a list is named by its line", () => {
  expect(["line 72", "a.csv, line 3", "line/b.jpg"].map(zhApp.item)).toEqual([
    ...["第 72 行", "a.csv 第 3 行", "line/b.jpg"],
  ]);
});

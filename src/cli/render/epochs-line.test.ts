import { expect, test } from "vitest";
import { exampleTasks } from "../../../test/support/run-kinds.js";
import { renderTasksResult } from "../commands/multi-task.js";
import { epochsLine } from "./epochs-line.js";

test("which epoch is kept, and why", () => {
  const result = { epochs: 15, best_epoch: 8 };
  expect(epochsLine(result, "validation F1")).toBe(
    "15 epochs; the weights after epoch 8 are kept (best on validation F1)",
  );
  expect(epochsLine({ epochs: 15, best_epoch: 15, kept: "last" }, "validation")).toBe(
    "15 epochs; the weights after the last epoch are kept (keep=last)",
  );
  expect(epochsLine({ epochs: 1, best_epoch: 0 }, "validation")).toBe(
    "1 epoch; the weights before the first epoch are kept (best on validation)",
  );
});

test("what a budget made of the steps that were planned", () => {
  const result = { epochs: 3, best_epoch: 2, paced: { planned: 300, steps: 120 } };
  expect(epochsLine(result, "validation")).toBe(
    "3 epochs (120 steps instead of 300, to end within the budget); the weights after epoch 2 are kept (best on validation)",
  );
});

test("why training ended before its last epoch", () => {
  const of = (because: "no improvement" | "perfect validation") =>
    epochsLine({ epochs: 4, best_epoch: 3, early_stopping: { of: 15, because } }, "validation");
  expect(of("perfect validation")).toBe(
    "4 of 15 epochs (early stopping: every validation item is right); the weights after epoch 3 are kept (best on validation)",
  );
  expect(of("no improvement")).toContain("4 of 15 epochs (early stopping: no improvement)");
});

test("the screen of several heads says why a training ended early", () => {
  const { result } = exampleTasks();
  const stopped = { ...result, early_stopping: { of: 9, because: "no improvement" } } as const;
  const screen = renderTasksResult(stopped).join(" ").replace(/\s+/g, " ");
  expect(screen).toContain("2 of 9 epochs (early stopping: no improvement)");
  expect(screen).toContain("(best on validation, mean over the tasks)");
});

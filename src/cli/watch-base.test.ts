import { expect, test } from "vitest";
import type { EngraftEvent, TrainedResult } from "../core/events/events.js";
import { renderBetterBase, watchBase } from "./watch-base.js";

const resultOf = (base: string, train: number) =>
  ({ base: { name: base }, split: { train } }) as unknown as TrainedResult;
const dataEvent = (script?: "han") =>
  ({ event: "data", ...(script && { script }) }) as unknown as EngraftEvent;

test("the command repeats the run with the other base, without what belongs to this run", () => {
  const { better } = watchBase(() => {});
  const options = {
    base: "vision-mini",
    out: "runs/a",
    cut: "x",
    lr: 0.01,
    epochs: 3,
    explain: true,
    cache: true,
  };
  expect(better(resultOf("vision-mini", 100), "my flowers", options)).toEqual({
    name: "resnet-50",
    ref: "hf:Xenova/resnet-50#onnx/model.onnx",
    license: "apache-2.0",
    download_mb: 102,
    command: 'engraft train "my flowers" --epochs 3 --base resnet-50',
  });
});

test("the script of the data event decides for texts, and every event is passed on", () => {
  const passed: EngraftEvent[] = [];
  const { onEvent, better } = watchBase((event) => void passed.push(event));
  onEvent(dataEvent("han"));
  expect(passed).toEqual([dataEvent("han")]);
  const found = better(resultOf("text-mini", 5000), "reviews.csv", { text: "a column" });
  expect(found?.command).toBe('engraft train reviews.csv --text "a column" --base bge-small-zh');
});

test("a base of the user's own has no better one", () => {
  expect(watchBase(() => {}).better(resultOf("mine.onnx", 100), "flowers", {})).toBeUndefined();
});

test("the lines stay within 80 columns, but for the command, which is one line", () => {
  const lines = renderBetterBase({
    name: "bge-base-zh",
    ref: "hf:Xenova/bge-base-zh-v1.5#onnx/model.onnx",
    license: "mit",
    download_mb: 408,
    command: `engraft train ${"long/".repeat(20)} --base bge-base-zh`,
  });
  expect(lines[0]).toBe("larger     bge-base-zh is a larger base (408 MB download, mit):");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^ {11}engraft train /);
});

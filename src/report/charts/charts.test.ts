import { expect, test } from "vitest";
import type { EpochEvent } from "../../core/events/events.js";
import type { Stage } from "../report-data.js";
import { epochCharts } from "./charts.js";

const stage = (name: string, losses: readonly number[]): Stage => ({
  name,
  scratch: name.startsWith("scratch"),
  epochs: losses.map(
    (loss, i) =>
      ({
        epoch: i + 1,
        train_loss: loss,
        validation_loss: loss,
        validation: { score: 0.5, loss, metric: { name: "accuracy", value: 0.5 } },
      }) as EpochEvent,
  ),
});
const dashed = (stages: readonly Stage[]): string[] =>
  epochCharts(stages)[0]!.series.flatMap((line) => (line.dashed ? [line.label] : []));

test("of the trainings from scratch, each seed's full one is drawn, not the trials of other rates", () => {
  const stages = [
    stage("finetune", [1, 0.5]),
    stage("scratch 0.0003", [1.7, 1.7]),
    stage("scratch 0.001", [1.7, 1.6, 1.5]),
    stage("scratch 0.01", [2, 9]),
    stage("scratch 0.001 seed 1", [1.6, 1.5]),
  ];
  expect(dashed(stages)).toEqual(["scratch 0.001", "scratch 0.001 seed 1"]);
});

test("while rates are tried, all trials are drawn", () => {
  const stages = [stage("scratch 0.0003", [1.7]), stage("scratch 0.001", [1.6])];
  expect(dashed(stages)).toEqual(["scratch 0.0003", "scratch 0.001"]);
});

import { describe, expect, test } from "vitest";
import { exampleReport } from "../../../test/support/report-data.js";
import { classesPage } from "../../../test/support/run-kinds.js";
import type { EpochEvent } from "../../core/events/events.js";
import type { Stage } from "../report-data.js";
import { epochCharts, epochLines } from "./charts.js";
import { keptCurve } from "./kept-curve.js";

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

describe("of a finished run, the curves of the kept model are solid, and those of candidates dashed", () => {
  const own = stage("finetune", [1, 0.5, 0.6]);
  const scratch = stage("scratch 0.001", [1.7, 1.6]);
  const bestAt = (one: Stage, epoch: number): Stage => ({
    ...one,
    epochs: one.epochs.map((e) => ({ ...e, best: e.epoch === epoch })),
  });
  const stages = [bestAt(own, 2), bestAt(scratch, 1)];
  const result = { epochs: 3, best_epoch: 2 };
  const drawn = (of: Parameters<typeof keptCurve>[0], all: readonly Stage[] = stages) => {
    const [loss] = epochCharts(all, undefined, keptCurve(of));
    return {
      solid: loss!.series.flatMap(({ label, dashed: is }) => (is ? [] : [label])),
      ...epochLines(all, keptCurve(of)),
      at: loss!.best,
    };
  };

  test("the run's own training", () => {
    expect(drawn(result)).toMatchObject({
      ...{ solid: ["train", "validation"], at: 2 },
      dashed: "scratch",
    });
    expect(drawn(result, [stages[0]!])).toMatchObject({ at: 2, dashed: "none", marked: true });
  });
  test("its last epoch, if that was requested", () => {
    expect(drawn({ ...result, best_epoch: 3, kept: "last" }).at).toBe(3);
  });
  test("trees, an n-gram head or a probe: nothing is solid or marked", () => {
    expect(drawn({ epochs: 0, best_epoch: 0 })).toMatchObject({ solid: [], dashed: "others", marked: false });
  });
  test("the weights before the first epoch: the head that was solved", () => {
    expect(drawn({ epochs: 3, best_epoch: 0 })).toMatchObject({ solid: [], dashed: "others", marked: false });
  });
  test("an average of epochs: its curve is solid, and no epoch is marked", () => {
    const average = { kind: "swa", epochs: [2, 3], kept: true } as unknown as NonNullable<
      Parameters<typeof keptCurve>[0]["average"]
    >;
    expect(drawn({ ...result, average })).toMatchObject({ solid: ["train", "validation"], marked: false });
  });
  test("the model from scratch: its curve is solid, with its epoch", () => {
    const safe = { kept: "scratch" } as unknown as NonNullable<Parameters<typeof keptCurve>[0]["safe"]>;
    expect(drawn({ ...result, safe })).toMatchObject({
      ...{ solid: ["scratch 0.001"], at: 1, dashed: "others" },
    });
  });
  test("repeats with other seeds have curves of their own", () => {
    const repeats = [...stages, bestAt(stage("finetune seed 1", [0.9, 0.4]), 2)];
    const [loss] = epochCharts(repeats, undefined, keptCurve(result));
    expect(loss!.x).toEqual([1, 2, 3]);
    expect(loss!.best).toBe(2);
    expect(loss!.series.filter(({ dashed: is }) => is).map(({ label }) => label)).toEqual([
      "finetune seed 1",
      "scratch 0.001",
    ]);
    expect(epochLines(repeats, keptCurve(result)).dashed).toBe("others");
  });
});

test("the page says which curves it shows, and names the kept model", () => {
  const data = exampleReport();
  const page = (more: object): string =>
    classesPage({ ...data, result: { ...data.result, ...more } as typeof data.result });
  const kept = page({});
  expect(kept).toContain("Dotted vertical line: the epoch whose weights were kept.");
  const probe = page({ strategy: { name: "probe", reasons: [] }, epochs: 0, best_epoch: 0 });
  expect(probe).toContain("The model that was kept has no curve: probe.");
  expect(probe).not.toContain("Dotted vertical line");
  expect(probe).toContain("probe (this model)");
  const start = page({ best_epoch: 0 });
  expect(start).toContain("finetune, weights before its first epoch (this model)");
  expect(start).toContain("The model that was kept has no curve: finetune, weights before its first epoch.");
  expect(start).not.toContain("Dotted vertical line");
});

import { EngraftError } from "../core/errors.js";
import { reasonFields } from "../core/messages/message.js";
import { baseFacts } from "../core/results/base-facts.js";
import type { DryRunResult } from "../core/results/dry-run.js";
import { defaultTask, fullTaskName } from "../core/results/task.js";
import { splitCounts } from "./setup.js";
import type { PlannedTask } from "./trained-task.js";

/** Thrown where the training of a dry run would begin. */
export class DryRunEnd {
  constructor(readonly result: DryRunResult) {}
}

/** Ends a dry run: frees what was loaded for the training. @throws DryRunEnd always */
export async function endDryRun(plan: PlannedTask, begin: number): Promise<never> {
  const { context, planned, trunk, expected, trainable } = plan;
  const { run, dataset, opened } = context;
  await planned.trained?.fit.dispose();
  await trunk.close();
  const { data, options, command } = run.manifest;
  const { task = "auto" } = options;
  const fitted = planned.trained?.plan;
  throw new DryRunEnd({
    event: "result",
    task: "dry-run",
    learns: task === "auto" ? defaultTask : fullTaskName(task),
    data: { path: data, fingerprint: dataset.fingerprint, split: splitCounts(dataset) },
    base: baseFacts(opened.base),
    strategy: { name: planned.strategy.name, ...reasonFields(planned.strategy.reasons) },
    cut: `${opened.body.cut.value}: ${opened.body.cut.because}`,
    trainable,
    epochs: fitted?.epochs ?? 0,
    batch: fitted?.batch ?? 0,
    rate: fitted ? Math.max(...fitted.groups.map(({ rate }) => rate)) : null,
    baselines: expected.extra.baselines,
    seeds: expected.extra.seeds,
    ...(context.options.folds !== undefined && { folds: context.options.folds }),
    forecast: { ...expected.facts, words: expected.event.words },
    command,
    seconds: (performance.now() - begin) / 1000,
  });
}

/** Returns the result of a dry run. @param training of a run that is one */
export async function resultOfDryRun(training: Promise<unknown>): Promise<DryRunResult> {
  try {
    await training;
  } catch (end) {
    if (end instanceof DryRunEnd) return end.result;
    throw end;
  }
  throw new EngraftError("InternalError", "a dry run has trained");
}

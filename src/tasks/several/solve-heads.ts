import { joinedHeads } from "../../bases/task-heads.js";
import { message } from "../../core/messages/message.js";
import type { Rows } from "../../core/results/rows.js";
import type { TaskData, TaskItem } from "../../data/index.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { fitProbeInTurns, type Probe } from "../../methods/probe/index.js";
import type { Context } from "../../run/context.js";
import type { Trunk } from "../../run/setup.js";
import type { Solved } from "../../run/trainable-task.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import type { PartFeatures } from "../../train/features.js";
import { rowTable } from "../../train/objectives/row-table.js";
import { meanValidation, taskValidations } from "./task-predictions.js";

/** Logits of all tasks, concatenated: float32[N, classes of all tasks]. */
export interface JoinedLogits {
  readonly test: Float32Array;
  readonly held: Float32Array;
}

/** Heads of all tasks, solved on frozen features. */
export interface SolvedHeads extends Solved<JoinedLogits> {
  readonly answers: JoinedLogits;
  readonly probes: readonly Probe[];
}

/** Fits a linear probe for each task on its labelled samples. */
export async function solveHeads(context: Context, trunk: Trunk, data: TaskData): Promise<SolvedHeads> {
  const { run, options, opened, onEvent, platform } = context;
  const { tasks, items } = data;
  const { signal } = options;
  return withFeatures(context, trunk, items, async ({ ordered, rows, of, seconds }) => {
    const begin = performance.now();
    const probes: Probe[] = [];
    for (const [t, { classes }] of tasks.entries()) {
      const reportProgress = (done: number): void =>
        onEvent({ event: "progress", phase: "head", done, total: tasks.length, unit: "trials" });
      reportProgress(t);
      const tables: { close(): void }[] = [];
      const labelled = (name: string): PartFeatures => {
        const samples = (ordered as readonly TaskItem[])
          .map((item, i) => ({ item, i }))
          .filter(({ item }) => item.part === name && item.labels[t]! >= 0);
        const table = rowTable(samples.length, rows.width, () => platform.files.scratch?.(run.path));
        tables.push(table);
        const row = new Float32Array(rows.width);
        for (const [k, { i }] of samples.entries()) {
          rows.read(i, row);
          table.write(k, row);
        }
        const labels = Int32Array.from(samples, ({ item }) => item.labels[t]!);
        return { features: table as Rows, labels, items: samples.map(({ item }) => item) };
      };
      const problem = {
        train: labelled("train"),
        validation: labelled("validation"),
        dims: opened.body.width,
        classes: classes.length,
      };
      probes.push(await fitProbeInTurns(problem, signal ? { signal } : {}));
      for (const table of tables) table.close();
      reportProgress(t + 1);
    }
    const head = joinedHeads(probes);
    const scored = (part: "validation" | "test") => applyHead(head, of(part).features);
    const answers = { test: scored("test"), held: scored("validation") };
    const validation = items.filter(({ part }) => part === "validation");
    return {
      head,
      probes,
      answers,
      validation: meanValidation(taskValidations(data, validation, answers.held)),
      recipe: [message("linear-model", { model: "logistic", inputs: "features" })],
      seconds: { features: seconds, solving: (performance.now() - begin) / 1000 },
    };
  });
}

// The steps of a run on a table that a source table changes.
import { message, recipeFields, warningText } from "../../../core/messages/message.js";
import type { Context } from "../../../run/context.js";
import type { Solved } from "../../../run/trainable-task.js";
import { mayRefit } from "../../../run/training/may-refit.js";
import { type ColumnTargets, solveTable } from "../column-models.js";
import { openedFor, type Table } from "../table-task.js";
import type { ScoreRows, SourceComparison } from "./compare-source.js";

/** Targets of a table whose outputs are scored row by row. */
type ScoredTargets<Answers> = ColumnTargets<Answers> & { readonly scoreRows: ScoreRows };

/** Steps of a run with a source table. */
export interface WithSource<Answers> {
  /** Chooses a candidate, and returns the context of a run that solves it. A dry run chooses none. */
  readonly prepare: (context: Context) => Promise<Context>;
  /** Forecasts the seconds of a dry run. The candidates of another run are fitted already. */
  readonly secondsToSolve: (context: Context) => Promise<number>;
  readonly solve: (context: Context) => Promise<Solved<Answers>>;
  /** Returns the candidates. Warns on the first call if the source harmed. */
  readonly compared: (context: Pick<Context, "onEvent">) => SourceComparison;
}

/** Fits of the table of both, and of the target alone, in relation to one fit: five folds, and all rows. */
const fits = { both: 7, alone: 12 } as const;

/** Returns the steps of a run with a source table; undefined without one. */
export function withSource<Answers>(
  table: Table,
  targets: ScoredTargets<Answers>,
): WithSource<Answers> | undefined {
  const { source, data } = table;
  if (source === undefined) return undefined;
  const hasValidation = data.items.some(({ part }) => part === "validation");
  let comparison: SourceComparison | undefined;
  let isWarned = false;
  return {
    async prepare(context) {
      const { strategy } = context.options;
      if (context.run.isDry)
        return strategy === undefined
          ? {
              ...context,
              options: { ...context.options, strategy: "trees", reasons: [message("folds-choose")] },
            }
          : context;
      const { compareSource } = await import("./compare-source.js");
      comparison = await compareSource(context, { ...table, source }, targets, targets.scoreRows);
      const { kept, reason } = comparison;
      return {
        ...context,
        options: { ...context.options, strategy: kept.model, reasons: [reason] },
        opened: openedFor(kept.model, context.opened),
        // A model of the target alone learnt from no row of the source.
        ...(kept.name === "alone" && { besides: {} }),
      };
    },
    async secondsToSolve(context) {
      if (comparison) return 0;
      const { secondsOfColumns } = await import("../seconds-of-columns.js");
      const both = { ...table, data: { ...data, items: [...data.items, ...source.items] } };
      const [pooled, alone] = [
        await secondsOfColumns(context, both, targets),
        await secondsOfColumns(context, table, targets),
      ];
      return fits.both * pooled + fits.alone * alone;
    },
    async solve(context) {
      const { kept } = comparison!;
      const head = kept.fit.graph();
      const answers = targets.withHeld(await targets.predict(context, head, "baseline"), kept.held);
      return {
        head,
        answers,
        refitted: mayRefit(context) && hasValidation,
        validation: targets.validate(kept.held),
        recipe: kept.recipe,
        parameters: kept.fit.parameters,
        seconds: { features: 0, solving: kept.seconds },
      };
    },
    compared({ onEvent }) {
      const { facts } = comparison!;
      const { kept, gain, metric } = facts;
      if (!isWarned && kept !== "alone" && gain.ci95 && gain.ci95[1] < 0) {
        const [low, high] = gain.ci95;
        const values = { source: facts.source, metric, gain: gain.value, low, high };
        onEvent({ event: "warning", ...warningText("source_harmed", message("source-harmed", values)) });
      }
      isWarned = true;
      return comparison!;
    },
  };
}

/** Returns the steps of a run on a table, with a source table or without. */
export const solvingSteps = <Answers>(
  source: WithSource<Answers> | undefined,
  table: Table,
  targets: ColumnTargets<Answers>,
  solveNetwork: (context: Context) => Promise<Solved<Answers>>,
) => ({
  prepare: async (context: Context) => source?.prepare(context) ?? context,
  secondsToSolve: async (context: Context) =>
    source
      ? source.secondsToSolve(context)
      : (await import("../seconds-of-columns.js")).secondsOfColumns(context, table, targets),
  solve: async (context: Context) =>
    source ? source.solve(context) : solveTable(context, table, targets, () => solveNetwork(context)),
});

/** Returns the baseline of the target alone, with its score by folds; none if it is the kept model. */
export function targetBaseline<Scores>(
  { kept, alone }: SourceComparison,
  score: (outputs: Float32Array) => Scores,
) {
  if (kept === alone) return undefined;
  const { test, seconds, recipe, score: validation } = alone;
  return { baseline: { test: score(test), seconds, ...recipeFields(recipe) }, validation };
}

// Labels that the user changed after seeing the predictions, and the score with the old labels.
import type { ShownScore } from "../../src/core/results/shown-score.js";
import type { ProjectClass } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import type { RunEntry } from "../engine/trainer.js";
import { useLoaded } from "../tasks/controls.js";
import { currentLang, currentWords } from "../words/current-words.js";
import { type ShownPrediction, useRunPredictions } from "./result-predictions.js";
import { fewText, hasSheet, useWriter, withInterval } from "./run-sheet.js";

interface OldScore {
  readonly changed: number;
  readonly score: ShownScore;
}

/** Returns the accuracy with the old labels; undefined if no label was changed before a time. @param before ISO 8601, missing: any time */
async function scoreWithOldLabels(
  predictions: readonly ShownPrediction[],
  classes: readonly ProjectClass[],
  before: string | undefined,
  folds: number | undefined,
): Promise<OldScore | undefined> {
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  // A class that was removed or renamed is in no prediction: its samples count as wrong.
  const old = predictions.map(({ sample, true: truth }) => {
    const { from = "", at = "" } = sample?.relabelled ?? {};
    return from !== "" && (before === undefined || at < before) ? names.get(from) : truth;
  });
  const changed = predictions.filter((one, i) => one.true !== old[i]).length;
  if (changed === 0) return undefined;
  const { estimateOf, groupFacts } = await import("../../src/evaluate/share-interval.js");
  const { shownScore } = await import("../../src/evaluate/shown-score.js");
  const right = predictions.map(({ predicted }, i) => (predicted === old[i] ? 1 : 0));
  const hasGroups = predictions.some(({ sample }) => sample?.group !== undefined);
  const groups = hasGroups ? predictions.map(({ item, sample }) => sample?.group ?? item) : undefined;
  const found = estimateOf("accuracy", right, groups, folds);
  const metric = { name: "accuracy", value: found.value, ci95: found.interval } as const;
  return { changed, score: shownScore({ ...groupFacts(found, groups), metric, n: predictions.length }) };
}

/** Says how many labels the user changed after seeing the predictions, and the score without these changes. Empty without changes. */
export function ChangedLabels({
  predictions,
  before,
  folds,
}: {
  readonly predictions: readonly ShownPrediction[];
  /** Start of a run: later changes are not in its score. */
  readonly before?: string;
  /** Folds of the cross-validation that gave the predictions. Missing: one model gave them. */
  readonly folds?: number;
}) {
  const { app, result } = currentWords();
  const { store } = useStudio();
  const { classes } = store.project.value!;
  const old = useLoaded(
    () => scoreWithOldLabels(predictions, classes, before, folds),
    [predictions, classes, before, folds],
  );
  const writer = useWriter();
  if (!old || !writer) return null;
  const score = writer.accuracyJson(old.score, currentLang());
  const said = score.value === null ? fewText(old.score) : withInterval(score.value, score) + result.stop;
  return (
    <p>
      {result.relabelled(old.changed, score.n)}
      {app.gap}
      <strong>{result.withOldLabels(said)}</strong>
    </p>
  );
}

/** Changed labels of a run, beside its score. Reads its predictions only if a label was changed before the run. */
export function ChangedLabelsOfRun({ run }: { readonly run: RunEntry }) {
  const { store } = useStudio();
  const isChanged = store.project.value!.samples.some(
    ({ relabelled: { at } = {} }) => at && at < run.started,
  );
  return isChanged && hasSheet(run.result) && !run.result.no_score ? (
    <OfRun key={run.name} run={run} />
  ) : null;
}

function OfRun({ run: { name, started } }: { readonly run: RunEntry }) {
  const predictions = useRunPredictions(name);
  return predictions ? <ChangedLabels predictions={predictions} before={started} /> : null;
}

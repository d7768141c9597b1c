import { useMemo, useState } from "preact/hooks";
import type { SessionFit } from "../../src/session/live-session.js";
import type { Project, Sample } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import type { TestPrediction } from "../engine/trainer.js";
import { useLoaded } from "../tasks/controls.js";
import { useTaskRow } from "../tasks/index.js";
import type { TaskRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";

/** A prediction of a sample that the model did not learn. */
export interface ShownPrediction {
  /** Name of the item, as the run recorded it. */
  readonly item: string;
  /** Id of its sample, if the page knows it. */
  readonly id?: string | undefined;
  /** Missing if the item is no sample of the project now. */
  readonly sample?: Sample;
  readonly true: string;
  readonly predicted: string;
  /** Probability of `predicted`. */
  readonly score?: number;
}

/** Returns the out-of-fold predictions of the quick model with their samples. */
export function quickPredictions(
  { predictions }: Pick<SessionFit, "predictions">,
  project: Project,
): ShownPrediction[] {
  const samples = new Map(project.samples.map((sample) => [sample.id, sample]));
  return predictions.map(({ id, label, answers: [best] }) => {
    const sample = samples.get(id);
    return {
      ...{ item: id, true: label, predicted: best!.label, score: best!.score },
      ...(sample && { sample }),
    };
  });
}

/** Returns the predictions of the test samples of a run with their samples; undefined until they are loaded. */
export function useRunPredictions(name: string): readonly ShownPrediction[] | undefined {
  const { store, trainer } = useStudio();
  const project = store.project.value!;
  const recorded = useLoaded(() => trainer.predictions(name).then(shownPredictions), [name]);
  return useMemo(() => {
    const samples = new Map(project.samples.map((sample) => [sample.id, sample]));
    return recorded?.map((one) => {
      const sample = samples.get(one.id ?? "");
      return sample ? { ...one, sample } : one;
    });
  }, [recorded, project]);
}

/** Returns predictions as text. Numbers come in the order of their largest error. */
function shownPredictions(all: readonly TestPrediction[]): readonly ShownPrediction[] {
  const errorOf = (one: TestPrediction): number =>
    "score" in one ? 0 : Math.max(...one.true.map((value, k) => Math.abs(value - one.predicted[k]!)));
  const written = (value: string | readonly number[]): string =>
    typeof value === "string"
      ? value
      : value.map((number) => String(Number(number.toPrecision(4)))).join(", ");
  return all
    .toSorted((a, b) => errorOf(b) - errorOf(a))
    .map((one) => ({ ...one, true: written(one.true), predicted: written(one.predicted) }));
}

/** Predictions that are shown at first, and with each press of the button. */
const batch = 24;

/** Predictions with their samples. A button gives a sample the predicted class. */
export function PredictionList({ predictions }: { readonly predictions: readonly ShownPrediction[] }) {
  const { result } = currentWords();
  const [shown, setShown] = useState(batch);
  const row = useTaskRow();
  const left = predictions.length - shown;
  return (
    <>
      <ul class="plain predictions">
        {predictions.slice(0, shown).map((prediction) => (
          <PredictionItem key={prediction.item} prediction={prediction} row={row} />
        ))}
      </ul>
      {left > 0 && (
        <button type="button" onClick={() => setShown(shown + batch)}>
          {result.more(left)}
        </button>
      )}
    </>
  );
}

function PredictionItem({
  prediction: { item, sample, true: truth, predicted, score },
  row,
}: {
  readonly prediction: ShownPrediction;
  readonly row: TaskRow | null | undefined;
}) {
  const { app, result } = currentWords();
  const { store } = useStudio();
  const { classes } = store.project.value!;
  const now = classes.find(({ id }) => id === sample?.class)?.name;
  const target = classes.find(({ name }) => name === predicted);
  const Tile = row?.data === "samples" ? row.Tile : undefined;
  const relabel = (): void => store.relabel(sample!.id, target!.id);
  return (
    <li class="card">
      {sample && Tile ? <Tile sample={sample} /> : <span class="item">{app.item(item)}</span>}
      <span>{result.truth(truth)}</span>
      <span>{result.predicted(predicted, score)}</span>
      {now !== undefined && now !== truth ? (
        <span class="soft">{result.moved(now)}</span>
      ) : (
        sample &&
        target &&
        predicted !== truth && (
          <button type="button" disabled={store.readOnly.value} onClick={relabel}>
            {result.relabel(predicted)}
          </button>
        )
      )}
    </li>
  );
}

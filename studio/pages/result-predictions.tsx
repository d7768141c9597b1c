import { useMemo, useState } from "preact/hooks";
import type { SamplesJson } from "../../src/report/sheet/sheet-json.js";
import type { SessionFit } from "../../src/session/live-session.js";
import type { Project, Sample } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import type { TestPrediction } from "../engine/trainer.js";
import { useLoaded } from "../tasks/controls.js";
import { useTaskRow } from "../tasks/index.js";
import type { TaskRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";

/** A predicted class of a sample that the model did not learn. */
export type ShownPrediction = Extract<TestPrediction, { readonly score: number }> & {
  /** Missing if the item is no sample of the project now. */
  readonly sample?: Sample;
};

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

const isOfClass = (one: TestPrediction): one is ShownPrediction => "score" in one;

/** Returns the predicted classes of the test samples of a run with their samples; undefined until they are loaded. */
export function useRunPredictions(name: string): readonly ShownPrediction[] | undefined {
  const { store, trainer } = useStudio();
  const project = store.project.value!;
  const recorded = useLoaded(() => trainer.predictions(name), [name]);
  return useMemo(() => {
    const samples = new Map(project.samples.map((sample) => [sample.id, sample]));
    return recorded?.filter(isOfClass).map((one) => {
      const sample = samples.get(one.id ?? "");
      return sample ? { ...one, sample } : one;
    });
  }, [recorded, project]);
}

/** Rows of a list that are drawn at first, and with each press of the button. */
const batch = 24;

/** A list of samples as cards. A button gives a sample its predicted class. */
export function PredictionList({
  list: { columns, rows, items },
  predictions,
}: {
  readonly list: SamplesJson;
  /** Predicted classes, with the samples of the project. */
  readonly predictions: readonly ShownPrediction[];
}) {
  const { app, result } = currentWords();
  const [shown, setShown] = useState(batch);
  const row = useTaskRow();
  const byItem = useMemo(() => new Map(predictions.map((one) => [one.item, one])), [predictions]);
  const left = rows.length - shown;
  return (
    <>
      <ul class="plain predictions">
        {rows.slice(0, shown).map((cells, i) => (
          <PredictionItem
            key={i}
            item={items[i]!}
            lines={cells.map((cell, k) => `${columns[k]!.name}${app.colon}${cell}`)}
            prediction={byItem.get(items[i]!)}
            row={row}
          />
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
  item,
  lines,
  prediction: { sample, true: truth, predicted } = {},
  row,
}: {
  readonly item: string;
  readonly lines: readonly string[];
  readonly prediction: Partial<ShownPrediction> | undefined;
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
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {now !== undefined && now !== truth ? (
        <span class="soft">{result.moved(now)}</span>
      ) : (
        sample &&
        target &&
        predicted !== truth && (
          <button type="button" disabled={store.readOnly.value} onClick={relabel}>
            {result.relabel(target.name)}
          </button>
        )
      )}
    </li>
  );
}

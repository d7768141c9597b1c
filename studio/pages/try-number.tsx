import { useMemo } from "preact/hooks";
import type { SessionFit } from "../../src/session/live-session.js";
import { useStudio } from "../engine/studio.js";
import { currentWords } from "../words/current-words.js";
import { ChangedLabels } from "./changed-labels.js";
import { quickPredictions } from "./result-predictions.js";
import { Guessing } from "./result-score.js";
import { fewText } from "./shown-score.js";
import { writtenInterval, writtenValue } from "./written-value.js";

/** Cross-validated accuracy of the quick model with its interval, or the reason why there is none. Says if it belongs to earlier samples. */
export function QuickNumber() {
  const { live } = useStudio();
  const fit = live.fit.value;
  if (!fit) return null;
  return (
    <div class="try-number">
      <Accuracy fit={fit} />
      <Earlier fit={fit} />
    </div>
  );
}

function Accuracy({ fit }: { readonly fit: SessionFit }) {
  const { try: words, result, app } = currentWords();
  const { store } = useStudio();
  const project = store.project.value!;
  const predictions = useMemo(() => quickPredictions(fit, project), [fit, project]);
  const { kind } = project;
  const { shown } = fit;
  if (!shown) return <p>{words.noScore(fit, kind)}</p>;
  const { value, ci95 } = shown;
  const range = ci95 && writtenInterval("accuracy", ci95);
  return (
    <>
      {value === null ? (
        <p>
          {fewText(shown, result)}
          {app.gap}
          {range ? words.mayBe(...range) : words.recordAgain}
        </p>
      ) : (
        <p>
          <strong class="number">{writtenValue("accuracy", value)}</strong>{" "}
          {range && words.accuracy(...range)}
        </p>
      )}
      <Guessing shown={shown} />
      <ChangedLabels predictions={predictions} folds={fit.folds} />
      <Notes fit={fit} kind={kind} />
    </>
  );
}

/** Limits of the accuracy. */
function Notes({ fit: { notes }, kind }: { readonly fit: SessionFit; readonly kind: string }) {
  const { try: words } = currentWords();
  const sentences = notes.flatMap(({ sentence }) => {
    if (sentence?.code === "score-without-groups") return [words.withoutGroups(kind)];
    if (sentence?.code === "score-near-copies") return [words.nearCopies(kind, sentence.values.copies)];
    return [];
  });
  return (
    <>
      {sentences.map((sentence) => (
        <p key={sentence} class="soft">
          {sentence}
        </p>
      ))}
    </>
  );
}

/** Says that the accuracy does not count the newest changes. Nothing if it does. */
function Earlier({ fit: { classes } }: { readonly fit: SessionFit }) {
  const { app, try: words, samples } = currentWords();
  const { store, live } = useStudio();
  const { phase } = live.status.value;
  if (phase === "idle") return null;
  const count = classes.reduce((sum, one) => sum + one.samples, 0);
  return (
    <p class="soft earlier">
      {words.earlier(samples.count(store.project.value!.kind, count))}
      {phase !== "failed" && app.gap + words.learningNew}
    </p>
  );
}

import { useMemo } from "preact/hooks";
import type { SessionFit } from "../../src/session/live-session.js";
import { useStudio } from "../engine/studio.js";
import { currentLang, currentWords } from "../words/current-words.js";
import { ChangedLabels } from "./changed-labels.js";
import { quickPredictions } from "./result-predictions.js";
import { fewText, useWriter } from "./run-sheet.js";

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
  const { try: words, app } = currentWords();
  const { store } = useStudio();
  const project = store.project.value!;
  const writer = useWriter();
  const predictions = useMemo(() => quickPredictions(fit, project), [fit, project]);
  const { kind } = project;
  const { shown } = fit;
  if (!shown) return <p>{words.noScore(fit, kind)}</p>;
  if (!writer) return null;
  const { value, interval, guessing } = writer.accuracyJson(shown, currentLang());
  return (
    <>
      {value === null ? (
        <p>
          {fewText(shown)}
          {app.gap}
          {interval === undefined ? words.recordAgain : words.mayBe(interval)}
        </p>
      ) : (
        <p>
          <strong class="number">{value}</strong> {interval !== undefined && words.accuracy(interval)}
        </p>
      )}
      {guessing !== undefined && <p>{guessing}</p>}
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

import { useMemo } from "preact/hooks";
import { currentWords, useStudio } from "../app/studio.js";
import { ChangedLabels } from "./changed-labels.js";
import { quickPredictions } from "./result-predictions.js";
import { writtenInterval, writtenValue } from "./written-value.js";

/** An interval wider than this says too little for a number. */
const widest = 0.3;

/** Cross-validated accuracy of the quick model with its interval, or the reason why there is none. */
export function QuickNumber() {
  const { try: words } = currentWords();
  const { store, live } = useStudio();
  const fit = live.fit.value;
  const project = store.project.value!;
  const predictions = useMemo(() => (fit ? quickPredictions(fit, project) : []), [fit, project]);
  if (!fit) return null;
  const { kind } = project;
  if (!fit.score) return <p class="try-number">{words.noScore(fit, kind)}</p>;
  const { accuracy, accuracy_ci95: interval } = fit.score;
  // The library gives the whole range if the recordings are too few.
  if (interval[0] === 0 && interval[1] === 1) return <p class="try-number">{words.tooFewRecordings}</p>;
  const [low, high] = writtenInterval("accuracy", interval);
  const isWide = interval[1] - interval[0] > widest;
  return (
    <div class="try-number">
      {isWide ? (
        <p>{words.tooFew(kind, low, high)}</p>
      ) : (
        <p>
          <strong class="number">{writtenValue("accuracy", accuracy)}</strong> {words.accuracy(low, high)}
        </p>
      )}
      <ChangedLabels predictions={predictions} />
      {fit.notes.some(({ code }) => code === "score-without-groups") && (
        <p class="soft">{words.withoutGroups(kind)}</p>
      )}
    </div>
  );
}

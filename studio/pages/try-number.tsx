import { useStudio, useWords } from "../app/studio.js";

/** An interval wider than this says too little for a number. */
const widest = 0.3;

/** Cross-validated accuracy of the quick model with its interval, or the reason why there is none. */
export function QuickNumber() {
  const { try: words, app } = useWords();
  const { store, live } = useStudio();
  const fit = live.fit.value;
  if (!fit) return null;
  const { kind } = store.project.value!;
  if (!fit.score) return <p class="try-number">{words.noScore(fit, kind)}</p>;
  const { accuracy, accuracy_ci95: interval } = fit.score;
  const [low, high] = interval.map((share) => (100 * share).toFixed(0));
  // The library gives the whole range if the recordings are too few.
  if (low === "0" && high === "100") return <p class="try-number">{words.tooFewRecordings}</p>;
  const isWide = interval[1] - interval[0] > widest;
  return (
    <div class="try-number">
      {isWide ? (
        <p>{words.tooFew(kind, low!, high!)}</p>
      ) : (
        <p>
          <strong class="number">{app.percent(accuracy)}</strong> {words.accuracy(low!, high!)}
        </p>
      )}
      {fit.notes.some(({ code }) => code === "score-without-groups") && (
        <p class="soft">{words.withoutGroups(kind)}</p>
      )}
    </div>
  );
}

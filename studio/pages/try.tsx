import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Predictor } from "../engine/predictor.js";
import { type TryInput, TryQueue } from "../engine/try-queue.js";
import { route } from "../store/route.js";
import { useTaskRow } from "../tasks/index.js";
import { useKeyActions } from "../tasks/keys.js";
import type { TaskRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";
import { TryAnswers } from "./try-answers.js";
import { Correction } from "./try-correction.js";
import { KnownInput } from "./try-known.js";
import { ModelChoice, useModel } from "./try-model.js";
import { QuickNumber } from "./try-number.js";
import { TryState } from "./try-state.js";

/** Live predictions of the quick model or of a run, with corrections. It stands beside Samples on a desktop. */
export function TryPage() {
  const { app } = currentWords();
  const row = useTaskRow();
  const model = useModel();
  const isShown = useShown();
  return (
    <section class="try card" aria-label={app.pages.try}>
      <h1>{app.pages.try}</h1>
      <ModelChoice model={model} />
      {row && <TryState row={row} model={model} />}
      {row && isShown && model.predictor && <Inputs row={row} predictor={model.predictor} run={model.run} />}
      {model.run === undefined && <QuickNumber />}
    </section>
  );
}

/** True if the page is in view. On a phone, Samples covers it: its camera must be off then. */
function useShown(): boolean {
  const narrow = useMemo(() => matchMedia("(max-width: 800px)"), []);
  const [isNarrow, setNarrow] = useState(narrow.matches);
  useEffect(() => {
    const listener = (): void => setNarrow(narrow.matches);
    narrow.addEventListener("change", listener);
    return () => narrow.removeEventListener("change", listener);
  }, [narrow]);
  return route.value.page === "try" || !isNarrow;
}

/** Source of inputs, with the predictions of the newest one. */
function Inputs({
  row,
  predictor,
  run,
}: {
  readonly row: TaskRow;
  readonly predictor: Predictor;
  readonly run: string | undefined;
}) {
  const { try: words } = currentWords();
  const queue = useMemo(() => new TryQueue(), []);
  const [paused, setPaused] = useState(false);
  const hasInput = useComputed(() => queue.shown.value !== undefined);
  const isLive = useComputed(() => isLiveInput(queue.shown.value?.input.input));
  useEffect(() => queue.use(predictor), [queue, predictor]);
  useEffect(() => () => queue.use(undefined), [queue]);
  // Before a live input there is nothing to pause, and no button to continue.
  const canPause = isLive.value || paused;
  useKeyActions(canPause ? { pause: () => setPaused(!paused) } : {});
  const take = (input?: TryInput): void => {
    if (input) queue.take(input);
    else {
      queue.clear();
      setPaused(false);
    }
  };
  const { Source } = row;
  return (
    <>
      <Source paused={paused} onInput={take} />
      {hasInput.value && (
        <>
          {canPause && (
            <button type="button" class="pause" aria-pressed={paused} onClick={() => setPaused(!paused)}>
              {paused ? words.goOn : words.pause}
            </button>
          )}
          <TryAnswers queue={queue} predictor={predictor} />
          <KnownInput input={queue.shown.value?.input.input} run={run} />
          {row.data === "samples" && <Correction queue={queue} />}
        </>
      )}
    </>
  );
}

/** True for a frame of a camera and a window of a microphone. */
const isLiveInput = (input: unknown): boolean =>
  input instanceof ImageBitmap || input instanceof Float32Array;

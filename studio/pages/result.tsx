import { useState } from "preact/hooks";
import type { SessionFit } from "../../src/session/live-session.js";
import { useRunState } from "../engine/run-state.js";
import { useStudio } from "../engine/studio.js";
import type { RunEntry } from "../engine/trainer.js";
import { go, route } from "../store/route.js";
import { useLoaded } from "../tasks/controls.js";
import { currentLang, currentWords } from "../words/current-words.js";
import { ChangedLabels } from "./changed-labels.js";
import { ModelSelect, quick } from "./model-select.js";
import { type Confusion, ConfusionMatrix, confusionOf } from "./result-confusion.js";
import {
  PredictionList,
  quickPredictions,
  type ShownPrediction,
  useRunPredictions,
} from "./result-predictions.js";
import { fewTestSamples, ScoreNumber, Scores } from "./result-score.js";
import { hasSheet, scoreOf, useRunSheet } from "./run-sheet.js";
import { Warnings } from "./train-run.js";
import { QuickNumber } from "./try-number.js";

/** Page Result: the number first, then the mistakes, then the report. Before a run, of the quick model. */
export function ResultPage() {
  const { app, result } = currentWords();
  const { store, live, trainer } = useStudio();
  const { detail } = route.value;
  const runs = trainer.runs.value.filter(({ status, result }) => status === "done" && result);
  const run = detail === quick ? undefined : (runs.find(({ name }) => name === detail) ?? runs[0]);
  const fit = live.fit.value;
  return (
    <div class="result">
      <h1>{app.pages.result}</h1>
      {runs.length > 0 && (
        <ModelSelect
          label={result.model}
          quickText={fit && result.quick}
          runs={runs}
          chosen={run?.name ?? quick}
          onModel={(detail) => go({ page: "result", project: store.project.value!.id, detail })}
        />
      )}
      {run ? <RunResult key={run.name} run={run} /> : <QuickResult fit={fit} />}
    </div>
  );
}

/** Result of the quick model, by cross-validation. */
function QuickResult({ fit }: { readonly fit: SessionFit | undefined }) {
  const { result, use } = currentWords();
  const { store } = useStudio();
  const isFiles = store.project.value!.files.length > 0;
  if (!fit?.score)
    return (
      <section class="card">
        <p class="number">–</p>
        {fit ? <QuickNumber /> : <p>{isFiles ? use.noModelFiles : result.none}</p>}
      </section>
    );
  const predictions = quickPredictions(fit, store.project.value!);
  return (
    <>
      <section class="card">
        <QuickNumber />
      </section>
      <Mistakes predictions={predictions} confusion={confusionOf(predictions)} />
    </>
  );
}

/** Warnings that a result leaves out: the page shows the missing score itself, and the training has ended. */
const saidElsewhere: readonly string[] = ["no_score", "threads"];

/** Result of a finished run. */
function RunResult({ run }: { readonly run: RunEntry }) {
  const words = currentWords();
  const { live } = useStudio();
  const state = useRunState(run.name, run.status);
  const { app, result } = words;
  const sheet = useRunSheet(run);
  const score = scoreOf(sheet);
  const predictions = useRunPredictions(run.name);
  return (
    <>
      <section class="card">
        {sheet?.warning !== undefined && <p>{sheet.warning}</p>}
        {sheet && score && (
          <ScoreNumber score={score} help={[result.onTest(score.n), ...sheet.notes].join(app.gap)} />
        )}
        {!hasSheet(run.result) && <p>{result.untested}</p>}
        {score && predictions && <ChangedLabels predictions={predictions} before={run.started} />}
        {live.fit.value?.score && (!score || score.n < fewTestSamples) && (
          <>
            {score && <p>{result.fewTest(score.n)}</p>}
            <QuickNumber />
          </>
        )}
        {sheet?.verdict && (
          <p>
            <strong>{sheet.verdict.line}</strong>
            {app.gap}
            {result.against(sheet.verdict.own, sheet.verdict.other)}
          </p>
        )}
        <Warnings all={state.warnings.filter(({ code }) => !saidElsewhere.includes(code))} />
      </section>
      {sheet && score && <Scores sheet={sheet} />}
      <Mistakes predictions={predictions} confusion={recordedConfusion(run)} />
      <Report name={run.name} />
    </>
  );
}

/** Confusion of the test samples, for a task with classes. */
function recordedConfusion({ result }: RunEntry): Confusion | undefined {
  const { classes, test } = (result ?? {}) as {
    readonly classes?: readonly string[];
    readonly test?: { readonly confusion?: Confusion["counts"] };
  };
  return classes && test?.confusion && { classes, counts: test.confusion };
}

/** Confusion matrix, and the wrong predictions, the surest first. Nothing without test samples. */
function Mistakes({
  predictions: listed,
  confusion,
}: {
  /** Missing until they are loaded, and after a failure. */
  readonly predictions: readonly ShownPrediction[] | null | undefined;
  readonly confusion: Confusion | undefined;
}) {
  const { result } = currentWords();
  const predictions = listed ?? [];
  const counts = confusion?.counts ?? [];
  if (predictions.length === 0 && !counts.flat().some((count) => count > 0)) return null;
  const isAllRight = counts.every((row, truth) => row.every((count, k) => k === truth || count === 0));
  const wrong = predictions.filter((one) => one.true !== one.predicted);
  wrong.sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  return (
    <>
      {confusion && <ConfusionMatrix confusion={confusion} predictions={predictions} />}
      {listed && (confusion || wrong.length > 0) && (
        <section aria-labelledby="worst">
          <h2 id="worst">{result.worst}</h2>
          {wrong.length > 0 ? (
            <PredictionList predictions={wrong} />
          ) : (
            <p>{isAllRight ? result.noneWrong : result.unlisted}</p>
          )}
        </section>
      )}
    </>
  );
}

/** The library's report, made when it is opened. */
function Report({ name }: { readonly name: string }) {
  const { app, result } = currentWords();
  const { trainer } = useStudio();
  const [isOpen, setOpen] = useState(false);
  const lang = currentLang();
  const address = useLoaded(() => (isOpen ? trainer.report(name, lang) : undefined), [isOpen, name, lang]);
  // The response of an address has the sandbox in its policy; a blob has no response.
  const sandbox = address?.startsWith("blob:") ? { sandbox: "allow-scripts" } : {};
  return (
    <details class="report" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{result.report}</summary>
      {address === undefined && <p class="soft">{app.loading}</p>}
      {address && <iframe title={result.report} src={address} {...sandbox} />}
    </details>
  );
}

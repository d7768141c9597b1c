import { useMemo, useState } from "preact/hooks";
import type { SessionFit } from "../../src/session/live-session.js";
import { sampleKindFacts } from "../../src/studio/project-kinds.js";
import type { MistakesJson } from "../../src/tasks/report/result-json.js";
import { useRunState } from "../engine/run-state.js";
import { useStudio } from "../engine/studio.js";
import type { RunEntry } from "../engine/trainer.js";
import { go, route } from "../store/route.js";
import { useLoaded } from "../tasks/controls.js";
import { currentLang, currentWords } from "../words/current-words.js";
import { ChangedLabels } from "./changed-labels.js";
import { ModelSelect, quick } from "./model-select.js";
import { ConfusionMatrix } from "./result-confusion.js";
import {
  PredictionList,
  quickPredictions,
  type ShownPrediction,
  useRunPredictions,
} from "./result-predictions.js";
import { fewTestSamples, ScoreNumber, Scores } from "./result-score.js";
import { hasSheet, scoreOf, useQuickMistakes, useRunSheet } from "./run-sheet.js";
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
  const { kind } = useStudio().store.project.value!;
  if (!fit?.score)
    return (
      <section class="card">
        <p class="number">–</p>
        {fit ? <QuickNumber /> : <p>{sampleKindFacts(kind) ? result.none : use.noModelFiles}</p>}
      </section>
    );
  return (
    <>
      <section class="card">
        <QuickNumber />
      </section>
      <QuickMistakes fit={fit} />
    </>
  );
}

function QuickMistakes({ fit }: { readonly fit: SessionFit }) {
  const project = useStudio().store.project.value!;
  const predictions = useMemo(() => quickPredictions(fit, project), [fit, project]);
  const mistakes = useQuickMistakes(fit);
  return mistakes ? <Mistakes mistakes={mistakes} predictions={predictions} /> : null;
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
      {sheet && <Mistakes mistakes={sheet} predictions={predictions ?? []} />}
      <Report name={run.name} />
    </>
  );
}

/** Confusion matrix, and the worst predictions. */
function Mistakes({
  mistakes: { confusion, samples },
  predictions,
}: {
  readonly mistakes: MistakesJson;
  /** Empty until they are loaded, and for predictions that are no classes. */
  readonly predictions: readonly ShownPrediction[];
}) {
  const { result } = currentWords();
  return (
    <>
      {confusion && <ConfusionMatrix matrix={confusion} predictions={predictions} />}
      {confusion && samples.length === 0 && <p>{result.noneWrong}</p>}
      {samples.map((list, i) => (
        <section key={list.title} aria-labelledby={`list-${i}`}>
          <h2 id={`list-${i}`}>{list.title}</h2>
          {list.rows.length === 0 ? (
            <p>{list.empty ?? result.noneWrong}</p>
          ) : (
            <>
              {list.note !== undefined && <p class="soft">{list.note}</p>}
              <PredictionList list={list} predictions={predictions} />
            </>
          )}
        </section>
      ))}
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

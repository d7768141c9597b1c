import { countsOf, fewest, samplesNeeded } from "../engine/needed.js";
import { useStudio } from "../engine/studio.js";
import { hrefOf } from "../store/route.js";
import { ErrorNotice } from "../tasks/error-notice.js";
import type { TaskRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";
import type { TryModel } from "./try-model.js";

/** Says why there is no model to try yet, or what keeps it from following the samples. */
export function TryState({ row, model }: { readonly row: TaskRow; readonly model: TryModel }) {
  const { try: words, samples, app } = currentWords();
  const { store, live, trainer } = useStudio();
  const project = store.project.value!;
  const { phase, done, total, error } = live.status.value;
  if (model.run !== undefined) return model.predictor ? null : <p class="soft">{app.loading}</p>;
  if (row.data === "files") {
    const hasRun = trainer.runs.value.some(({ status }) => status === "done");
    return (
      <div class="try-needs">
        <p>{hasRun ? words.chooseRun : words.noQuick}</p>
        {!hasRun && (
          <p class="row">
            <a class="button main" href={hrefOf({ page: "train", project: project.id })}>
              {app.pages.train}
            </a>
          </p>
        )}
      </div>
    );
  }
  if (phase === "failed")
    return (
      <ErrorNotice
        error={error}
        title={typeof WebAssembly === "undefined" ? words.noWebAssembly : words.failed}
      >
        <button type="button" onClick={() => live.retry()}>
          {words.again}
        </button>
      </ErrorNotice>
    );
  if (live.predictor.value) return null;
  const needed = samplesNeeded(countsOf(project, live.findings.value));
  return (
    <div class="try-needs">
      {project.classes.length < 2 && <p>{words.twoClasses(samples.count(row.kind, fewest))}</p>}
      {needed.map(([name, missing]) => (
        <p key={name}>{words.needs(name, row.kind, missing)}</p>
      ))}
      {needed.length === 0 && project.classes.length > 1 && phase !== "features" && (
        <p class="soft">{words.learning}</p>
      )}
      {phase === "features" && (
        <label>
          {words.features(done, total)}
          <progress value={done} max={total} />
        </label>
      )}
    </div>
  );
}

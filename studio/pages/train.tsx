import { useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import type { TaskOptions, Way } from "../engine/train-options.js";
import type { RunEntry } from "../engine/trainer.js";
import { chooseRun, go, hrefOf, route } from "../store/route.js";
import { BusyButton, useLoaded } from "../tasks/controls.js";
import { ErrorNotice } from "../tasks/error-notice.js";
import { currentLang, currentWords } from "../words/current-words.js";
import { NeededBase, OptionForm } from "./train-options.js";
import { RunCard } from "./train-run.js";

/** Page Train: the run of the address or the last one, the trainings that can be started, and their options. */
export function TrainPage() {
  const { app, train } = currentWords();
  const { store, trainer, home } = useStudio();
  const project = store.project.value!;
  const runs = trainer.runs.value;
  const shown = runs.find(({ name }) => name === route.value.detail) ?? runs[0];
  const { options, error } = useTaskOptions();
  const isEmpty = project.samples.length + project.files.length === 0;
  return (
    <div class="train">
      <h1>{app.pages.train}</h1>
      {shown && <RunCard key={shown.name} run={shown} />}
      {isEmpty ? (
        !shown && (
          <p>
            {train.noSamples}
            {app.gap}
            <a href={hrefOf({ page: "samples", project: project.id })}>{train.addSamples}</a>
          </p>
        )
      ) : (
        <>
          {project.base && (
            <p class="row">
              {train.ownBase(project.base.name)}
              <button
                type="button"
                disabled={store.readOnly.value}
                onClick={() => store.dispatch({ do: "set-base" })}
              >
                {train.usualBase}
              </button>
            </p>
          )}
          {error !== undefined && <ErrorNotice error={error} />}
          {!options && error === undefined && <p class="soft">{app.loading}</p>}
          {options?.neededBase && <NeededBase info={options.neededBase} task={options} />}
          {options && (
            <Ways
              options={options}
              isBusy={home === "static" && runs.some(({ status }) => status === "running")}
            />
          )}
          {options && options.infos.length > 0 && <OptionForm task={options} />}
        </>
      )}
      {runs.length > 0 && (
        <p class="row">
          <a class="button" href={hrefOf({ page: "runs", project: project.id })}>
            {train.allRuns}
          </a>
        </p>
      )}
    </div>
  );
}

interface FoundOptions {
  readonly options?: TaskOptions;
  readonly error?: unknown;
}

/** Returns the options of the project's task once they are loaded, or why there are none. */
function useTaskOptions(): FoundOptions {
  const { store } = useStudio();
  const { id, files, samples } = store.project.value!;
  const isEmpty = samples.length + files.length === 0;
  const lang = currentLang();
  const load = async (): Promise<FoundOptions> => {
    const { taskOptions } = await import("../engine/train-options.js");
    return { options: await taskOptions(store, store.project.peek()!, lang) };
  };
  // Files decide the task of their project.
  const keys = [id, files, isEmpty, lang];
  return useLoaded(() => (isEmpty ? undefined : load().catch((error: unknown) => ({ error }))), keys) ?? {};
}

/** The trainings that can be started. */
function Ways({ options, isBusy }: { readonly options: TaskOptions; readonly isBusy: boolean }) {
  const { app, train } = currentWords();
  const { store, trainer } = useStudio();
  const project = store.project.value!;
  const [isStarting, setStarting] = useState(false);
  const start = async (way: Way): Promise<void> => {
    if (showsWrongValue()) return;
    setStarting(true);
    const project = store.project.peek()!;
    // The page shows the last run from now on.
    go({ page: "train", project: project.id });
    try {
      const { sentOptions } = await import("../engine/train-options.js");
      await store.stored();
      await trainer.start(project, sentOptions(way, options, project.options));
      // Try shows the new model.
      chooseRun(project.id);
    } catch (error) {
      store.fail(error);
    }
    setStarting(false);
  };
  const lacksBase = options.neededBase !== undefined && project.options.base === undefined;
  const helpOf = (way: Way): string => {
    if (!options.hasBase) return train.withoutBase;
    return options.neededBase && way === "thorough" ? train.decoder.thorough : train.ways[way].help;
  };
  const lastOf = (way: Way) => trainer.runs.value.find((run) => wayOf(run) === way)?.result;
  const isUnknown = options.ways.some((way) => !lastOf(way));
  return (
    <section class="ways" aria-label={app.pages.train}>
      {options.ways.map((way) => {
        const { name } = train.ways[way];
        const before = lastOf(way);
        return (
          <article key={way} class="card">
            <BusyButton
              class={way === options.ways[0] ? "main" : ""}
              disabled={store.readOnly.value || lacksBase}
              isBusy={isBusy || isStarting}
              onClick={() => void start(way)}
            >
              {name}
            </BusyButton>
            <p>{helpOf(way)}</p>
            {before && <p class="soft">{train.lastTime(before.seconds.total)}</p>}
          </article>
        );
      })}
      <p class="soft" aria-live="polite">
        {!isBusy && (isStarting ? train.starting : isUnknown && train.unknownTime)}
      </p>
    </section>
  );
}

/** Shows the first option whose value is wrong. @returns false if there is none */
function showsWrongValue(): boolean {
  const wrong = document.querySelector<HTMLInputElement>(".options input:invalid");
  for (let at = wrong?.closest("details"); at; at = at.parentElement?.closest("details")) at.open = true;
  return wrong?.reportValidity() === false;
}

/** Training that a finished run was. */
function wayOf({ result }: RunEntry): Way | undefined {
  if (!result) return undefined;
  if ("verdict" in result && result.verdict) return "verdict";
  return result.strategy.name === "probe" ? "quick" : "thorough";
}

import { useEffect, useState } from "preact/hooks";
import type { RunState } from "../engine/after-event.js";
import { useRunState } from "../engine/run-state.js";
import { useStudio } from "../engine/studio.js";
import type { RunEntry } from "../engine/trainer.js";
import { hrefOf } from "../store/route.js";
import { Announcement, BusyButton } from "../tasks/controls.js";
import { ErrorNotice, ErrorText } from "../tasks/error-notice.js";
import { Recorded } from "../tasks/recorded.js";
import { currentWords, writtenTime } from "../words/current-words.js";
import { ChangedLabelsOfRun } from "./changed-labels.js";
import { scoreLine, scoreOf, useRunSheet, withInterval } from "./run-sheet.js";
import { Epochs } from "./train-epochs.js";

/** Milliseconds between two announcements of the progress to screen readers. */
const announcePace = 5000;

/** A run with its progress and its buttons. */
export function RunCard({ run }: { readonly run: RunEntry }) {
  const words = currentWords();
  const state = useRunState(run.name, run.status);
  const { train } = words;
  // The library's help names a function or a flag.
  const isOther = state.error?.code === "other-data";
  return (
    <section class="card run" aria-label={runTitle(run, words)}>
      <h2>{runTitle(run, words)}</h2>
      {state.error ? (
        <ErrorNotice
          error={isOther ? { message: train.otherSamples, help: train.otherSamplesHelp } : state.error}
        >
          <small>{train.failed}</small>
        </ErrorNotice>
      ) : (
        run.status !== "running" && (
          <>
            <p>
              <RunStatus run={run} />
            </p>
            <ChangedLabelsOfRun run={run} />
          </>
        )
      )}
      {run.status === "running" && <Progress state={state} />}
      <div class="row">
        <RunButtons run={run} />
      </div>
      <Warnings all={state.warnings} />
      <Epochs epochs={state.epochs} result={run.result} />
    </section>
  );
}

/** Status of a run, with the reason or the score. */
export function RunStatus({ run }: { readonly run: RunEntry }) {
  const words = currentWords();
  const { status, error, ahead = 0 } = run;
  const score = scoreOf(useRunSheet(run));
  const hasFailed = status === "stopped" && error !== undefined;
  if (status === "waiting") return <>{words.train.waits(ahead)}</>;
  return (
    <>
      {hasFailed ? words.train.failed + words.app.gap : words.train.status[status]}
      {error !== undefined && !hasFailed && words.app.colon}
      {error !== undefined && <ErrorText error={error} />}
      {score && words.app.colon + withInterval(scoreLine(score), score)}
    </>
  );
}

/** Returns the name of a run for people: its own or its time, and its strategy. */
export function runTitle(
  { title, started, strategy }: RunEntry,
  { train }: ReturnType<typeof currentWords>,
): string {
  const name = train.strategies[strategy ?? ""] ?? strategy;
  return `${title ?? train.run(writtenTime(started))}${name === undefined ? "" : ` · ${name}`}`;
}

/** The link to the result of a run, and buttons that stop, resume or train it further. */
export function RunButtons({ run: { name, status, strategy, result } }: { readonly run: RunEntry }) {
  const { app, train } = currentWords();
  const { store, trainer, home } = useStudio();
  const project = store.project.value!.id;
  const [isBusy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    await store.attempt(work);
    setBusy(false);
  };
  const resume = (more?: string) => act(() => trainer.resume(store.project.peek()!, name, more));
  const hasEpochs = result !== undefined && "epochs" in result && Number(result.epochs) > 0;
  const isOther = (run: RunEntry): boolean => run.status === "running" && run.name !== name;
  // Behind engraft studio, a training waits for the one before it.
  const isBlocked = isBusy || (home === "static" && trainer.runs.value.some(isOther));
  return (
    <>
      {status === "done" && (
        <a class="button" href={hrefOf({ page: "result", project, detail: name })}>
          {train.seeResult}
        </a>
      )}
      {/* One button: what replaces the other keeps its focus. */}
      {status !== "done" && (
        <BusyButton
          class={status === "stopped" ? "main" : undefined}
          isBusy={status === "stopped" ? isBlocked : isBusy}
          onClick={() => void (status === "stopped" ? resume() : act(() => trainer.stop(name)))}
        >
          {status === "stopped" ? train.resume : app.stop}
        </BusyButton>
      )}
      {status === "done" && hasEpochs && strategy !== "probe" && home === "server" && (
        <>
          <BusyButton isBusy={isBlocked} onClick={() => void resume("10m")}>
            {train.moreMinutes}
          </BusyButton>
          <small class="soft">{train.bestKept}</small>
        </>
      )}
    </>
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function Progress({ state: { progress, forecast } }: { readonly state: RunState }) {
  const { train } = currentWords();
  useWakeLock();
  const left = progress?.seconds_left;
  const words = progress
    ? [
        train.phases[progress.phase] ?? progress.phase,
        progress.unit === "bytes"
          ? train.progress(megabytes(progress.done), megabytes(progress.total))
          : train.progress(String(progress.done), String(progress.total)),
        left === undefined ? "" : train.timeLeft(left),
      ]
    : [train.starting];
  const line = words.filter((one) => one !== "").join(" · ");
  return (
    <>
      <progress
        aria-label={train.status.running}
        {...(progress && { value: progress.done, max: Math.max(1, progress.total) })}
      />
      <p class="soft">
        {line}
        {forecast && ` · ${train.forecast(forecast.seconds)}`}
      </p>
      <Announcement text={line} pace={announcePace} />
    </>
  );
}

/** Keeps the screen of a phone on: a browser stops the work of a hidden tab. */
function useWakeLock(): void {
  useEffect(() => {
    if (!matchMedia("(pointer: coarse)").matches) return;
    const lock = navigator.wakeLock?.request("screen").catch(() => undefined);
    return () => void lock?.then((held) => held?.release());
  }, []);
}

/** Warnings of a run. */
export function Warnings({ all }: { readonly all: RunState["warnings"] }) {
  const { train } = currentWords();
  if (all.length === 0) return null;
  return (
    <section class="warnings">
      <h2>{train.warnings}</h2>
      <ul>
        {all.map((one) => (
          <li key={one.code + one.message}>
            {/* The library's sentence is for the owner of the host. */}
            {one.code === "threads" ? train.oneThread : <Recorded text={one} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

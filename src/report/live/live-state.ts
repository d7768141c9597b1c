// The state of a run, for the page that follows it and for the report of an unfinished run.
import type { AnyResultEvent, EngraftEvent, EpochEvent } from "../../core/events/events.js";
import { type Chart, chartsOf, metricOf, writtenMetric } from "../charts/charts.js";
import { decimal, duration, integer, megabytes, rate } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { lastEvent, stagesOf, warningsOf } from "../report-data.js";
import { liveEn } from "../words/en/live.js";
import { type Lang, wordsIn } from "../words/index.js";
import { liveZh } from "../words/zh/live.js";

export const liveWords: Readonly<Record<Lang, typeof liveEn>> = { en: liveEn, zh: liveZh };

/** A run at one moment. */
export interface RunNow {
  readonly title: string;
  /** "stopped": it is not done, and no process trains it. */
  readonly status: "running" | "stopped" | "done";
  readonly events: readonly EngraftEvent[];
  /** Invalid lines of its record. */
  readonly broken: number;
  /** The run folder, and the command that resumes it. */
  readonly run: string;
  readonly resume: string;
  readonly command: string;
  readonly started: string;
  readonly result?: EngraftEvent;
}

/** The state of a run as text. No field is markup. */
export interface LiveState {
  readonly title: string;
  readonly status: RunNow["status"];
  readonly summary: string;
  /** Current phase, and progress from 0 to 1. */
  readonly progress?: { readonly words: string; readonly share: number };
  readonly facts: readonly (readonly [string, string])[];
  /** Warnings of the run in recorded English, then those of the page. */
  readonly warnings: readonly string[];
  /** Number of the run's own warnings. */
  readonly recorded: number;
  readonly charts: readonly Chart[];
  readonly epochs: {
    readonly head: readonly string[];
    readonly rows: readonly { readonly best: boolean; readonly cells: readonly string[] }[];
    /** Number of earlier rows. */
    readonly before: number;
  };
}

/** Most rows and warnings of a page; it shows the last ones. */
const [mostRows, mostWarnings] = [500, 20] as const;

function summary({ status, resume, result }: RunNow, lang: Lang): string {
  const w = liveWords[lang];
  if (status === "running") return w.goesOn;
  if (status === "stopped") return w.stopped(resume);
  const { test, no_score: noScore }: Partial<AnyResultEvent> = (result as AnyResultEvent | undefined) ?? {};
  if (!test?.metric || noScore) return w.isDone;
  const { name, value, ci95 } = test.metric;
  const n = integer("sentences" in test ? test.sentences : test.n);
  const none = ci95 === null || ("few_groups" in test && test.few_groups === true);
  const words = wordsIn(lang);
  const { score, range } = formatOf(name);
  return w.done(words.metrics.names[name], score(value), none ? undefined : range(ci95, words.page), n);
}

function facts({ events, run, started, command }: RunNow, lang: Lang): LiveState["facts"] {
  const w = liveWords[lang];
  const of = { events };
  const [data, base, trainable, forecast, start] = [
    lastEvent(of, "data"),
    lastEvent(of, "base"),
    lastEvent(of, "trainable"),
    lastEvent(of, "forecast"),
    lastEvent(of, "start"),
  ];
  const progress = events.findLast((e) => e.event === "progress");
  const step = events.findLast((e) => e.event === "progress" && e.rate !== undefined);
  const speed = events.findLast((e) => e.event === "progress" && e.per_second !== undefined);
  const checkpoint = lastEvent(of, "checkpoint");
  const rows: readonly (readonly [string, string | undefined | false])[] = [
    [w.rate, step?.event === "progress" && rate(step.rate!)],
    [w.loss, step?.event === "progress" && decimal(step.loss ?? Number.NaN)],
    [w.throughput, speed?.event === "progress" && w.aSecond(speed)],
    [w.memory, progress?.event === "progress" && megabytes(progress.rss_mb ?? Number.NaN)],
    [w.saved, checkpoint && integer(checkpoint.step)],
    [w.forecast, forecast && w.forecastWords(forecast)],
    [
      w.data,
      data && w.parts(integer(data.split.train), integer(data.split.validation), integer(data.split.test)),
    ],
    [w.base, base?.name],
    [
      w.strategy,
      trainable && w.trains(trainable.strategy, integer(trainable.parameters), integer(trainable.total)),
    ],
    [w.machine, start && w.threads(start.machine, start.threads)],
    [w.started, started],
    [w.folder, run],
    [w.command, command],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function epochCells(stage: string, e: EpochEvent, lang: Lang): readonly string[] {
  return [
    stage,
    liveWords[lang].epochOf(e.epoch, e.of),
    decimal(e.train_loss),
    decimal(e.validation_loss),
    writtenMetric(e),
    rate(e.rate),
    duration(e.seconds),
  ];
}

/** Returns the state of a run as text. @param lang default "en" */
export function liveState(now: RunNow, lang: Lang = "en"): LiveState {
  const w = liveWords[lang];
  const { events, broken, status } = now;
  const stages = stagesOf({ events });
  const rows = stages.flatMap((s) =>
    s.epochs.map((e) => ({ best: e.best, cells: epochCells(s.name, e, lang) })),
  );
  const at = events.findLast((e) => e.event === "progress");
  const warnings = warningsOf({ events }).map((w) => w.message);
  return {
    title: now.title,
    status,
    summary: summary(now, lang),
    ...(status !== "done" &&
      at?.event === "progress" && {
        progress: {
          words: w.progress(at),
          share: at.total > 0 ? Math.min(1, Math.max(0, at.done / at.total)) : 0,
        },
      }),
    facts: facts(now, lang),
    warnings: [...warnings.slice(-mostWarnings), ...(broken > 0 ? [w.broken(broken)] : [])],
    recorded: Math.min(warnings.length, mostWarnings),
    charts: chartsOf({ events, lang }),
    epochs: {
      head: [
        ...[w.stage, w.epoch, w.trainLoss, w.validationLoss],
        ...[metricOf(stages, wordsIn(lang)), w.rateColumn, w.time],
      ],
      rows: rows.slice(-mostRows),
      before: Math.max(0, rows.length - mostRows),
    },
  };
}

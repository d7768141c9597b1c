/** Where a run is, as the page that follows it and the report of an unfinished one tell it. */
import type { AnyResultEvent, EngraftEvent, EpochEvent, ProgressEvent } from "../core/events.js";
import { type Chart, chartsOf, judged, metricOf } from "./charts.js";
import { count, decimal, duration, integer, megabytes, percent, percentRange, rate } from "./numbers.js";
import { lastEvent, stagesOf, warningsOf } from "./report-data.js";

/** A run at one moment. */
export interface RunNow {
  readonly title: string;
  /** "stopped": it is not done, and no process works on it. */
  readonly status: "running" | "stopped" | "done";
  readonly events: readonly EngraftEvent[];
  /** Lines of its record that are no event. */
  readonly broken: number;
  /** The run folder, and the command that goes on with it. */
  readonly run: string;
  readonly resume: string;
  readonly command: string;
  readonly started: string;
  readonly result?: EngraftEvent;
}

/** The same in words and numbers, ready to be shown: no field is markup. */
export interface LiveState {
  readonly title: string;
  readonly status: RunNow["status"];
  readonly says: string;
  /** What it is at, and how far, 0 … 1. */
  readonly progress?: { readonly words: string; readonly share: number };
  readonly facts: readonly (readonly [string, string])[];
  readonly warnings: readonly string[];
  readonly charts: readonly Chart[];
  readonly epochs: {
    readonly head: readonly string[];
    readonly rows: readonly { readonly best: boolean; readonly cells: readonly string[] }[];
    /** Rows before these. */
    readonly before: number;
  };
}

/** Rows of the table, and warnings, that a page shows: the last ones. */
const [mostRows, mostWarnings] = [500, 20] as const;

/** "120 of 800 steps, 12 s left" */
function progressWords({ phase, stage, done, total, unit, seconds_left }: ProgressEvent): string {
  const left = seconds_left === undefined ? "" : `, ${duration(seconds_left)} left`;
  const name = stage === undefined || stage === phase ? phase : `${phase} (${stage})`;
  return `${name}: ${integer(done)} of ${integer(total)} ${unit}${left}`;
}

function says({ status, resume, result }: RunNow): string {
  if (status === "running") return "The run goes on.";
  if (status === "stopped") return `The run has stopped before its end. It goes on with: ${resume}`;
  const test = (result as AnyResultEvent | undefined)?.test;
  if (!test?.metric) return "The run is done.";
  const { name, value, ci95 } = test.metric;
  const words =
    name !== "accuracy"
      ? `${name === "r2" ? "R²" : "F1"} ${decimal(value)} (95 % interval ${decimal(ci95[0])} to ${decimal(ci95[1])})`
      : `accuracy ${percent(value)} (95 % interval ${percentRange(ci95)})`;
  return `The run is done: ${words} on ${integer("sentences" in test ? test.sentences : test.n)} test items.`;
}

function facts({ events, run, started, command }: RunNow): LiveState["facts"] {
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
    ["Rate now", step?.event === "progress" && rate(step.rate!)],
    ["Loss now", step?.event === "progress" && decimal(step.loss ?? Number.NaN)],
    [
      "Throughput",
      speed?.event === "progress" && `${rate(speed.per_second!)} ${speed.items ?? speed.unit} a second`,
    ],
    ["Memory", progress?.event === "progress" && megabytes(progress.rss_mb ?? Number.NaN)],
    ["Saved at step", checkpoint && integer(checkpoint.step)],
    ["Forecast", forecast?.words],
    [
      "Data",
      data &&
        `${integer(data.split.train)} to train, ${integer(data.split.validation)} to validate, ${integer(data.split.test)} to test`,
    ],
    ["Base", base?.name],
    [
      "Strategy",
      trainable &&
        `${trainable.strategy}: ${integer(trainable.parameters)} of ${integer(trainable.total)} parameters`,
    ],
    ["Machine", start && `${start.machine}, ${count(start.threads, "thread")}`],
    ["Started", started],
    ["Run folder", run],
    ["Command", command],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function epochCells(stage: string, e: EpochEvent): readonly string[] {
  return [
    stage,
    `${e.epoch} of ${e.of}`,
    decimal(e.train_loss),
    decimal(e.validation_loss),
    e.validation_metric ? decimal(judged(e)) : percent(judged(e)),
    rate(e.rate),
    duration(e.seconds),
  ];
}

/** A run at one moment, in words and numbers. */
export function liveState(now: RunNow): LiveState {
  const { events, broken, status } = now;
  const stages = stagesOf({ events });
  const rows = stages.flatMap((s) => s.epochs.map((e) => ({ best: e.best, cells: epochCells(s.name, e) })));
  const at = events.findLast((e) => e.event === "progress");
  const warnings = warningsOf({ events }).map((w) => w.message);
  return {
    title: now.title,
    status,
    says: says(now),
    ...(status !== "done" &&
      at?.event === "progress" && {
        progress: {
          words: progressWords(at),
          share: at.total > 0 ? Math.min(1, Math.max(0, at.done / at.total)) : 0,
        },
      }),
    facts: facts(now),
    warnings: [
      ...warnings.slice(-mostWarnings),
      ...(broken > 0
        ? [
            `${count(broken, "line")} of events.jsonl cannot be read and ${broken === 1 ? "is" : "are"} left out`,
          ]
        : []),
    ],
    charts: chartsOf({ events }),
    epochs: {
      head: [
        "stage",
        "epoch",
        "train loss",
        "validation loss",
        metricOf(stages) ?? "accuracy",
        "rate",
        "time",
      ],
      rows: rows.slice(-mostRows),
      before: Math.max(0, rows.length - mostRows),
    },
  };
}

// The report of a run that is not done.
import type { EngraftEvent, ProgressEvent } from "../../core/events/events.js";
import { curves } from "../charts/curves.js";
import { decimal, integer, megabytes, rate } from "../charts/numbers.js";
import { html } from "../html.js";
import { pageHead } from "../layout/page-head.js";
import { asRecorded } from "../recorded.js";
import { lastEvent, type ReportAssets, warningsOf } from "../report-data.js";
import { unfinishedEn } from "../words/en/unfinished.js";
import { type Lang, wordsIn } from "../words/index.js";
import { unfinishedZh } from "../words/zh/unfinished.js";

const unfinishedWords: Readonly<Record<Lang, typeof unfinishedEn>> = { en: unfinishedEn, zh: unfinishedZh };

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
}

/** Most warnings of a page; it shows the last ones. */
const mostWarnings = 20;

/** Returns the recorded facts of a run, as terms and values. */
function facts(
  { events, run, started, command }: RunNow,
  w: typeof unfinishedEn,
): readonly (readonly [string, string])[] {
  const of = { events };
  const [data, base, trainable, forecast, start, checkpoint] = [
    lastEvent(of, "data"),
    lastEvent(of, "base"),
    lastEvent(of, "trainable"),
    lastEvent(of, "forecast"),
    lastEvent(of, "start"),
    lastEvent(of, "checkpoint"),
  ];
  const progress = events.filter((e): e is ProgressEvent => e.event === "progress");
  const step = progress.findLast((e) => e.rate !== undefined);
  const speed = progress.findLast((e) => e.per_second !== undefined);
  const rows: readonly (readonly [string, string | undefined | false])[] = [
    [w.rate, step && rate(step.rate!)],
    [w.loss, step && decimal(step.loss ?? Number.NaN)],
    [w.throughput, speed && w.aSecond(speed)],
    [w.memory, progress.length > 0 && megabytes(progress.at(-1)!.rss_mb ?? Number.NaN)],
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

/** Returns the report as one HTML document that needs no network. @param lang of its sentences, default "en" */
export function renderUnfinished(now: RunNow, assets?: ReportAssets, lang: Lang = "en"): string {
  const { title, events, broken, status, resume } = now;
  const w = unfinishedWords[lang];
  const words = wordsIn(lang);
  const progress = lastEvent(now, "progress");
  // Those of the run are in English.
  const recorded = warningsOf({ events }).slice(-mostWarnings);
  const warnings = [
    ...recorded.map(({ message }) => html`<li${asRecorded(words)}>${message}</li>`),
    ...(broken > 0 ? [html`<li>${w.broken(broken)}</li>`] : []),
  ];
  return html`${pageHead({ tag: words.tag, title, assets, scripts: true })}
<body><header class="top"><p class="eyebrow">${w.notFinished}</p><h1><bdi>${title}</bdi></h1></header><main>
<section class="notes" aria-label="${w.state}"><strong>${status === "running" ? w.goesOn : w.stopped(resume)}</strong>${progress && html`<p>${w.progress(progress)}</p>`}</section>
${warnings.length > 0 && html`<section class="notes" aria-label="${w.warnings}"><ul>${warnings}</ul></section>`}
${curves({ ...now, lang }, assets)}
<section><h2>${w.knownSoFar}</h2><dl class="facts">${facts(now, w).map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></section>
</main><footer><p>${w.nothingMeasured}</p></footer></body></html>
`.text;
}

/** What came out: the test accuracy with its interval, beside what it must be compared with, and the verdict. */
import type { Baseline, ClassificationScores, Verdict } from "../core/events.js";
import { html, type Markup } from "./html.js";
import { count, decimal, duration, gain, integer, megabytes, percent, percentRange } from "./numbers.js";
import { itemOf, type ReportData } from "./report-data.js";

interface Row {
  readonly label: string;
  readonly value: number;
  readonly interval?: readonly [number, number];
  readonly own?: boolean;
}

/** The share of the most frequent class in the test part: what always saying it would reach. */
export function mostFrequentShare(test: ClassificationScores): number {
  return test.n > 0 ? Math.max(0, ...test.per_class.map((c) => c.n)) / test.n : Number.NaN;
}

function rows({ result }: ReportData): readonly Row[] {
  const { probe, scratch, pixels, tf_idf: words, without_teacher: without } = result.baselines ?? {};
  const teacher = result.distillation?.test;
  const of = (label: string, test: ClassificationScores): Row => ({
    label,
    value: test.accuracy,
    interval: test.accuracy_ci95,
  });
  return [
    { ...of(`${result.strategy.name} (this model)`, result.test), own: true },
    ...(result.tta ? [of(`the same, ${result.tta.views} views averaged`, result.tta.test)] : []),
    ...(probe ? [of("probe: head only", probe.test)] : []),
    ...(scratch ? [of("from scratch", scratch.test)] : []),
    ...(pixels ? [of("pixels alone (logistic regression)", pixels.test)] : []),
    ...(words ? [of("words alone (TF-IDF)", words.test)] : []),
    ...(without ? [of("without the teacher", without.test)] : []),
    ...(teacher ? [of("the teacher itself", teacher)] : []),
    { label: "always the most frequent class", value: mostFrequentShare(result.test) },
  ];
}

const place = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

function intervalRow({ label, value, interval, own }: Row): Markup {
  const range =
    interval &&
    html`<i class="range" style="left:${place(interval[0])};width:${place(interval[1] - interval[0])}"></i>`;
  return html`<li${own ? html` class="own"` : ""}><span class="label">${label}</span>
<span class="value">${percent(value)}${interval && html` <small class="muted">${percentRange(interval)}</small>`}</span>
<span class="track" aria-hidden="true">${range}<i class="dot" style="left:${place(value)}"></i></span></li>`;
}

const verdictWords: Readonly<Record<Verdict["transfer"], string>> = {
  positive: "The transfer helped",
  neutral: "The transfer made no difference that matters",
  negative: "The transfer did harm",
  inconclusive: "Too little evidence to say whether the transfer helped",
};

const teacherWords: typeof verdictWords = {
  positive: "The teacher helped",
  neutral: "The teacher made no difference that matters",
  negative: "The teacher did harm",
  inconclusive: "Too little evidence to say whether the teacher helped",
};

/** Both runs from scratch, the better by validation of which counts. */
function scratchRecipes({ recipe, tried }: Baseline): Markup {
  if (!tried) return html`<p class="small muted">From scratch: ${recipe}</p>`;
  return html`<p class="small muted">From scratch, the better of two by validation counts:</p>
<ul class="small muted">${tried.map(
    (one) =>
      html`<li>${one.recipe} (rate ${one.rate_from === "finder" ? "by the finder" : one.rate_from}): ${duration(one.seconds)}, validation accuracy ${percent(one.validation.accuracy)}${one.kept ? ", the better" : ""}</li>`,
  )}</ul>`;
}

function verdict(data: ReportData): Markup | undefined {
  const { result } = data;
  const v = result.verdict;
  if (!v) return undefined;
  const taught = result.distillation !== undefined;
  const { scratch, without_teacher: without } = result.baselines ?? {};
  const seeds = v.seeds === 1 ? "one seed" : `${v.seeds} seeds`;
  return html`<section class="verdict ${v.transfer}" aria-label="${taught ? "Verdict on the teacher" : "Verdict on the transfer"}">
<h2>${(taught ? teacherWords : verdictWords)[v.transfer]}</h2>
<p>${v.words}</p>
<p class="small muted">Gain over ${taught ? "the same student without the teacher" : "the same network from scratch"}: ${gain(v.gain)} points, 95 % interval
${gain(v.ci95[0])} to ${gain(v.ci95[1])} (paired on the test ${itemOf(data)}s) · ${v.p < 0.001 ? "p < 0.001" : `p = ${decimal(v.p)}`} ·
${seeds} · differences under ${decimal(100 * v.margin, 1)} points count as none.</p>
${scratch && scratchRecipes(scratch)}
${result.safe && html`<p>Of the two, ${result.safe.words}.</p>`}
${without && html`<p class="small muted">Without the teacher: ${without.recipe}</p>`}
</section>`;
}

function looks(times: number, item: string): string {
  if (times === 0) return `These test ${item}s had not been scored before.`;
  return `These test ${item}s had been scored ${count(times, "time")} before: choosing between such results makes the best of them look better than it is.`;
}

/** The top of the report. */
export function headline(data: ReportData): Markup {
  const { result } = data;
  const { test } = result;
  const all = rows(data);
  return html`<section class="headline" aria-label="Result">
<div><p class="muted">Accuracy on the test part</p>
<p class="figure">${percent(test.accuracy)}</p>
<p>95 % interval ${percentRange(test.accuracy_ci95)}</p>
<p class="small muted">${integer(test.accuracy * test.n)} of ${count(test.n, `test ${itemOf(data)}`)} right. ${looks(result.test_looks, itemOf(data))}</p></div>
<ul class="intervals" aria-label="Accuracy with 95 % interval, beside the baselines">${all.map(intervalRow)}
<li class="axis" aria-hidden="true"><span>0</span><span>50</span><span>100\u00a0%</span></li></ul>
</section>
${verdict(data)}
<dl class="tiles">
<div><dt>Macro F1</dt><dd>${decimal(test.macro_f1)}<small>mean over the classes</small></dd></div>
<div><dt>Loss</dt><dd>${decimal(test.loss)}<small>cross-entropy, nats; ${decimal(Math.log(result.classes.length))} is guessing</small></dd></div>
<div><dt>Calibration error</dt><dd>${percent(test.ece)}<small>stated against true confidence</small></dd></div>
<div><dt>Time</dt><dd>${duration(result.seconds.total)}<small>forecast ${duration(result.forecast.seconds)}</small></dd></div>
<div><dt>Peak memory</dt><dd>${megabytes(result.peak_rss_mb)}<small>forecast ${megabytes(result.forecast.peak_rss_mb)}</small></dd></div>
</dl>`;
}

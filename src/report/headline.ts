/** What came out: the test accuracy with its interval, beside what it must be compared with, and the verdict. */

import type { Baseline, ClassificationScores } from "../core/events/events.js";
import { endOf, isBestTried } from "../core/results/baseline.js";
import { decimal, duration, gain, integer, megabytes, percent } from "./charts/numbers.js";
import { html, type Markup } from "./html.js";
import { recordedRecipe } from "./recorded.js";
import { itemOf, type ReportData, wordsOf } from "./report-data.js";
import type { Words } from "./words/index.js";

interface Row {
  readonly label: string;
  readonly value: number;
  readonly interval?: readonly [number, number];
  readonly own?: boolean;
}

/** The share of the most frequent class in the test part: what always saying it would reach. */
function mostFrequentShare(test: ClassificationScores): number {
  return test.n > 0 ? Math.max(0, ...test.per_class.map((c) => c.n)) / test.n : Number.NaN;
}

function rows(data: ReportData): readonly Row[] {
  const { result } = data;
  const w = wordsOf(data).page;
  const { probe, scratch, pixels, tf_idf: words, hybrid, without_teacher: without } = result.baselines ?? {};
  const teacher = result.distillation?.test;
  const of = (label: string, test: ClassificationScores): Row => ({
    label,
    value: test.accuracy,
    ...(!test.few_groups && { interval: test.accuracy_ci95 }),
  });
  return [
    { ...of(w.thisModel(result.strategy.name), result.test), own: true },
    ...(result.tta ? [of(w.views(result.tta.views), result.tta.test)] : []),
    ...(probe ? [of(w.probe, probe.test)] : []),
    ...(scratch ? [of(w.scratch, scratch.test)] : []),
    ...(pixels ? [of(w.pixels, pixels.test)] : []),
    ...(words ? [of(w.tfIdf, words.test)] : []),
    ...(hybrid ? [of(w.hybrid, hybrid.test)] : []),
    ...(without ? [of(w.withoutTeacher, without.test)] : []),
    ...(teacher ? [of(w.teacherItself, teacher)] : []),
    { label: w.mostFrequent, value: mostFrequentShare(result.test) },
  ];
}

const place = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

function intervalRow({ label, value, interval, own }: Row, { items }: Words): Markup {
  const range =
    interval &&
    html`<i class="range" style="left:${place(interval[0])};width:${place(interval[1] - interval[0])}"></i>`;
  return html`<li${own ? html` class="own"` : ""}><span class="label">${label}</span>
<span class="value">${percent(value)}${interval && html` <small class="muted">${items.range(interval)}</small>`}</span>
<span class="track" aria-hidden="true">${range}<i class="dot" style="left:${place(value)}"></i></span></li>`;
}

/** How training from scratch went. Records of Engraft 0.1 have the recipe alone. */
function scratchRecipe({ training, tried = [], ...baseline }: Baseline, words: Words): Markup {
  const { page: w } = words;
  const ended =
    training && w.scratchEnded(integer(training.steps), duration(training.seconds), endOf(training));
  const early =
    training?.at_transfer &&
    w.scratchEarly(integer(training.at_transfer.steps), percent(training.at_transfer.validation.score));
  const rates = tried.filter((t) => t.validation.loss !== undefined).map((t) => decimal(t.rate, 4));
  return html`<p class="small muted">${w.scratchRecipe(recordedRecipe(baseline, words))}${ended}${early}${rates.length > 1 && w.scratchRates(rates, isBestTried(tried))}</p>`;
}

function verdict(data: ReportData): Markup | undefined {
  const { result } = data;
  const v = result.verdict;
  if (!v) return undefined;
  const { page: w, items } = wordsOf(data);
  const over = result.distillation ? "teacher" : "transfer";
  const { scratch, without_teacher: without } = result.baselines ?? {};
  const [low, high] = v.ci95 ?? [Number.NaN, Number.NaN];
  const told = [gain(v.gain), gain(low), gain(high)] as const;
  return html`<section class="verdict ${v.transfer}" aria-label="${w.verdictOn[over]}">
<h2>${(v.kind && w.verdictTitles[v.kind]) ?? w[over][v.transfer]}</h2>
<p>${w.verdictWords(v, over)}</p>
<p class="small muted">${v.ci95 !== null && html`${w.gain(w.gainOver[over], ...told, items.many(itemOf(data)))} · `}${v.p !== null && `${v.p < 0.001 ? "p < 0.001" : `p = ${decimal(v.p)}`} ·`}
${w.seeds(v.seeds)} · ${w.margin(decimal(100 * v.margin, 1))}</p>
${scratch && scratchRecipe(scratch, wordsOf(data))}
${result.safe && html`<p>${w.ofTheTwo(result.safe)}</p>`}
${without && html`<p class="small muted">${w.withoutRecipe(recordedRecipe(without, wordsOf(data)))}</p>`}
</section>`;
}

function looks(times: number, { page, items }: Words, item: string): string {
  return times === 0 ? page.notLooked(items.many(item)) : page.looked(items.many(item), page.times(times));
}

/** The top of the report. */
export function headline(data: ReportData): Markup {
  const { result } = data;
  const { test } = result;
  const words = wordsOf(data);
  const { page: w, items } = words;
  const item = itemOf(data);
  return html`<section class="headline" aria-label="${w.result}">
<div><p class="muted">${w.accuracyOnTest}</p>
<p class="figure">${percent(test.accuracy)}</p>
<p>${test.few_groups ? w.noInterval : w.interval(items.range(test.accuracy_ci95))}</p>
${test.groups !== undefined && html`<p class="small muted">${w.groups(items.testCount(test.n, item), test.groups, test.few_groups ? undefined : Math.round(test.effective ?? test.n))}</p>`}
<p class="small muted">${w.right(integer(test.accuracy * test.n), items.testCount(test.n, item))} ${looks(result.test_looks, words, item)}</p></div>
<ul class="intervals" aria-label="${w.accuracyAndBaselines}">${rows(data).map((row) => intervalRow(row, words))}
<li class="axis" aria-hidden="true"><span>0</span><span>50</span><span>100\u00a0%</span></li></ul>
</section>
${verdict(data)}
<dl class="tiles">
<div><dt>${w.macroF1}</dt><dd>${percent(test.macro_f1)}<small>${w.macroF1Small}</small></dd></div>
<div><dt>${w.loss}</dt><dd>${decimal(test.loss)}<small>${w.lossSmall(decimal(Math.log(result.classes.length)))}</small></dd></div>
<div><dt>${w.calibrationError}</dt><dd>${percent(test.ece)}<small>${w.calibrationErrorSmall}</small></dd></div>
<div><dt>${w.time}</dt><dd>${duration(result.seconds.total)}<small>${w.forecastSmall(duration(result.forecast.seconds))}</small></dd></div>
<div><dt>${w.peakMemory}</dt><dd>${megabytes(result.peak_rss_mb)}<small>${w.forecastSmall(megabytes(result.forecast.peak_rss_mb))}</small></dd></div>
</dl>`;
}

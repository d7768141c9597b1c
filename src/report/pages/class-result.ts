import type { Baseline, ClassificationScores } from "../../core/events/events.js";
import { endOf, isBestTried } from "../../core/results/baseline.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { decimal, duration, integer, megabytes, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { groupsNote, type Method, resultHead, usageNote, verdictSection } from "../layout/result-head.js";
import { recordedRecipe } from "../recorded.js";
import { itemOf, type ReportData, wordsOf } from "../report-data.js";
import type { Words } from "../words/index.js";
import { term } from "../words/terms.js";

/** Returns the share of the most frequent class in the test split. */
function mostFrequentShare(test: ClassificationScores): number {
  return test.n > 0 ? Math.max(0, ...test.per_class.map((c) => c.n)) / test.n : Number.NaN;
}

function methodsOf(data: ReportData): readonly Method[] {
  const { result } = data;
  const words = wordsOf(data);
  const w = words.page;
  const { baselines = {} } = result;
  const {
    probe,
    scratch,
    pixels,
    tf_idf: tfIdf,
    log_mel: logMel,
    hybrid,
    without_teacher: without,
  } = baselines;
  const teacher = result.distillation?.test;
  const scored = (label: string, test: ClassificationScores, how?: Markup): Method => ({
    label,
    value: test.accuracy,
    ci95: test.few_groups ? undefined : test.accuracy_ci95,
    how,
  });
  const baseline = (label: string, one: Baseline | undefined): readonly Method[] =>
    one ? [scored(label, one.test, recordedRecipe(one, words))] : [];
  return [
    scored(w.thisModel(methodOfModel(result)), result.test),
    ...(result.tta ? [scored(w.views(result.tta.views), result.tta.test)] : []),
    ...baseline(w.probe, probe),
    ...baseline(w.scratch, scratch),
    ...baseline(w.pixels, pixels),
    ...baseline(w.logMel, logMel),
    ...baseline(w.tfIdf, tfIdf),
    ...baseline(w.hybrid, hybrid),
    ...baseline(w.withoutTeacher, without),
    ...(teacher ? [scored(w.teacherItself, teacher)] : []),
    { label: w.mostFrequent, value: mostFrequentShare(result.test) },
  ];
}

/** Returns how training from scratch went. Records of Engraft 0.1 have the recipe alone. */
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

function recipes(data: ReportData): Markup {
  const words = wordsOf(data);
  const { scratch, without_teacher: without } = data.result.baselines ?? {};
  return html`${scratch && scratchRecipe(scratch, words)}
${without && html`<p class="small muted">${words.page.withoutRecipe(recordedRecipe(without, words))}</p>`}`;
}

function tiles(data: ReportData): Markup {
  const { result } = data;
  const { test } = result;
  const { page: w, lang } = wordsOf(data);
  const weakest = test.per_class.filter(({ n }) => n > 0).sort((a, b) => a.recall - b.recall)[0];
  const tile = (label: Markup | string, value: Markup | string, small: Markup | string): Markup =>
    html`<div><dt>${label}</dt><dd>${value}<small>${small}</small></dd></div>`;
  return html`<dl class="tiles">
${weakest && tile(w.weakest, name(weakest.label), term("recall", lang, w.weakestSmall(percent(weakest.recall))))}
${tile(term("macro-f1", lang, w.macroF1), percent(test.macro_f1), w.macroF1Small)}
${tile(term("log-loss", lang, w.loss), decimal(test.loss), w.lossSmall(decimal(Math.log(result.classes.length))))}
${tile(term("calibration-error", lang, w.calibrationError), percent(test.ece), w.calibrationErrorSmall)}
${tile(w.time, duration(result.seconds.total), w.forecastSmall(duration(result.forecast.seconds)))}
${tile(w.peakMemory, megabytes(result.peak_rss_mb), w.forecastSmall(megabytes(result.forecast.peak_rss_mb)))}
</dl>`;
}

/** Returns the top of the report of a classification. */
export function classResult(data: ReportData): Markup {
  const { result } = data;
  const { test } = result;
  const words = wordsOf(data);
  const { page: w, items, lang } = words;
  const item = itemOf(data);
  const many = items.many(item);
  const samples = items.testCount(test.n, item);
  return html`${resultHead(
    {
      label: w.onTest(term("accuracy", lang, w.accuracy)),
      metric: w.accuracy,
      scale: "share",
      methods: methodsOf(data),
      tooFew: test.few_groups && "groups",
      notes: [
        groupsNote(test, samples, words),
        `${w.right(integer(test.accuracy * test.n), samples)}${w.gap}${usageNote(result.test_looks, many, words)}`,
      ],
    },
    words,
  )}
${verdictSection(
  {
    verdict: result.verdict,
    safe: result.safe,
    metric: "accuracy",
    over: result.distillation ? "teacher" : "transfer",
    samples: many,
    recipes: recipes(data),
  },
  words,
)}
${tiles(data)}`;
}

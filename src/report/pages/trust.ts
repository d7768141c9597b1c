// Calibration, prediction sets and abstention.
import type { ClassificationScores, TrustResult } from "../../core/events/events.js";
import type { Chart } from "../charts/charts.js";
import { decimal, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { type Words, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";

/** Returns the warning of a report with few test samples. @param what kind of a sample */
export function tooFew(
  { n, accuracy_ci95, too_few }: ClassificationScores,
  what: string,
  { trust: w, items }: Words = wordsIn("en"),
): Markup | undefined {
  if (!too_few) return undefined;
  return html`<section class="notes few" aria-label="${w.fewLabel}"><strong>${w.few(items.many(what))}</strong>
<p>${w.fewWords(items.testCount(n, what), items.range(accuracy_ci95, 0), items.many(what))}</p></section>`;
}

/** Returns two charts: accuracy over confidence, and accuracy over the share of samples that are predicted. */
export function trustCharts(
  { calibration, abstain }: TrustResult,
  { trust: w }: Words = wordsIn("en"),
): readonly Chart[] {
  const points = (which: "before" | "after") =>
    new Map(calibration[which].reliability.map((bin) => [bin.confidence, bin.accuracy]));
  const [before, after] = [points("before"), points("after")];
  const stated = [...new Set([0, ...before.keys(), ...after.keys(), 1])].sort((a, b) => a - b);
  const at = (map: ReadonlyMap<number, number>) => stated.map((x) => map.get(x) ?? null);
  const shares = abstain.curve.map(([answered]) => answered);
  const given = abstain.test.answered;
  return [
    {
      id: "reliability",
      title: w.reliability,
      note: w.reliabilityNote,
      percent: true,
      x: stated,
      axis: { label: w.confidence, logarithmic: false, share: true },
      series: [
        { label: w.asTrained, curve: 2, dashed: true, y: at(before) },
        { label: w.divided, curve: 1, dashed: false, y: at(after) },
        { label: w.asStated, curve: 3, dashed: true, y: stated },
      ],
    },
    {
      id: "risk",
      title: w.risk,
      note: w.riskNote,
      percent: true,
      x: shares,
      axis: { label: w.answeredAxis, logarithmic: false, share: true },
      ...(abstain.threshold !== null && given > 0 && { best: given }),
      series: [
        { label: w.test, curve: 1, dashed: false, y: abstain.curve.map(([, accuracy]) => accuracy) },
        { label: w.requested, curve: 3, dashed: true, y: shares.map(() => abstain.accuracy) },
      ],
    },
  ];
}

function calibrationTable({ calibration, temperature }: TrustResult, { trust: w, lang }: Words): Markup {
  const row = (label: string, which: "before" | "after"): Markup => {
    const { ece, ece_if_calibrated, loss, brier } = calibration[which];
    const own = (which === "after") === temperature.written;
    return html`<tr${own ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${percent(ece)}</td><td class="n">${percent(ece_if_calibrated.mean)}</td><td class="n">${decimal(loss)}</td><td class="n">${decimal(brier)}</td></tr>`;
  };
  return html`<div class="scroll" role="region" aria-label="${w.calibration}" tabindex="0"><table class="data">
<caption>${w.calibrationNote}</caption>
<thead><tr><th scope="col">${w.scores}</th><th scope="col" class="n">${term("calibration-error", lang, w.error)}</th>
<th scope="col" class="n">${w.ifCalibrated}</th><th scope="col" class="n">${term("log-loss", lang, w.loss)}</th><th scope="col" class="n">${term("brier", lang, w.brier)}</th></tr></thead><tbody>
${row(w.asTrained, "before")}${row(w.dividedBy(decimal(temperature.value)), "after")}</tbody></table></div>
${calibration.change && html`<p>${w.change(calibration.change)}</p>`}`;
}

/** What a section on calibration shows besides its numbers. */
interface CalibrationShown {
  /** Kind of a sample. */
  readonly what: string;
  readonly figures: Markup;
}

/** Returns the section on calibration. */
export function calibrationPart(
  trust: TrustResult,
  { what, figures }: CalibrationShown,
  words: Words,
): Markup {
  const { trust: w, items, lang, page } = words;
  const { n, temperature, calibration } = trust;
  const finding = temperature.value > 1 ? "overconfident" : "underconfident";
  const isShown = calibration.change?.finding === "falls";
  const [before, option, after] = w.notWritten("--calibrate temperature");
  return html`<p>${w.temperature(term("temperature", lang, w.temperatureName), decimal(temperature.value), isShown ? finding : undefined)}${page.gap}${
    temperature.written ? w.writtenIn : html`${before}<code>${option}</code>${after}`
  }</p>
${figures}
${calibrationTable(trust, words)}
<p class="small muted">${w.intro(items.validationCount(n, what), n < 100)}</p>`;
}

function setsTable({ prediction_sets: sets }: TrustResult, { trust: w, items }: Words): Markup {
  const row = (label: string, which: "lac" | "aps"): Markup => {
    const { test_coverage, test_coverage_ci95, mean_size, single, threshold } = sets[which];
    return html`<tr><th scope="row">${label}</th><td class="n">${percent(test_coverage)}</td><td class="n">${items.range(test_coverage_ci95)}</td>
<td class="n">${decimal(mean_size, 2)}</td><td class="n">${percent(single, 0)}</td><td>${threshold === null ? w.tooSmall : ""}</td></tr>`;
  };
  return html`<div class="scroll" role="region" aria-label="${w.setsLabel}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.sets}</th>
<th scope="col" class="n">${w.holdTrue}</th><th scope="col" class="n">${w.interval}</th><th scope="col" class="n">${w.classes}</th>
<th scope="col" class="n">${w.oneClass}</th><th scope="col"></th></tr></thead><tbody>
${row(w.lac, "lac")}${row(w.aps, "aps")}</tbody></table></div>`;
}

function noThresholdWords({ n, abstain }: TrustResult, many: string, { trust: w }: Words): string {
  const { accuracy, needed, surest, few_groups: few } = abstain;
  const why =
    few !== undefined
      ? w.fewGroups(few)
      : surest
        ? w.surestWrong(surest.errors, surest.n, many)
        : needed === undefined
          ? ""
          : w.tooFewSure(n, needed, many);
  return `${w.noThreshold(percent(accuracy, Number.isInteger(100 * accuracy) ? 0 : 1))}${why}`;
}

/** Returns the sentence on the range of the true coverage; undefined in results of older versions. */
function rangeOfSets(
  { n, groups, chosen_of, prediction_sets: { coverage, coverage_range95: range } }: TrustResult,
  what: string,
  { trust: w, items }: Words,
): Markup | undefined {
  if (range === undefined) return undefined;
  const fittedOn = w.fittedOn(items.validationCount(n, what), groups, chosen_of);
  const share = percent(coverage, 0);
  return html`<p>${range ? w.setsRange(share, fittedOn, items.range(range, 0)) : w.setsFewGroups(share, fittedOn)}</p>`;
}

/** Returns the section on prediction sets and abstention. @param what kind of a sample */
export function setsPart(trust: TrustResult, what: string, words: Words): Markup {
  const { trust: w, items, lang } = words;
  const many = items.many(what);
  const { prediction_sets: sets, abstain, unusual } = trust;
  const { threshold, test } = abstain;
  const right =
    test.accuracy !== null && test.accuracy_ci95 !== null
      ? w.answeredRight(percent(test.accuracy), items.range(test.accuracy_ci95))
      : "";
  const answered =
    threshold === null
      ? noThresholdWords(trust, many, words)
      : `${w.threshold(percent(threshold), percent(abstain.accuracy, 0))} ${w.answered(percent(test.answered), many)}${right}${w.unsure}`;
  const measured = percent(sets[sets.lac.threshold === null ? "aps" : "lac"].test_coverage);
  return html`<h3>${w.setsTitle(term("prediction-set", lang, w.setsLabel), percent(sets.coverage, 0), measured)}</h3>
${setsTable(trust, words)}
${rangeOfSets(trust, what, words)}
<h3>${term("abstention", lang, w.abstention)}</h3>
<p>${answered}</p>
<h3>${w.unusualTitle(many)}</h3>
<p>${w.unusual(percent(unusual.test), many, items.range(unusual.test_ci95), term("energy", lang, w.energy), percent(unusual.level, 0))}${
    unusual.features &&
    w.distant(many, percent(unusual.features.test), items.range(unusual.features.test_ci95))
  }</p>`;
}

/** Returns the scores of other kinds, folded. */
export function furtherScores(
  { metrics }: ClassificationScores,
  { trust: w, items, page }: Words = wordsIn("en"),
): Markup | undefined {
  if (!metrics) return undefined;
  const number = (v: number | null): string => (v === null ? "–" : decimal(v));
  const rows: [string, typeof metrics.auroc][] = [
    [w.kinds.precision, metrics.precision],
    [w.kinds.recall, metrics.recall],
    [w.kinds.f1, metrics.f1],
    [w.kinds.auroc, metrics.auroc],
    [w.kinds.ap, metrics.average_precision],
  ];
  const single: [string, string][] = [
    [w.balanced, decimal(metrics.balanced_accuracy)],
    ...metrics.top_k.map(({ k, accuracy, ci95 }): [string, string] => [
      w.topK(k),
      w.topKWords(percent(accuracy), items.range(ci95)),
    ]),
    [w.kappa, number(metrics.kappa)],
    [w.mcc, decimal(metrics.mcc)],
    [w.brierScore, decimal(metrics.brier)],
  ];
  return html`<details><summary>${w.allScores}</summary><dl class="facts">${single.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>
<div class="scroll" role="region" aria-label="${w.kindsOfMean}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.meanOver}</th><th scope="col" class="n">${w.macro}</th>
<th scope="col" class="n">${w.micro}</th><th scope="col" class="n">${w.weighted}</th></tr></thead><tbody>${rows.map(
    ([label, { macro, micro, weighted }]) =>
      html`<tr><th scope="row">${label}</th><td class="n">${number(macro)}</td><td class="n">${number(micro)}</td><td class="n">${number(weighted)}</td></tr>`,
  )}</tbody></table></div>
${metrics.absent.length > 0 && html`<p class="small muted">${w.absent}${metrics.absent.slice(0, 40).map((c, i) => html`${i > 0 ? page.comma : ""}${name(c)}`)}.</p>`}</details>`;
}

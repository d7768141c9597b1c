/** How far the model's probabilities can be trusted: calibration, prediction sets, abstaining. */
import type { ClassificationScores, TrustResult } from "../core/events.js";
import type { Chart } from "./charts.js";
import { html, type Markup, name } from "./html.js";
import { count, decimal, percent, percentRange } from "./numbers.js";

/** What a report with so few test items begins with. @param what an item is */
export function tooFew(
  { n, accuracy_ci95, too_few }: ClassificationScores,
  what: string,
): Markup | undefined {
  if (!too_few) return undefined;
  return html`<section class="notes few" aria-label="Too few test items"><strong>Too few test ${what}s to say anything</strong>
<p>${count(n, `test ${what}`)}: the true accuracy may be anywhere from ${percentRange(accuracy_ci95, 0)}, and the scores by class, the
calibration and the thresholds below are worth even less. About 100 test ${what}s give an interval of ± 10 points.</p></section>`;
}

/** Stated against true confidence, and accuracy against what is answered. */
export function trustCharts({ calibration, abstain }: TrustResult): readonly Chart[] {
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
      title: "Reliability",
      note: "share that is right, by stated confidence; on the diagonal is best",
      percent: true,
      x: stated,
      axis: { label: "confidence", logarithmic: false, share: true },
      series: [
        { label: "as trained", curve: 2, dashed: true, y: at(before) },
        { label: "divided by the temperature", curve: 1, dashed: false, y: at(after) },
        { label: "as stated", curve: 3, dashed: true, y: stated },
      ],
    },
    {
      id: "risk",
      title: "Accuracy of what is answered",
      note: "by the share that is answered, the surest first",
      percent: true,
      x: shares,
      axis: { label: "answered", logarithmic: false, share: true },
      ...(abstain.threshold !== null && given > 0 && { best: given }),
      series: [
        { label: "test", curve: 1, dashed: false, y: abstain.curve.map(([, accuracy]) => accuracy) },
        { label: "asked", curve: 3, dashed: true, y: shares.map(() => abstain.accuracy) },
      ],
    },
  ];
}

function calibrationTable({ calibration, temperature }: TrustResult): Markup {
  const row = (label: string, which: "before" | "after"): Markup => {
    const { ece, ece_ci95, ece_if_calibrated, loss, brier } = calibration[which];
    const own = (which === "after") === temperature.written;
    return html`<tr${own ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${percent(ece)}</td><td class="n">${percentRange(ece_ci95)}</td>
<td class="n">${percent(ece_if_calibrated.mean)}</td><td class="n">${decimal(loss)}</td><td class="n">${decimal(brier)}</td></tr>`;
  };
  return html`<div class="scroll" role="region" aria-label="Calibration" tabindex="0"><table class="data">
<caption>In bold what the model gives. A calibrated model shows some error on finitely many items too: that is the last but two.</caption>
<thead><tr><th scope="col">scores</th><th scope="col" class="n">calibration error</th><th scope="col" class="n">95 % interval</th>
<th scope="col" class="n">if calibrated</th><th scope="col" class="n">loss</th><th scope="col" class="n">Brier</th></tr></thead><tbody>
${row("as trained", "before")}${row(`divided by ${decimal(temperature.value)}`, "after")}</tbody></table></div>`;
}

function setsTable({ prediction_sets: sets }: TrustResult): Markup {
  const row = (label: string, which: "lac" | "aps"): Markup => {
    const { test_coverage, test_coverage_ci95, mean_size, single, empty, threshold } = sets[which];
    return html`<tr><th scope="row">${label}</th><td class="n">${percent(test_coverage)}</td><td class="n">${percentRange(test_coverage_ci95)}</td>
<td class="n">${decimal(mean_size, 2)}</td><td class="n">${percent(single, 0)}</td><td class="n">${percent(empty, 0)}</td><td>${threshold === null ? "validation is too small for it: every class is in every set" : ""}</td></tr>`;
  };
  return html`<div class="scroll" role="region" aria-label="Prediction sets" tabindex="0"><table class="data"><thead><tr><th scope="col">sets</th>
<th scope="col" class="n">hold the true class</th><th scope="col" class="n">95 % interval</th><th scope="col" class="n">classes</th>
<th scope="col" class="n">one class</th><th scope="col" class="n">none</th><th scope="col"></th></tr></thead><tbody>
${row("lac: the smallest on average", "lac")}${row("aps: larger for harder items", "aps")}</tbody></table></div>`;
}

/** @param figures where charts are drawn. @param what an item is */
export function trustSection(
  trust: TrustResult | undefined,
  what: string,
  figures: Markup,
): Markup | undefined {
  if (!trust) return undefined;
  const { n, temperature, prediction_sets: sets, abstain, unusual } = trust;
  const { threshold, test } = abstain;
  const answered =
    threshold === null
      ? html`No threshold made the answers to the validation ${what}s ${percent(abstain.accuracy, 0)} right.`
      : html`At a confidence of ${percent(threshold)} the answers to the validation ${what}s were ${percent(abstain.accuracy, 0)} right. With it ${percent(test.answered)} of
the test ${what}s are answered${test.accuracy !== null && test.accuracy_ci95 !== null ? `, and ${percent(test.accuracy)} of the answers are right (95 % interval ${percentRange(test.accuracy_ci95)})` : ""}; the others are "unsure".`;
  return html`<section><h2>How far to trust its probabilities</h2>
<p class="muted">All of it was fitted on the ${count(n, `validation ${what}`)}${n < 100 ? ", which are few: thresholds of another validation part may differ by much" : ""}, and measured on the test part. Validation also chose
the epoch, so new items may do a little worse than stated.</p>
<h3>Calibration</h3>
<p>Scores divided by a temperature of ${decimal(temperature.value)} lose least on validation: the model was ${temperature.value > 1 ? "too sure" : "not sure enough"}. ${
    temperature.written
      ? "The model divides them itself."
      : html`The model gives them as they were trained; <code>--calibrate temperature</code> of train or export writes it in.`
  }</p>
${figures}
${calibrationTable(trust)}
<h3>Sets that hold the true class ${percent(sets.coverage, 0)} of the time</h3>
${setsTable(trust)}
<h3>Leaving doubtful ${what}s to somebody else</h3>
<p>${answered}</p>
<p>${percent(unusual.test)} of the test ${what}s (95 % interval ${percentRange(unusual.test_ci95)}) have scores unlike those of the validation ${what}s, by their energy;
${percent(unusual.level, 0)} are expected of ${what}s of the same kind.${
    unusual.features &&
    html` By their distance to the nearest training ${what}s, in the base's features, it is ${percent(unusual.features.test)} (${percentRange(unusual.features.test_ci95)}).`
  }</p></section>`;
}

/** Scores of all kinds, as a table. */
export function furtherScores({ metrics }: ClassificationScores): Markup | undefined {
  if (!metrics) return undefined;
  const number = (v: number | null): string => (v === null ? "–" : decimal(v));
  const rows: [string, typeof metrics.auroc][] = [
    ["precision", metrics.precision],
    ["recall", metrics.recall],
    ["F1", metrics.f1],
    ["AUROC, one against the rest", metrics.auroc],
    ["average precision", metrics.average_precision],
  ];
  const single: [string, string][] = [
    ["balanced accuracy", decimal(metrics.balanced_accuracy)],
    ...metrics.top_k.map(({ k, accuracy, ci95 }): [string, string] => [
      `among the ${k} most probable`,
      `${percent(accuracy)} (95 % interval ${percentRange(ci95)})`,
    ]),
    ["Cohen's kappa", number(metrics.kappa)],
    ["Matthews' correlation", decimal(metrics.mcc)],
    ["Brier score", decimal(metrics.brier)],
  ];
  return html`<details><summary>All scores</summary><dl class="facts">${single.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>
<div class="scroll" role="region" aria-label="Scores by kind of mean" tabindex="0"><table class="data"><thead><tr><th scope="col">mean over the classes</th><th scope="col" class="n">macro</th>
<th scope="col" class="n">micro</th><th scope="col" class="n">weighted</th></tr></thead><tbody>${rows.map(
    ([label, { macro, micro, weighted }]) =>
      html`<tr><th scope="row">${label}</th><td class="n">${number(macro)}</td><td class="n">${number(micro)}</td><td class="n">${number(weighted)}</td></tr>`,
  )}</tbody></table></div>
${metrics.absent.length > 0 && html`<p class="small muted">Not in the test part, and left out of means: ${metrics.absent.slice(0, 40).map((c, i) => html`${i > 0 ? ", " : ""}${name(c)}`)}.</p>`}</details>`;
}

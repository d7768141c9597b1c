/** The report and the card of a run whose task is defined outside of the product. */
import type { CustomResultEvent, CustomScores } from "../../core/events/events.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import { metrics } from "../../core/results/metric.js";
import { frontMatter } from "../cards/front-matter.js";
import { count, decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup } from "../html.js";
import { baseLine, escapeMarkdown, licenceSection, verdictParagraphs, versionsLine } from "../markdown.js";
import { recordedRecipe } from "../recorded.js";
import { taskEn } from "../words/en/task.js";
import { type Lang, wordsIn } from "../words/index.js";
import { taskZh } from "../words/zh/task.js";
import { fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";

type CustomReportData = RunPageData<CustomResultEvent>;

const wordsOfTask: Readonly<Record<Lang, typeof taskEn>> = { en: taskEn, zh: taskZh };

const figure = ({ metric: { name, value } }: CustomScores): string =>
  metrics[name].scale === "share" ? percent(value) : decimal(value);

function interval({ metric: { name, ci95 }, few_groups }: CustomScores, lang: Lang): string | undefined {
  if (few_groups || ci95 === null) return undefined;
  const { page, items } = wordsIn(lang);
  const [low, high] = ci95;
  return metrics[name].scale === "share" ? items.range(ci95) : page.to(decimal(low), decimal(high));
}

const metricName = ({ test: { metric } }: CustomResultEvent, lang: Lang): string =>
  ({ accuracy: runWords[lang].accuracy, f1: "F1", r2: "R²" })[metric.name];

/** The run's model and its baselines, with their cells. */
function ways({ result, lang = "en" }: CustomReportData) {
  const { ways: names } = wordsOfTask[lang];
  const own = { name: wordsIn(lang).page.thisModel(result.strategy.name), test: result.test };
  const others = Object.entries(result.baselines ?? {}).map(([key, baseline]) => ({
    ...{ name: names[key] ?? key, test: baseline.test, baseline },
    constant: constantBaselines.has(key),
  }));
  return [{ ...own, baseline: undefined, constant: false }, ...others].map(({ test, constant, ...way }) => ({
    ...{ ...way, figure: figure(test) },
    interval: (!constant && interval(test, lang)) || "–",
  }));
}

function comparison(data: CustomReportData): Markup {
  const { lang = "en", result } = data;
  const [run, words] = [runWords[lang], wordsIn(lang)];
  return html`<section><h2>${run.comparedWith}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${run.way}</th>
<th scope="col" class="n">${metricName(result, lang)}</th><th scope="col" class="n">${run.interval}</th><th scope="col">${run.how}</th></tr></thead>
<tbody>${ways(data).map(
    (way, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${way.name}</th><td class="n">${way.figure}</td><td class="n">${way.interval}</td><td>${way.baseline && recordedRecipe(way.baseline, words)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** The report of a finished run: one HTML file without scripts. */
export function renderCustomReport(data: CustomReportData): string {
  const { result, lang = "en" } = data;
  const { test, split, by_seed } = result;
  const [w, run, { items, page }] = [wordsOfTask[lang], runWords[lang], wordsIn(lang)];
  const unit = "sample";
  return runPage({
    data,
    ...{ kind: result.title[lang], unit },
    figure: {
      ...{ of: metricName(result, lang), value: figure(test), ci95: interval(test, lang), tested: test },
      more: html`${items.testCount(test.n, unit)}${page.stop}`,
    },
    facts: html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), ""))}
${splitFact(data)}
${fact(w.learns, result.classes.join(", "))}
${by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(by_seed))}`,
    main: comparison(data),
    metric: metricName(result, lang),
    footer: w.footer(items.many(unit)),
  });
}

/** The model card, README.md of the model folder. */
export function renderCustomCard(data: CustomReportData): string {
  const { result, title, versions } = data;
  const { base, task, split, test, trainable, epochs, strategy } = result;
  const metric = { accuracy: "accuracy", f1: "f1", r2: "r_squared" }[test.metric.name];
  return `${frontMatter({ base, task, library: "engraft", metrics: [metric] })}

# ${escapeMarkdown(title)}

Learns ${result.classes.map(escapeMarkdown).join(", ")}: ${escapeMarkdown(result.title.en)}. The task is defined outside of
Engraft, by the program that trained the model. \`onnx/model.onnx\` uses standard ONNX operators.

## Results

On ${count(test.n, "test sample")} that took no part in training or choosing:

| | ${metricName(result, "en")} | 95 % interval |
|---|---|---|
${ways(data)
  .map((way) => `| ${escapeMarkdown(way.name)} | ${way.figure} | ${way.interval} |`)
  .join("\n")}

${verdictParagraphs(result)}
## How it was made

${baseLine(base)}
- Strategy: ${escapeMarkdown(strategy.name)}
- Data: ${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test; seed ${split.seed}
- Trained: ${integer(trainable.parameters)} of ${integer(trainable.total)} parameters, ${count(epochs, "epoch")}
${versionsLine(versions)}

${licenceSection(base, "samples")}
`;
}

// The report and the card of a run whose task a user has defined.

import type { CustomResultEvent, CustomScores } from "../../core/events/events.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { metrics } from "../../core/results/metric.js";
import { frontMatter } from "../cards/front-matter.js";
import { hubMetrics } from "../cards/hub-vocabulary.js";
import { count, integer } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { html } from "../html.js";
import type { Method } from "../layout/result-head.js";
import { baseLine, escapeMarkdown, licenceSection, verdictParagraphs, versionsLine } from "../markdown.js";
import { taskEn } from "../words/en/task.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { taskZh } from "../words/zh/task.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";

type CustomReportData = RunPageData<CustomResultEvent>;

const wordsOfTask: Readonly<Record<Lang, typeof taskEn>> = { en: taskEn, zh: taskZh };

const scoreOf = ({ metric, few_groups }: CustomScores, constant = false): Pick<Method, "value" | "ci95"> => ({
  value: metric.value,
  ...(!constant && !few_groups && metric.ci95 !== null && { ci95: metric.ci95 }),
});

const metricName = ({ test: { metric } }: CustomResultEvent, lang: Lang): string =>
  wordsIn(lang).metrics.titles[metric.name];

/** Returns the run's model and its baselines. */
function methodsOf({ result, lang = "en" }: CustomReportData): readonly Method[] {
  const words = wordsIn(lang);
  return [
    { label: words.page.thisModel(methodOfModel(result)), ...scoreOf(result.test) },
    ...baselineMethods<CustomScores>({ ...result.baselines }, wordsOfTask[lang].ways, scoreOf, words),
  ];
}

/** Returns the report of a finished run as one HTML document without scripts. */
export function renderCustomReport(data: CustomReportData): string {
  const { result, lang = "en" } = data;
  const { test, split, by_seed } = result;
  const [w, run, { items, page }] = [wordsOfTask[lang], runWords[lang], wordsIn(lang)];
  const unit = "sample";
  return runPage({
    data,
    ...{ kind: result.title[lang], unit },
    head: {
      label: page.onTest(term(test.metric.name, lang, metricName(result, lang))),
      metric: metricName(result, lang),
      scale: metrics[test.metric.name].scale,
      methods: methodsOf(data),
      tooFew: test.few_groups && "groups",
      notes: [items.testCount(test.n, unit)],
    },
    tested: test,
    facts: html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), ""))}
${splitFact(data)}
${fact(w.learns, result.classes.join(", "))}
${by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(by_seed))}`,
    parts: {},
    footer: w.footer(items.many(unit)),
  });
}

function cardRow({ label, value, ci95 }: Method, { metric }: CustomScores): string {
  const { score, range } = formatOf(metric.name);
  const interval = ci95 === undefined ? "–" : range(ci95, wordsIn("en").page);
  return `| ${escapeMarkdown(label)} | ${score(value)} | ${interval} |`;
}

/** Returns the model card, README.md of the model folder. */
export function renderCustomCard(data: CustomReportData): string {
  const { result, title, versions } = data;
  const { base, task, split, test, trainable, epochs, strategy } = result;
  const metric = hubMetrics[test.metric.name];
  return `${frontMatter({ base, task, library: "engraft", metrics: [metric] })}

# ${escapeMarkdown(title)}

Learns ${result.classes.map(escapeMarkdown).join(", ")}: ${escapeMarkdown(result.title.en)}. The task is defined outside of
Engraft, by the program that trained the model. \`onnx/model.onnx\` uses standard ONNX operators.

## Results

On ${count(test.n, "test sample")} that took no part in training or choosing:

| | ${metricName(result, "en")} | 95 % interval |
|---|---|---|
${methodsOf(data)
  .map((method) => cardRow(method, test))
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

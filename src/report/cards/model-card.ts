// The model card of a classifier: the front matter of the Hugging Face hub, then how to use the model.

import type { Baseline, ClassificationScores } from "../../core/events/events.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { groupWords } from "../../core/results/group-words.js";
import { whyNoThreshold } from "../../core/results/trust-words.js";
import { count, decimal, duration, integer, percent, percentRange } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  fenced,
  licenceSection,
  versionsLine,
  withoutFolders,
} from "../markdown.js";
import { layersWords } from "../pages/layers.js";
import { otherTestLine } from "../pages/other-test-set.js";
import { itemOf, lastEvent, type ReportData } from "../report-data.js";
import { pageEn } from "../words/en/page.js";
import { classifierHead, introduction, usage } from "./card-usage.js";

function scoreRow(label: string, test: ClassificationScores): string {
  return `| ${label} | ${percent(test.accuracy)} | ${test.few_groups ? "–" : percentRange(test.accuracy_ci95)} | ${percent(test.macro_f1)} | ${decimal(test.loss)} |`;
}

function scores(data: ReportData): string {
  const { result } = data;
  const item = itemOf(data);
  const baseline = (label: string, b: Baseline | undefined): string[] => (b ? [scoreRow(label, b.test)] : []);
  const v = result.verdict;
  const taught = result.distillation;
  const grouped = groupWords(result.test, `${item}s`);
  return [
    `On ${count(result.test.n, `test ${item}`)} that took no part in training or choosing:`,
    "",
    "| | accuracy | 95 % interval (Wilson) | macro F1 | loss |",
    "|---|---|---|---|---|",
    scoreRow(`**this model** (${escapeMarkdown(pageEn.methodName(methodOfModel(result)))})`, result.test),
    ...baseline("probe: head only", result.baselines?.probe),
    ...baseline("the same network from scratch", result.baselines?.scratch),
    ...baseline("pixels alone: logistic regression", result.baselines?.pixels),
    ...baseline("statistics of log-mel frames: logistic regression", result.baselines?.log_mel),
    ...baseline("words alone: TF-IDF and logistic regression", result.baselines?.tf_idf),
    ...baseline("frozen features beside TF-IDF: logistic regression", result.baselines?.hybrid),
    ...baseline("the same student without the teacher", result.baselines?.without_teacher),
    ...(taught?.test ? [scoreRow("the teacher itself", taught.test)] : []),
    "",
    ...(result.test.too_few
      ? [`**Too few test ${item}s to say anything: the interval is all that is known.**`, ""]
      : []),
    ...(grouped === undefined ? [] : [`On the test part, ${grouped}.`, ""]),
    `Expected calibration error ${percent(result.test.ece)}${trustWords(result.trust)}. The test part had been scored ${count(result.test_looks, "time")} before.`,
    ...(result.by_seed
      ? [
          "",
          `Trained with ${result.by_seed.runs.length} seeds, of which this is the first: ${result.by_seed.runs.map((r) => percent(r.accuracy)).join(", ")}, ${percent(result.by_seed.accuracy.mean)} on average.`,
        ]
      : []),
    ...(v
      ? [
          ...(result.safe ? ["", result.safe.words] : []),
          "",
          `Did the ${taught ? "teacher" : "transfer"} help? **${v.transfer}**: ${escapeMarkdown(v.words)}`,
        ]
      : []),
    "",
    `| class | test ${item}s | precision | recall | F1 |`,
    "|---|---|---|---|---|",
    ...result.test.per_class.map(
      (c) =>
        `| ${escapeMarkdown(c.label)} | ${integer(c.n)} | ${decimal(c.precision)} | ${decimal(c.recall)} | ${decimal(c.f1)} |`,
    ),
  ].join("\n");
}

/** Returns the facts behind the calibration error. */
function trustWords(trust: ReportData["result"]["trust"]): string {
  if (!trust) return "";
  const { n, groups, chosen_of, temperature, prediction_sets: sets, abstain } = trust;
  const divided = temperature.written
    ? `scores are divided by a temperature of ${decimal(temperature.value)} in the model`
    : `divided by ${decimal(temperature.value)} the scores would have one of ${percent(trust.calibration.after.ece)}`;
  const answered =
    abstain.threshold === null
      ? `; ${whyNoThreshold(n, abstain)}`
      : abstain.test.accuracy === null
        ? ""
        : `; above a probability of ${decimal(abstain.threshold)} ${percent(abstain.test.accuracy)} of the answers are right (${percent(abstain.test.answered)} are given)`;
  const ofSets = sets.coverage_range95
    ? ` (set by ${count(n, "validation item")}${groups === undefined ? "" : ` of ${count(groups, "group")}`}${chosen_of === undefined ? "" : `, which also chose the model from ${chosen_of}`}, the true share may be anything from ${percentRange(sets.coverage_range95, 0)})`
    : "";
  return ` (${divided}). Prediction sets for a coverage of ${percent(sets.coverage, 0)} hold the true class of ${percent(sets.lac.test_coverage)} of the test items with ${decimal(sets.lac.mean_size, 2)} classes on average${ofSets}${answered}`;
}

/** Returns what training changed; "" if it was not measured. */
function movedWords(data: ReportData): string | undefined {
  const words = layersWords({ ...data, lang: "en" });
  return words === undefined ? undefined : escapeMarkdown(words);
}

function training(data: ReportData): string {
  const { result } = data;
  const [event, start] = [lastEvent(data, "data"), lastEvent(data, "start")];
  const line = (what: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`- ${what}: ${value}`];
  const { split, base, distillation: taught } = result;
  return [
    baseLine(base),
    ...line("Strategy", [result.strategy.name, ...result.strategy.reasons].map(escapeMarkdown).join("; ")),
    ...line(
      "Teacher",
      taught &&
        `${escapeMarkdown(taught.teacher.name)} (sha256 \`${taught.teacher.sha256}\`), licence **${escapeMarkdown(taught.teacher.license)}**: ${escapeMarkdown(taught.words)}`,
    ),
    ...line(
      "Trained",
      `${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters${result.epochs > 0 ? `, ${count(result.epochs, "epoch")}, weights ${result.best_epoch === 0 ? "before the first epoch" : `of epoch ${result.best_epoch}`}` : ""}`,
    ),
    ...(result.average ? [averageLine(result).trimEnd()] : []),
    ...line("Moved", movedWords(data)),
    ...line(
      "Data",
      `${integer(split.train)} ${itemOf(data)}s to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test, ${count(result.classes.length, "class", "classes")}`,
    ),
    ...line("Split", event && escapeMarkdown(event.split_words)),
    ...line("Data fingerprint", event && `\`${event.fingerprint}\``),
    ...line("Seed", String(split.seed)),
    ...line(
      "Time and memory",
      `${duration(result.seconds.total)}, ${integer(result.peak_rss_mb)} MB at the peak`,
    ),
    ...line("Machine", start && `${escapeMarkdown(start.machine)}, ${count(start.threads, "thread")}`),
    versionsLine(data.versions),
    "",
    "The command:",
    "",
    fenced("sh", withoutFolders(data.command)),
  ].join("\n");
}

/**
 * Returns the model card of a finished run as Markdown.
 * @example await writeAtomic("runs/x/model/README.md", renderModelCard(data))
 */
export function renderModelCard(data: ReportData): string {
  const { result, title, adapterOnly = false } = data;
  const { task, classes, base } = result;
  const facts = { task, classes, base, strategy: result.strategy.name, adapterOnly };
  return `${classifierHead(facts)}

# ${escapeMarkdown(title)}

${introduction(facts)}

## Results

${scores(data)}${otherTestLine(result.elsewhere, escapeMarkdown)}

These figures hold for ${itemOf(data)}s like those of the test part, and for one run of one seed.

${usage(facts)}

## How it was made

${training(data)}

${licenceSection(base, `${itemOf(data)}s`)}
`;
}

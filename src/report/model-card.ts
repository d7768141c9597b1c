/** The model folder's README.md: Hugging Face's front matter, then what a stranger needs to know to use it. */

import type { Baseline, ClassificationScores } from "../core/events.js";
import { elsewhereLine } from "./elsewhere.js";
import { layersWords } from "./layers.js";
import { count, decimal, duration, gain, integer, percent, percentRange } from "./numbers.js";
import { itemOf, lastEvent, type ReportData } from "./report-data.js";
import { pipelineSnippet } from "./transformers-js.js";

/** Names that the hub knows as licences; any other is `other` with its name beside it. */
const hubLicenses = new Set(
  (
    "apache-2.0 mit bsd bsd-2-clause bsd-3-clause cc0-1.0 cc-by-2.0 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 " +
    "cc-by-nc-4.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 gpl-2.0 gpl-3.0 lgpl-3.0 agpl-3.0 mpl-2.0 isc unlicense openrail"
  ).split(" "),
);

/** A text on one line in Markdown: nothing in it is markup, and it cannot leave its table cell. */
export function escapeMarkdown(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
      .replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!)
      .replace(/[\\`*_{}[\]#|~!]/g, "\\$&")
  );
}

/** A YAML double-quoted scalar: JSON's strings are among them. */
function yaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Text inside a fence: the fence is longer than any run of backticks in it. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A card is published: "/home/somebody/flowers" in the command becomes "./flowers". */
export function withoutFolders(command: string): string {
  return command.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|\S+/g, (word) => {
    const quote = /^["']/.exec(word)?.[0] ?? "";
    const path = quote ? word.slice(1, -1) : word;
    if (!/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return word;
    return `${quote}./${
      path
        .split(/[\\/]+/)
        .filter(Boolean)
        .at(-1) ?? ""
    }${quote}`;
  });
}

const hubName = /^hf:([\w.-]+\/[\w.-]+)(?:@[\w./-]+)?$/;

function frontMatter({ title, result }: ReportData): string {
  const license = result.base.license.toLowerCase();
  const hub = hubName.exec(result.base.name)?.[1];
  const metric = (type: string, name: string, value: number): string[] =>
    Number.isFinite(value)
      ? [`      - type: ${type}`, `        name: ${name}`, `        value: ${Number(value.toFixed(4))}`]
      : [];
  return [
    "---",
    ...(hubLicenses.has(license)
      ? [`license: ${license}`]
      : ["license: other", `license_name: ${yaml(result.base.license)}`]),
    "library_name: transformers.js",
    `pipeline_tag: ${result.task}`,
    ...(hub ? [`base_model: ${yaml(hub)}`] : []),
    "tags:",
    `  - ${result.task}`,
    "  - onnx",
    "  - transfer-learning",
    "  - engraft",
    "metrics:",
    "  - accuracy",
    "  - f1",
    "model-index:",
    `  - name: ${yaml(title)}`,
    "    results:",
    "    - task:",
    `        type: ${result.task}`,
    "      dataset:",
    "        name: the test part of the training folder",
    `        type: ${result.task === "text-classification" ? "csv" : "imagefolder"}`,
    "        split: test",
    "      metrics:",
    ...metric("accuracy", "Accuracy", result.test.accuracy),
    ...metric("f1", "Macro F1", result.test.macro_f1),
    "---",
  ].join("\n");
}

function scoreRow(label: string, test: ClassificationScores): string {
  return `| ${label} | ${percent(test.accuracy)} | ${percentRange(test.accuracy_ci95)} | ${decimal(test.macro_f1)} | ${decimal(test.loss)} |`;
}

function scores(data: ReportData): string {
  const { result } = data;
  const item = itemOf(data);
  const baseline = (label: string, b: Baseline | undefined): string[] => (b ? [scoreRow(label, b.test)] : []);
  const v = result.verdict;
  const taught = result.distillation;
  return [
    `On ${count(result.test.n, `test ${item}`)} that took no part in training or choosing:`,
    "",
    "| | accuracy | 95 % interval (Wilson) | macro F1 | loss |",
    "|---|---|---|---|---|",
    scoreRow(`**this model** (${escapeMarkdown(result.strategy.name)})`, result.test),
    ...baseline("probe: head only", result.baselines?.probe),
    ...baseline("the same network from scratch", result.baselines?.scratch),
    ...baseline("pixels alone: logistic regression", result.baselines?.pixels),
    ...baseline("words alone: TF-IDF and logistic regression", result.baselines?.tf_idf),
    ...baseline("frozen features beside TF-IDF: logistic regression", result.baselines?.hybrid),
    ...baseline("the same student without the teacher", result.baselines?.without_teacher),
    ...(taught?.test ? [scoreRow("the teacher itself", taught.test)] : []),
    "",
    ...(result.test.too_few
      ? [`**Too few test ${item}s to say anything: the interval is all that is known.**`, ""]
      : []),
    `Expected calibration error ${percent(result.test.ece)}${trustWords(result.trust)}. The test part had been scored ${count(result.test_looks, "time")} before.`,
    ...(result.by_seed
      ? [
          "",
          `Trained with ${result.by_seed.runs.length} seeds, of which this is the first: ${result.by_seed.runs.map((r) => percent(r.accuracy)).join(", ")}, ${percent(result.by_seed.accuracy.mean)} on average.`,
        ]
      : []),
    ...(v
      ? [
          ...(result.safe ? ["", `Of transfer and training from scratch, ${result.safe.words}.`] : []),
          "",
          `Did the ${taught ? "teacher" : "transfer"} help? **${v.transfer}**: ${escapeMarkdown(v.words)} Gain ${gain(v.gain)} points, 95 % interval ${gain(v.ci95[0])} to ${gain(v.ci95[1])}.`,
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

/** What stands behind the calibration error. */
function trustWords(trust: ReportData["result"]["trust"]): string {
  if (!trust) return "";
  const { temperature, prediction_sets: sets, abstain } = trust;
  const divided = temperature.written
    ? `scores are divided by a temperature of ${decimal(temperature.value)} in the model`
    : `divided by ${decimal(temperature.value)} the scores would have one of ${percent(trust.calibration.after.ece)}`;
  const answered =
    abstain.threshold === null || abstain.test.accuracy === null
      ? ""
      : `; above a probability of ${decimal(abstain.threshold)} ${percent(abstain.test.accuracy)} of the answers are right (${percent(abstain.test.answered)} are given)`;
  return ` (${divided}). Prediction sets for a coverage of ${percent(sets.coverage, 0)} hold the true class of ${percent(sets.lac.test_coverage)} of the test items with ${decimal(sets.lac.mean_size, 2)} classes on average${answered}`;
}

/** What training moved, in the card's language, where somebody looked. */
function movedWords(data: ReportData): string | undefined {
  const words = layersWords({ ...data, lang: "en" });
  return words === undefined ? undefined : escapeMarkdown(words);
}

function training(data: ReportData): string {
  const { result } = data;
  const texts = result.task === "text-classification";
  const [event, start] = [lastEvent(data, "data"), lastEvent(data, "start")];
  const line = (what: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`- ${what}: ${value}`];
  const { split, base, distillation: taught } = result;
  return [
    ...line(
      "Base",
      `${escapeMarkdown(base.name)} (sha256 \`${base.sha256}\`), licence **${escapeMarkdown(base.license)}**`,
    ),
    ...line("Strategy", [result.strategy.name, ...result.strategy.reasons].map(escapeMarkdown).join("; ")),
    ...line(
      "Teacher",
      taught &&
        `${escapeMarkdown(taught.teacher.name)} (sha256 \`${taught.teacher.sha256}\`), licence **${escapeMarkdown(taught.teacher.license)}**: ${escapeMarkdown(taught.words)}`,
    ),
    ...line(
      "Trained",
      `${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters${result.epochs > 0 ? `, ${count(result.epochs, "epoch")}, weights of epoch ${result.best_epoch}` : ""}`,
    ),
    ...line("Moved", movedWords(data)),
    ...line(
      "Data",
      `${integer(split.train)} ${texts ? "texts" : "pictures"} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test, ${count(result.classes.length, "class", "classes")}`,
    ),
    ...line("Split", event && escapeMarkdown(event.split_words)),
    ...line("Data fingerprint", event && `\`${event.fingerprint}\``),
    ...line("Seed", String(split.seed)),
    ...line(
      "Time and memory",
      `${duration(result.seconds.total)}, ${integer(result.peak_rss_mb)} MB at the peak`,
    ),
    ...line("Machine", start && `${escapeMarkdown(start.machine)}, ${count(start.threads, "thread")}`),
    ...line(
      "Versions",
      Object.entries(data.versions)
        .map(([name, version]) => escapeMarkdown(`${name} ${version}`))
        .join(", "),
    ),
    "",
    "The command:",
    "",
    fenced("sh", withoutFolders(data.command)),
  ].join("\n");
}

const transformersJs = pipelineSnippet(
  "image-classification",
  "classify",
  'console.log(await classify("picture.jpg", { top_k: 3 }));',
);

const transformersJsTexts = pipelineSnippet(
  "text-classification",
  "classify",
  'console.log(await classify(["a text", "another one"]));',
);

const onnxruntimeTexts = `import json
import numpy as np, onnxruntime as ort
from tokenizers import Tokenizer

labels = json.load(open("config.json"))["id2label"]
tokenizer = Tokenizer.from_file("tokenizer.json")
tokenizer.enable_truncation(json.load(open("tokenizer_config.json"))["model_max_length"])
ids = np.array([tokenizer.encode("a text").ids], np.int64)
feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
logits = ort.InferenceSession("onnx/model.onnx").run(["logits"], feeds)[0][0]
print(labels[str(int(logits.argmax()))])`;

const onnxruntime = `import json
import numpy as np, onnxruntime as ort
from PIL import Image

p = json.load(open("preprocessor_config.json"))
labels = json.load(open("config.json"))["id2label"]
size = (p["size"]["width"], p["size"]["height"])
x = np.asarray(Image.open("picture.jpg").convert("RGB").resize(size, Image.LANCZOS), np.float32)
if p.get("do_flip_channel_order"):
    x = x[..., ::-1]
if p.get("do_rescale", True):
    x = x * p["rescale_factor"]
if p.get("do_normalize", True):
    x = (x - p["image_mean"]) / p["image_std"]
x = x.transpose(2, 0, 1)[None].astype(np.float32)
logits = ort.InferenceSession("onnx/model.onnx").run(["logits"], {"pixel_values": x})[0][0]
print(labels[str(int(logits.argmax()))])`;

/**
 * The model card of a finished run, as Markdown.
 * @example await writeAtomic("runs/x/model/README.md", renderModelCard(data))
 */
export function renderModelCard(data: ReportData): string {
  const { result, title } = data;
  const texts = result.task === "text-classification";
  return `${frontMatter(data)}

# ${escapeMarkdown(title)}

${texts ? "A text" : "An image"} classifier for ${count(result.classes.length, "class", "classes")} (${result.classes.map(escapeMarkdown).join(", ")}), fine-tuned from
${escapeMarkdown(result.base.name)} by Engraft. \`onnx/model.onnx\` uses standard ONNX operators alone and opens in
Transformers.js and in any onnxruntime: ${texts ? "`input_ids` and `attention_mask` int64[batch, length]" : "`pixel_values` float32[batch, 3, H, W]"} in, \`logits\` float32[batch, ${result.classes.length}] out.

## Results

${scores(data)}${elsewhereLine(result.elsewhere, escapeMarkdown)}

These figures hold for ${itemOf(data)}s like those of the test part, and for one run of one seed.

## How to use it

With Transformers.js:

${fenced("js", texts ? transformersJsTexts : transformersJs)}

With onnxruntime in Python:

${fenced("python", texts ? onnxruntimeTexts : onnxruntime)}

## How it was made

${training(data)}

## Licence

The weights derive from **${escapeMarkdown(result.base.name)}**, whose licence is **${escapeMarkdown(result.base.license)}**: its terms
travel with this model. The terms of the ${texts ? "texts" : "pictures"} it was trained on are for whoever publishes it to add.
`;
}

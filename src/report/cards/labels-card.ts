// The model card of several labels of texts, pictures or sounds.
import type { LabelsResultEvent } from "../../core/events/events.js";
import type { LabelUnit } from "../../core/results/labels.js";
import { classificationOf } from "../../core/results/task.js";
import { count, decimal, integer, percent } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { labelsEn } from "../words/en/labels.js";
import { frontMatter } from "./front-matter.js";
import {
  pipelineSnippet,
  scriptBegin,
  soundLogitsSnippet,
  soundTensors,
  withoutPipeline,
} from "./transformers-js.js";
import { intervalOf, waysOf } from "./ways.js";

const known = (value: number | null): string => (value === null ? "–" : decimal(value));

const ofTexts = pipelineSnippet(
  classificationOf.text,
  "classify",
  'console.log(await classify("a text", { top_k: null })); // every label with its probability',
);

const ofPictures = `${scriptBegin("AutoModel, AutoProcessor, RawImage")}
const options = { local_files_only: true };
const [model, processor] = [await AutoModel.from_pretrained(folder, options), await AutoProcessor.from_pretrained(folder, options)];
const { logits } = await model(await processor(await RawImage.read("picture.jpg")));
console.log(logits.sigmoid().tolist()); // a probability for each label; the pipeline would take a softmax`;

const ofSounds = soundLogitsSnippet(
  "console.log(logits.sigmoid().tolist()); // a probability for each label",
);

/** What a card says of the inputs of a model. */
const inputWords = {
  texts: {
    task: classificationOf.text,
    ...{
      tensors: "`input_ids`, `attention_mask` int64[batch, length]",
      example: '"a text"',
      script: ofTexts,
    },
  },
  pictures: {
    task: classificationOf.image,
    ...{ tensors: "`pixel_values` float32[batch, 3, H, W]", example: "picture.jpg", script: ofPictures },
  },
  clips: {
    task: classificationOf.audio,
    ...{ tensors: soundTensors, example: "sound.wav", script: ofSounds },
    note: withoutPipeline,
  },
} as const satisfies Readonly<Record<LabelUnit, object>>;

/** Returns the model card, README.md of the model folder. */
export function renderLabelsCard(data: RunPageData<LabelsResultEvent>): string {
  const { result, title } = data;
  const { test } = result;
  const kind = result.unit.slice(0, -1);
  const { task, tensors, example, script, ...more } = inputWords[result.unit];
  const rows = waysOf(result, labelsEn.ways).map(
    (w) =>
      `| ${escapeMarkdown(w.label)} | ${percent(w.test.micro_f1)} | ${intervalOf(w.test.micro_f1_ci95, w.constant || w.test.few_groups)} | ${percent(w.test.macro_f1)} | ${percent(w.test.subset_accuracy)} | ${known(w.test.mean_average_precision)} |`,
  );
  const labels = test.per_label.map(
    (t) =>
      `| ${escapeMarkdown(t.label)} | ${integer(t.n)} | ${decimal(t.precision)} | ${decimal(t.recall)} | ${decimal(t.f1)} | ${known(t.average_precision)} | ${decimal(t.threshold)} |`,
  );
  const head = frontMatter({
    ...{ base: result.base, task, metrics: ["f1"] },
    ...{ library: "transformers.js", tags: [result.task] },
  });
  return `${head}

# ${escapeMarkdown(title)}

Says which of ${result.classes.map(escapeMarkdown).join(", ")} a ${kind} has: none, one or several. \`onnx/model.onnx\` uses standard ONNX operators:
${tensors} in, \`logits\` float32[batch, ${result.classes.length}] out, raw scores; the sigmoid of each is the label's probability.

## Results

On ${count(test.n, `test ${kind}`)} that took no part in training or choosing; intervals over ${kind}s, or their groups:

| | micro F1 | 95 % interval | macro F1 | all labels right | mean average precision |
|---|---|---|---|---|---|
${rows.join("\n")}

| label | ${kind}s | precision | recall | F1 | average precision | threshold |
|---|---|---|---|---|---|---|
${labels.join("\n")}

${verdictParagraphs(result)}
## How to use it

${"note" in more ? `${more.note}\n\n` : ""}\`\`\`js
${script}
\`\`\`

\`\`\`sh
engraft predict ./model ${example}
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} ${result.unit} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, result.unit)}
`;
}

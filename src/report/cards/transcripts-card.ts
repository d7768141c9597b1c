// The model card of speech recognition.
import type { TranscriptResultEvent } from "../../core/results/sequences/transcripts.js";
import { count, integer, percent, percentRange } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { transcriptsEn } from "../words/en/transcripts.js";
import { frontMatter } from "./front-matter.js";
import { pipelineSnippet } from "./transformers-js.js";
import { waysOf } from "./ways.js";

/** Returns the model card, README.md of the model folder. */
export function renderTranscriptsCard(data: RunPageData<TranscriptResultEvent>): string {
  const { result, title } = data;
  const { test, vocabulary, normalizer, decoder, error_unit: unit } = result;
  const range = (ci95: readonly [number, number] | null): string => (ci95 ? percentRange(ci95) : "–");
  const rows = waysOf(result, transcriptsEn.ways).map(
    (w) =>
      `| ${escapeMarkdown(w.label)} | ${percent(w.test.words.rate)} | ${range(w.test.words.ci95)} | ${percent(w.test.characters.rate)} |`,
  );
  const { substitutions, deletions, insertions, length } = test.words;
  const transformersJs = pipelineSnippet(
    result.task,
    "recognise",
    `// A Float32Array, mono, at the sampling_rate of preprocessor_config.json. In a page a URL works too.
console.log((await recognise(new Float32Array(samples))).text);`,
  );
  const head = frontMatter({
    ...{ base: result.base, task: result.task, metrics: ["wer", "cer"] },
    library: "transformers.js",
  });
  const rate = unit === "words" ? "word error rate" : "character error rate";
  return `${head}

# ${escapeMarkdown(title)}

Speech recognition by connectionist temporal classification (CTC). \`onnx/model.onnx\` uses standard ONNX operators:
\`input_values\` float32[batch, samples] in, \`logits\` float32[batch, frames, ${vocabulary.length}] out. Class 0 is the blank. \`config.json\` calls the
model a wav2vec2, because Transformers.js refuses other types; the base below says what it is.

Characters: ${escapeMarkdown(vocabulary.slice(2).join(" "))}

## Results

On ${count(test.n, "test clip")} that took no part in training or choosing. Transcripts and texts went through the normaliser
\`${normalizer}\`. Error rates are sums of errors over sums of lengths; intervals are over the speakers, or over the clips.

| | ${rate} | 95 % interval | character error rate |
|---|---|---|---|
${rows.join("\n")}

Of ${integer(length)} ${unit}, ${integer(substitutions)} are wrong and ${integer(deletions)} are missing; ${integer(insertions)} are additional.
${decoder.name === "beam" ? `\nThese figures are by a beam search. Transformers.js decodes greedily: ${percent(result.by_decoder?.[0]?.words.rate ?? test.words.rate)}.${decoder.language_model ? "\n`language_model.json` holds the training transcripts, on which the language model is fitted." : ""}\n` : ""}
${verdictParagraphs(result)}
## How to use it

\`\`\`js
${transformersJs}
\`\`\`

\`\`\`sh
engraft predict ./model recording.wav
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} clips to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, "clips")}
`;
}

// The results of a run on speech recognition: scores, facts and tables for the screen, the page and the card.
import type {
  DecoderFacts,
  EditRates,
  TranscriptResultEvent,
  TranscriptScores,
} from "../../core/results/sequences/transcripts.js";
import { intervalRules } from "../../evaluate/interval-rules.js";
import { pipelineSnippet } from "../../report/cards/transformers-js.js";
import { integer, percent } from "../../report/charts/numbers.js";
import {
  type Figure,
  type Sheet,
  say,
  type Table,
  type Text,
  tableOf,
  termed,
  type Usage,
} from "../../report/sheet/sheet.js";
import { alignments, alignmentsStyle, playScript } from "./alignments.js";

/** Facts that a result and an evaluation both have. */
type About = Pick<TranscriptResultEvent, "error_unit" | "normalizer">;
type TranscriptResult = About &
  Pick<TranscriptResultEvent, "test" | "task" | "vocabulary" | "decoder" | "by_decoder">;

const characterRate = { en: "character error rate", zh: "字错误率" };
const rateNames = { words: { en: "word error rate", zh: "词错误率" }, characters: characterRate };
const titles = {
  words: termed("wer", "Word error rate", "词错误率"),
  characters: termed("wer", "Character error rate", "字错误率"),
};

export const transcriptsSheet: Sheet<TranscriptScores, About, TranscriptResult> = {
  kind: () => ({ en: "speech recognition", zh: "语音识别" }),
  sample: () => "clip",
  figures: ({ words, characters }, { error_unit: unit }) => {
    const score: Figure = {
      name: rateNames[unit],
      title: titles[unit],
      as: "share",
      value: words.rate,
      ci95: words.ci95,
      isError: true,
    };
    const further: Figure = {
      name: characterRate,
      as: "share",
      value: characters.rate,
      ci95: characters.ci95,
    };
    return unit === "words" ? [score, further] : [score];
  },
  scores: (test, about) => ({
    n: test.n,
    notes: notesOf(test),
    facts: [
      {
        label: { en: "Normaliser", zh: "规范化" },
        value:
          about.normalizer === "none"
            ? { en: "none", zh: "无" }
            : { en: "basic: lower case, without punctuation", zh: "基本：小写，去掉标点" },
      },
    ],
    tables: tablesOf(test, about),
  }),
  run: (result) => ({
    facts: [
      { label: { en: "Characters", zh: "字符" }, value: [{ name: result.vocabulary.slice(2).join(" ") }] },
      { label: { en: "Decoder", zh: "解码" }, value: decoderText(result.decoder) },
    ],
    tables: result.by_decoder
      ? [
          ratesTable(
            result.by_decoder.map((one) => ({ label: decoderText(one), rates: one.words })),
            { en: "By decoder", zh: "各解码方式" },
            { en: "decoder", zh: "解码方式" },
          ),
        ]
      : [],
    drawings:
      result.test.worst.length === 0
        ? []
        : [
            {
              section: "worst",
              samples: true,
              draw: (shown) =>
                alignments({
                  ...shown,
                  sounds: shown.sounds,
                  clips: result.test.worst,
                  unit: result.error_unit,
                }),
              style: alignmentsStyle,
              script: playScript,
              playsSounds: true,
            },
          ],
    usage: usageOf(result),
  }),
};

function notesOf({ n, without_error: right, few_groups: few }: TranscriptScores): readonly Text[] {
  const needed = intervalRules.word_error.samples;
  const whole: Text = {
    en: `${integer(right)} of ${integer(n)} test clips without an error.`,
    zh: `${integer(n)} 个测试片段中有 ${integer(right)} 个没有错误。`,
  };
  // Of too few groups, every page says how many an interval needs.
  return few || n >= needed
    ? [whole]
    : [whole, { en: `An interval needs ${needed} clips.`, zh: `计算区间至少需要 ${needed} 个片段。` }];
}

function tablesOf(
  { words, characters, worst, by_group: groups }: TranscriptScores,
  { error_unit: unit }: About,
) {
  const units = { words: { en: "words", zh: "词" }, characters: { en: "characters", zh: "字" } };
  const rates = [{ label: units[unit], rates: words }];
  if (unit === "words") rates.push({ label: units.characters, rates: characters });
  const clips = tableOf(worst, {
    section: "worst",
    empty: { en: "Every clip was recognised without an error.", zh: "所有片段都识别无误。" },
    sample: ({ item }) => item,
    text: ({ reference }) => reference,
    columns: [
      { name: { en: "errors", zh: "错误" }, as: "count", of: ({ errors }) => errors },
      { name: { en: "transcript", zh: "文本" }, as: "text", of: ({ reference }) => reference },
      { name: { en: "recognised", zh: "识别结果" }, as: "text", of: ({ hypothesis }) => hypothesis },
    ],
  });
  const bySpeaker = tableOf(groups ?? [], {
    section: "scores",
    title: { en: "By speaker", zh: "各说话人" },
    columns: [
      { name: { en: "speaker", zh: "说话人" }, as: "name", of: ({ name }) => name },
      { name: { en: "clips", zh: "片段" }, as: "count", of: ({ clips: count }) => count },
      { name: { en: "error rate", zh: "错误率" }, as: "share", of: ({ rate }) => rate },
    ],
  });
  const errors = ratesTable(rates, { en: "Errors", zh: "错误" }, { en: "unit", zh: "单位" });
  return [clips, errors, ...(groups ? [bySpeaker] : [])];
}

/** Returns a table of error rates: one row for each kind of unit, or decoder. */
const ratesTable = (
  rows: readonly { readonly label: Text; readonly rates: EditRates }[],
  title: Text,
  first: Text,
): Table =>
  tableOf(rows, {
    section: "scores",
    title,
    note: {
      en: "An error rate is the sum of all errors divided by the length of all transcripts.",
      zh: "错误率是所有错误之和除以所有文本的长度。",
    },
    columns: [
      { name: first, as: "text", of: ({ label }) => label },
      { name: { en: "error rate", zh: "错误率" }, as: "share", of: ({ rates }) => rates.rate },
      { name: { en: "95 % interval", zh: "95 % 区间" }, as: "share interval", of: ({ rates }) => rates.ci95 },
      { name: { en: "wrong", zh: "替换" }, as: "count", of: ({ rates }) => rates.substitutions },
      { name: { en: "missing", zh: "漏字" }, as: "count", of: ({ rates }) => rates.deletions },
      { name: { en: "additional", zh: "多字" }, as: "count", of: ({ rates }) => rates.insertions },
      { name: { en: "in all", zh: "总数" }, as: "count", of: ({ rates }) => rates.length },
    ],
  });

function decoderText({ name, language_model: model }: DecoderFacts): Text {
  const decoder =
    name === "greedy"
      ? { en: "greedy, as a page serves it", zh: "贪心，与网页服务相同" }
      : { en: "beam search", zh: "束搜索" };
  if (!model) return decoder;
  const { order, weight, bonus } = model;
  return {
    en: `${decoder.en} with ${order}-grams of characters, weight ${weight}, ${bonus} for each character`,
    zh: `${decoder.zh} 用 ${order} 元字符模型，权重 ${weight}，每个字符加 ${bonus}`,
  };
}

function usageOf({
  task,
  test,
  vocabulary,
  normalizer,
  decoder,
  by_decoder: decoders,
}: TranscriptResult): Usage {
  const greedy = percent(decoders?.[0]?.words.rate ?? test.words.rate);
  const model = decoder.language_model
    ? "\n`language_model.json` holds the training transcripts, on which the language model is fitted."
    : "";
  return {
    does: say`Speech recognition by connectionist temporal classification (CTC). \`onnx/model.onnx\` uses standard ONNX operators:
\`input_values\` float32[batch, samples] in, \`logits\` float32[batch, frames, ${String(vocabulary.length)}] out. Class 0 is the blank. \`config.json\` calls the
model a wav2vec2, because Transformers.js refuses other types; the base below says what it is.

Characters: ${vocabulary.slice(2).join(" ")}`,
    counted: `transcripts and texts went through the normaliser \`${normalizer}\``,
    ...(decoder.name === "beam" && {
      scored: `These figures are by a beam search. Transformers.js decodes greedily: ${greedy}.${model}`,
    }),
    script: pipelineSnippet(
      task,
      "recognise",
      `// A Float32Array, mono, at the sampling_rate of preprocessor_config.json. In a page a URL works too.
console.log((await recognise(new Float32Array(samples))).text);`,
    ),
    example: "recording.wav",
    hub: { task, metrics: ["wer", "cer"] },
  };
}

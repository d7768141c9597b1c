// Write the card of assets/text-mini from facts.json and scores.json (scripts/score-text-mini.mjs --json): no number by
// hand.
//
//   node scripts/build.mjs && node scripts/card-text-mini.mjs [--in DIR]
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { meanInterval } from "./measure/statistics.mjs";
import { amountNames, sets } from "./pretrain-text/score.mjs";

const at = process.argv.indexOf("--in");
const folder =
  at > 0 ? process.argv[at + 1] : join(dirname(fileURLToPath(import.meta.url)), "../assets/text-mini");
const read = (file) => JSON.parse(readFileSync(join(folder, file), "utf8"));
const facts = read("facts.json");
const scores = read("scores.json");
const { recipe, seconds } = facts.pretraining;
const { network, masked, pairs, optimizer, tokens, vectors } = recipe;
const number = (x) => x.toFixed(3);
const whole = (x) => x.toLocaleString("en-US");

const [english, chinese, translated] = pairs.shares.map((s) => `${Math.round(100 * s)} %`);
const shares = `${english} of the steps English, ${chinese} Chinese, ${translated} translations`;

/** Mean and 95 % interval over the draws; one draw has none. */
function cell(values) {
  if (!values) return "–";
  if (values.length < 2) return number(values[0]);
  const {
    mean,
    ci95: [low, high],
  } = meanInterval(values);
  return `${number(mean)} (${number(low)} to ${number(high)})`;
}
const average = (values) => values && values.reduce((a, b) => a + b, 0) / values.length;

const table = Object.keys(sets).flatMap((name) =>
  amountNames.map((amount, i) => {
    const { network: own, random } = scores[name] ?? {};
    const line = sets[name].line[i];
    return `| ${name} | ${amount} | ${cell(own?.[amount])} | ${cell(random?.[amount])} | ${number(line)} |`;
  }),
);
const behind = Object.keys(sets).flatMap((name) =>
  amountNames.flatMap((amount, i) => {
    const mean = average(scores[name]?.network?.[amount]);
    return mean !== undefined && mean < sets[name].line[i] ? [`${name} at ${amount}`] : [];
  }),
);

const noBetter = Object.keys(sets).flatMap((name) =>
  amountNames.flatMap((amount) => {
    const { network: own, random } = scores[name] ?? {};
    const [a, b] = [average(own?.[amount]), average(random?.[amount])];
    return a !== undefined && b !== undefined && a <= b ? [`${name} at ${amount}`] : [];
  }),
);

const lines = [
  "---",
  "license: cc-by-sa-4.0",
  "language: [en, zh]",
  "library_name: transformers.js",
  "pipeline_tag: feature-extraction",
  "tags: [engraft, onnx, sentence-similarity, pretrained]",
  "---",
  "",
  "# text-mini",
  "",
  `A small text encoder for English and Chinese, pretrained from random weights by Engraft's own engine: ${network.layers} layers of width ${network.width}, ${(facts.parameters / 1e6).toFixed(2)} M parameters, ${whole(tokens.size)} tokens (pieces of English words, single Chinese characters), texts up to ${network.positions} tokens; ${((facts.bytes + facts.tokenizer_bytes) / 1e6).toFixed(1)} MB with 16-bit weights and its tokenizer; it computes in 32 bits. Features are the mean of the last states over all tokens.`,
  "",
  `It serves first use, few labels, tests and small devices. **What it cannot do:** its texts hold 8.5 million English words and 13.8 million Chinese characters, and it was trained for ${whole(masked.steps * masked.rows * masked.length)} tokens of them masked and ${whole(2 * pairs.steps * pairs.batch)} texts in pairs: little. A real encoder (\`--base hf:…\` or any ONNX file) is far better wherever its size is no matter.`,
  "",
  "## Licence",
  "",
  "CC BY-SA 4.0, as the strictest terms among its texts; all of them have open terms. Every source is in ATTRIBUTION.md.",
  "",
  "## Data",
  "",
  "English: Wikipedia, fiction, dialogues, Reddit comments, forums, questions, speeches. Chinese: Wikipedia, dialogues, literature before 1950, laws, documentation. 52,400 sentence pairs English–Chinese. Lines that are equal to one of the texts of the sets below, or contain one, were removed before, except for 27 lines that hold short stock phrases or names. There are few English reviews, and no Chinese ones.",
  "",
  "## Recipe",
  "",
  `AdamW (β₂ ${optimizer.beta2}, decay ${optimizer.weightDecay}, gradients clipped to norm ${optimizer.clipNorm}), linear warm-up and decay, seed ${recipe.seed}; ${(seconds / 3600).toFixed(1)} hours of wall time on a two-core machine that did other work at the same time.`,
  "",
  `1. The word embedding starts from counts of neighbours within ${vectors.window} tokens (PPMI, factored).`,
  `2. Masked words: ${whole(masked.steps)} steps${masked.scheduled ? ` of a schedule for ${whole(masked.scheduled)} (ended early: the loss had hardly fallen for the last half of them)` : ""} of ${masked.rows} rows of ${masked.length} tokens, half English, half Chinese; ${100 * masked.share} % masked in whole words, peak rate ${masked.rate}.`,
  `3. Pairs: ${whole(pairs.steps)} steps of ${pairs.batch} pairs (neighbouring sentences, parts of a sentence, translations; ${shares}), InfoNCE with the other pairs of the step as negatives, temperature ${pairs.temperature}, peak rate ${pairs.rate}.`,
  "",
  "```sh",
  "node scripts/build.mjs",
  "node scripts/pretrain-text-mini.mjs FOLDER   # data/pretrain_text; resumable by the same command",
  "node scripts/export-text-mini.mjs FOLDER",
  "node scripts/score-text-mini.mjs FOLDER --json assets/text-mini/scores.json",
  "node scripts/score-text-mini.mjs FOLDER --json assets/text-mini/scores.json --from random",
  "node scripts/card-text-mini.mjs",
  "```",
  "",
  "## What it is worth",
  "",
  "Test accuracy of logistic regression (C = 10) on its frozen features, beside the same network with random weights, and TF–IDF with logistic regression. Means over draws of the labels, 95 % intervals over the draws (t); texts are cut at 128 tokens.",
  "",
  "| set | labels a class | text-mini | random weights | TF–IDF |",
  "|---|---|---|---|---|",
  ...table,
  "",
  behind.length > 0
    ? `**Where it does not help:** TF–IDF is better for ${behind.join(", ")}.`
    : "It is better than TF–IDF in every row.",
  "",
  noBetter.length > 0
    ? `Random weights are as good or better for ${noBetter.join(", ")}: there the pretraining is worth nothing.`
    : "It is better than random weights in every row.",
  "",
  "## File",
  "",
  `\`onnx/model.onnx\`, sha256 \`${facts.sha256}\``,
  "",
];
writeFileSync(join(folder, "README.md"), lines.join("\n"));

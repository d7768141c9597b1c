// Writes the card of assets/text-mini from facts.json and scores.json (scripts/text-mini/evaluate.mjs --json): no
// number is typed by hand.
//
//   node scripts/build.mjs && node scripts/text-mini/card.mjs [--in DIR]
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { meanInterval } from "../measure/statistics.mjs";
import { readTextRows } from "../measure/texts.mjs";
import { startProgram } from "../start-program.mjs";
import { amountNames, sets } from "./score.mjs";

const { values: args } = startProgram(import.meta.url, {
  needs: [],
  options: { in: { type: "string", about: "folder of the base (default assets/text-mini)" } },
});
const folder = args.in ?? fileURLToPath(new URL("../../assets/text-mini", import.meta.url));
const read = (file) => JSON.parse(readFileSync(join(folder, file), "utf8"));
const facts = read("facts.json");
const scores = read("scores.json");
/** Seconds of the initial vectors. */
const counted = readFileSync(join(folder, "training-log.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line.includes('"vectors"'))
  .reduce((sum, line) => sum + JSON.parse(line).vectors, 0);
const { recipe, seconds } = facts.pretraining;
const { network, words, masked, pairs, optimizer, tokens, vectors } = recipe;
const number = (x) => x.toFixed(3);
const whole = (x) => x.toLocaleString("en-US");

const shares = ({ shares: [english, chinese, translated] }) =>
  `${Math.round(100 * english)} % of the steps English, ${Math.round(100 * chinese)} % Chinese, ${Math.round(100 * translated)} % translations`;
/** False if the layers add nothing yet: they are meant to be trained. */
const layersTrained = pairs.steps > 0;
/** A skipped stage has 0 steps. */
const ran = (stage, text) => (stage.steps > 0 ? [text] : []);

/** Mean and 95 % interval over the draws; one draw has no interval. */
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

/** Results of `engraft train`, with the same network from random weights: rows of docs/texts.json. */
const trained = readTextRows(join(dirname(fileURLToPath(import.meta.url)), "../../docs/texts.json")).filter(
  (row) => row.base === "text-mini" && row.accuracy !== undefined,
);
const trainings = Object.keys(sets).flatMap((name) =>
  amountNames.flatMap((amount) => {
    const of = (strategy) =>
      trained
        .filter((row) => row.set === name && row.labels === amount && row.strategy === strategy)
        .sort((a, b) => a.draw - b.draw);
    const beside = of("finetune").filter((row) => row.scratch);
    if (beside.length === 0) return [];
    const values = (rows) => rows.map((row) => row.accuracy);
    const frozen = of("probe").filter(({ draw }) => beside.some((row) => row.draw === draw));
    return [
      {
        where: `${name} at ${amount}`,
        best: Math.max(average(values(beside)), frozen.length > 0 ? average(values(frozen)) : 0),
        scratch: average(beside.map((row) => row.scratch.accuracy)),
        line: `| ${name} | ${amount} | ${beside.length} | ${cell(values(beside))} | ${frozen.length > 0 ? cell(values(frozen)) : "–"} | ${cell(beside.map((row) => row.scratch.accuracy))} |`,
      },
    ];
  }),
);
/** Half a point is too small to notice, whatever its sign. */
const notAbove = trainings.filter(({ best, scratch }) => best <= scratch + 0.005).map(({ where }) => where);

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
  `A small text encoder for English and Chinese, pretrained from random weights by Engraft's own engine: vectors of ${network.vectors} numbers for ${whole(tokens.size)} tokens (pieces of English words, single Chinese characters, ${whole(tokens.words.size)} Chinese words of two and three characters), to which ${network.layers} transformer layer${network.layers > 1 ? "s" : ""} of width ${network.width} add${network.layers > 1 ? "" : "s"} what the words around say; ${(facts.parameters / 1e6).toFixed(2)} M parameters, texts up to ${network.positions} tokens; ${((facts.bytes + facts.tokenizer_bytes) / 1e6).toFixed(1)} MB with 16-bit weights and its tokenizer; it computes in 32 bits. Features are the mean of the last states over all tokens${layersTrained ? ": little more than the weighed mean of the words' vectors" : ""}.`,
  "",
  ...(layersTrained
    ? []
    : [
        "**The layers are not pretrained:** they start at random and add nothing, so that a state is its token's vector alone and frozen features are the weighed mean of the words' vectors. What trains the encoder trains the layers too. For entities the frozen states know nothing of the words around.",
        "",
      ]),
  `It serves first use, few labels, tests and small devices. **What it cannot do:** its texts hold 8.5 million English words and 13.8 million Chinese characters, and it was trained on little of them; it does not know the order of words. A real encoder (\`--base hf:…\` or any ONNX file) is far better wherever its size is no matter.`,
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
  `AdamW (β₂ ${optimizer.beta2}, decay ${optimizer.weightDecay}, gradients clipped to norm ${optimizer.clipNorm}), linear warm-up and decay, seed ${recipe.seed}; ${Math.round(seconds / 60)} minutes of wall time, and ${Math.round(counted / 60)} for the first vectors, in one thread of a two-core machine that was mostly busy with other work.`,
  "",
  `1. Words' vectors start from counts of neighbours within ${vectors.window} tokens (PPMI, factored), of length 1, times a / (a + p) for a token of frequency p, a = ${vectors.a}.`,
  ...ran(
    words,
    `2. Pairs of means of words' vectors: ${whole(words.steps)} steps${words.scheduled > words.steps ? ` of a schedule for ${whole(words.scheduled)} (ended early)` : ""} of ${words.batch} pairs (neighbouring sentences, parts of a sentence, translations; ${shares(words)}), InfoNCE with the other pairs of the step as negatives, temperature ${words.temperature}, peak rate ${words.vectorRate}.`,
  ),
  ...ran(
    masked,
    `3. Masked words, the words' vectors frozen: ${whole(masked.steps)} steps of ${masked.rows} rows of ${masked.length} tokens, half English, half Chinese; ${100 * masked.share} % masked in whole words, peak rate ${masked.rate}.`,
  ),
  ...ran(
    pairs,
    `4. Pairs again, now with the layers: ${whole(pairs.steps)} steps of ${pairs.batch} pairs (${shares(pairs)}), temperature ${pairs.temperature}, peak rate ${pairs.rate}, of the words' vectors ${pairs.vectorRate}.`,
  ),
  "",
  "```sh",
  "node scripts/build.mjs",
  "node scripts/text-mini/pretrain.mjs FOLDER   # data/pretrain_text; resumable by the same command",
  "node scripts/text-mini/export.mjs FOLDER",
  "node scripts/text-mini/evaluate.mjs FOLDER --to FEATURES",
  "node scripts/text-mini/evaluate.mjs FOLDER --to FEATURES --from random",
  "python3 scripts/text-mini/evaluate.py FEATURES assets/text-mini/scores.json",
  "node scripts/text-mini/card.mjs",
  "```",
  "",
  "## What it is worth",
  "",
  "Test accuracy of logistic regression (C = 10, scikit-learn, rows of length 1) on its frozen features, beside the same on the frozen features of the same network with random weights, and beside TF–IDF with logistic regression (C = 10). The second column is a random projection of the words; what training from scratch brings stands below. Means over draws of the labels, 95 % intervals over the draws (t); texts are cut at 128 tokens.",
  "",
  "| set | labels a class | text-mini | frozen random weights | TF–IDF |",
  "|---|---|---|---|---|",
  ...table,
  "",
  behind.length > 0
    ? `**Where it does not help:** TF–IDF is better for ${behind.join(", ")}.`
    : "It is better than TF–IDF in every row.",
  "",
  noBetter.length > 0
    ? `Random weights are as good or better for ${noBetter.join(", ")}: there the pretraining is worth nothing.`
    : "It is better than random weights in every row that was measured.",
  "",
  "## Trained, against the same network from scratch",
  "",
  "Test accuracy of `engraft train` with its defaults (docs/results.md, section “Texts”): fine-tuned, its frozen features with a head (`--strategy probe`), and the same network from random weights, trained at its own rate and up to three times as long. A quarter of the labels given chooses. Means over the draws, with 95 % intervals over them (t). Measured on 21 and 22 November 2026. Since then, training from scratch tries three learning rates and ends by validation, and a probe is scaled by one number and refitted: today both give other figures.",
  "",
  "| set | labels a class | draws | fine-tuned | frozen | from scratch |",
  "|---|---|---|---|---|---|",
  ...trainings.map(({ line }) => line),
  "",
  notAbove.length > 0
    ? `**From scratch is as good, within half a point, or better for ${notAbove.join(", ")}**, on average.`
    : "The better of the first two is above the network from scratch in every row, on average.",
  "",
  "## File",
  "",
  `\`onnx/model.onnx\`, sha256 \`${facts.sha256}\``,
  "",
];
writeFileSync(join(folder, "README.md"), lines.join("\n"));

// The section "Texts" of docs/results.md.
import { join } from "node:path";
import { holm } from "../../dist/statistics/index.js";
import { accuracyInterval, meanInterval, pOfMean } from "./statistics.mjs";
import { changes, lastKept, readTextRows, sentences } from "./texts.mjs";

/** Description of each set; `line`: TF-IDF with scikit-learn's logistic regression at each number of labels. */
const sets = {
  text_sst2: {
    about:
      "Sentences of film reviews, two sentiments. Published: BERT-base 92.3 % (all labels), not reproduced here.",
    line: { 8: 53.7, 32: 56.9, 128: 63.4, all: 81.2 },
  },
  text_banking77: {
    about: "Questions to a bank, 77 intents; its classes have 35 to 187 texts.",
    line: { 8: 63.9, 32: 81.9, 128: 89.1, all: 89.1 },
  },
  zh_waimai_10k: {
    about: "Chinese reviews of deliveries, two sentiments, 66.6 % of one.",
    line: { 8: 70.0, 32: 77.9, 128: 82.8, all: 88.7 },
  },
  amazon_reviews: {
    about: "Reviews of four kinds of goods, two sentiments; a drawn part of 6,000 to learn from.",
    line: { 8: 55.4, 32: 63.0, 128: 71.4, all: 85.1 },
  },
  zh_ner_msra: {
    about: `Chinese names of persons, places and organisations: F1 of whole entities. Columns are sentences to learn from and choose by: ${Object.values(sentences).join(", ")}, all. The rate was chosen on other draws of this set, whose test part is the same ([why](decisions/0016-rates-of-entities.md)).`,
  },
};
/** Strategies besides `probe` and `finetune`, which every base has. */
const others = ["lora", "setfit", ...changes, ...lastKept];
/**
 * Pairs compared by draw: each strategy with training all weights, and the pull to the initial weights with the same
 * training without it.
 */
const pairs = [...others.map((other) => [other, "finetune"]), lastKept.toReversed()];
const amounts = ["8", "32", "128", "all"];
const percent = (x) => `${(100 * x).toFixed(1)} %`;

/**
 * Mean over the draws, with its interval and their number.
 * @param items of the test split; missing for F1, whose test variation is not known from its value
 */
function cell(values, items) {
  if (values.length === 0) return "–";
  if (values.length === 1) return `${percent(values[0])}, 1 draw`;
  const { mean, ci95 } = items ? accuracyInterval(values, items) : meanInterval(values);
  return `${percent(mean)} (${percent(Math.max(0, ci95[0]))} to ${percent(Math.min(1, ci95[1]))}), ${values.length} draws`;
}

/** Lines of the section; none without measurements. */
export function textLines(root) {
  const rows = readTextRows(join(root, "docs/texts.json"));
  if (rows.length === 0) return [];
  const lines = [
    "## Texts",
    "",
    "Real text encoders with Engraft's defaults, at 8, 32, 128 and all labels a class. **Of the labels given, a quarter chooses** (epoch, strength of the",
    "penalty) and three quarters are learnt from, so that no row sees more labels than its column says; with all labels a set's own validation part",
    "chooses where it has one, else 15 %. A draw decides which texts are given and every other chance; the test part is whole and always the same. 95 %",
    "intervals of accuracies are over other draws and other test texts (t and Wilson, added as squares). Those of F1 and of differences are over the",
    "draws alone (t, K − 1 degrees of freedom). One draw has none and proves nothing by itself. A number has been measured as often as its",
    "cell says. The line to beat stands first, as scikit-learn has it: TF-IDF of words (Chinese: characters) and pairs, logistic regression with C = 10 on",
    "*all* the labels given, mean of 10 other draws. `text-mini` from scratch: the same network, random weights, its own rate.",
    "`finetune:augment=typo` and the like are written as `engraft compare` takes them: training texts are changed anew each epoch. With `keep=last` no",
    "epoch is chosen: the last is kept, as in the paper of `l2-sp`; its strength of 100 was chosen on draws 20 to 25 at 32 a class, by the same test part.",
    "Of two strategies compared by draw, one is called better or worse where p of Student's test stays below 0.05 after Holm's correction for its line.",
    "",
    "Reproduce: `npm run results -- FOLDER --part texts` (what [texts.json](texts.json) holds is not measured again; `--only BASE/SET/STRATEGY/LABELS`",
    "and `--seeds DRAWS` measure less of it).",
    "",
  ];
  for (const [set, { about, line }] of Object.entries(sets)) {
    const of = rows.filter((row) => row.set === set);
    if (of.length === 0) continue;
    const score = line ? "accuracy" : "f1";
    lines.push(
      `### ${set}`,
      "",
      `${about} ${of[0].n} ${line ? "texts" : "entities in 2000 sentences"} to test on.`,
      "",
      line
        ? "| | 8 a class | 32 a class | 128 a class | all |"
        : `| | ${Object.values(sentences).join(" | ")} | all |`,
      "|---|---|---|---|---|",
    );
    if (line)
      lines.push(
        `| TF-IDF + logistic regression, scikit-learn | ${amounts.map((a) => `${line[a].toFixed(1)} %`).join(" | ")} |`,
      );
    const row = (title, valuesOf) => {
      const cells = amounts.map((labels) => of.filter((r) => r.labels === labels).flatMap(valuesOf));
      if (cells.some((values) => values.length > 0))
        lines.push(`| ${title} | ${cells.map((values) => cell(values, line && of[0].n)).join(" | ")} |`);
    };
    const beside = (key) => (r) => (r[key] === undefined ? [] : [r[key][score]]);
    if (line) row("TF-IDF + logistic regression, Engraft's, from the same texts", beside("tf_idf"));
    else {
      // The same with every base: each draw counts once.
      const own = (r) =>
        r === of.find((x) => x.strategy === "probe" && x.labels === r.labels && x.draw === r.draw);
      row("each word's most frequent tag", (r) => (own(r) ? beside("lookup")(r) : []));
    }
    row("text-mini's network from scratch", beside("scratch"));
    row("text-mini's frozen features beside TF-IDF (hybrid)", beside("hybrid"));
    for (const base of [...new Set(of.map((r) => r.base))])
      for (const strategy of ["probe", "finetune", ...others])
        row(`${base}, ${strategy}`, (r) => (r.base === base && r.strategy === strategy ? [r[score]] : []));
    lines.push("", ...pairs.flatMap((pair) => pairedLines(of, ...pair)), ...verdictLines(set, of));
  }
  return lines;
}

/** Compares one strategy of text-mini with another: paired by draw, with Holm's correction within a line. */
function pairedLines(all, one, other) {
  const signed = (x) => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(1)}`;
  const said = amounts.flatMap((labels) => {
    const of = (strategy) =>
      all.filter((r) => r.base === "text-mini" && r.strategy === strategy && r.labels === labels);
    const tuned = new Map(of(other).map((r) => [r.draw, r.accuracy]));
    const gains = of(one).flatMap((r) => (tuned.has(r.draw) ? [r.accuracy - tuned.get(r.draw)] : []));
    if (gains.length < 3) return [];
    const gain = meanInterval(gains);
    return [{ labels, gain, draws: gains.length, p: pOfMean(gain, gains.length) }];
  });
  if (said.length === 0) return [];
  const adjusted = holm(said.map(({ p }) => p));
  const words = said.map(({ labels, gain: { mean, ci95 }, draws }, i) => {
    const real = adjusted[i] < 0.05 ? `, **${mean > 0 ? "better" : "worse"}**` : "";
    return `${signed(mean)} points (${signed(ci95[0])} to ${signed(ci95[1])}, ${draws} draws${real}) at ${labels} a class`;
  });
  return [`\`${one}\` less \`${other}\` with text-mini, by draw: ${words.join("; ")}.`, ""];
}

/** Compares training the features with frozen features, if both are measured with all labels. */
function verdictLines(set, of) {
  const mean = (strategy) => {
    const own = of.filter(
      (r) => r.base === "chinese-char-bilstm" && r.labels === "all" && r.strategy === strategy,
    );
    return own.length > 0 ? percent(meanInterval(own.map((r) => r.accuracy)).mean) : undefined;
  };
  const [probe, tuned] = [mean("probe"), mean("finetune")];
  if (set !== "zh_waimai_10k" || !tuned) return [];
  return [
    `Frozen features of \`chinese-char-bilstm\` (mean and maximum) reach 83.6 % in scikit-learn with all labels; fine-tuned it is ${tuned} here${probe ? `, the probe of the mean alone ${probe}` : ""}.`,
    "",
  ];
}

// The section "Texts" of docs/results.md.
import { join } from "node:path";
import { holm } from "../../dist/statistics/index.js";
import { accuracyInterval, meanInterval, pOfMean } from "./statistics.mjs";
import { changes, lastKept, readTextRows, sentences } from "./texts.mjs";

/** Description of each set. */
const sets = {
  text_sst2: "Sentences of film reviews, two sentiments.",
  text_banking77: "Questions to a bank, 77 intents; its classes have 35 to 187 texts.",
  zh_waimai_10k: "Chinese reviews of deliveries, two sentiments, 66.6 % of one.",
  amazon_reviews: "Reviews of four kinds of goods, two sentiments; a drawn part of 6,000 to learn from.",
  zh_ner_msra: `Chinese names of persons, places and organisations: F1 of whole entities. Columns are sentences: ${Object.values(sentences).join(", ")}, all. The learning rate was chosen on other draws of this set ([why](decisions/0016-rates-of-entities.md)).`,
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
    "Text encoders with Engraft's defaults, at 8, 32, 128 and all labels a class.",
    "",
    "- Of the labels given, a quarter is for validation. With all labels, a set's own validation split is used if it has one, else 15 %.",
    "- The test split is whole and always the same. Intervals of F1 and of differences are over the draws alone.",
    "- `text-mini` from scratch is the same network with random weights and its own learning rate.",
    "- `finetune:augment=typo` and the like are entries of `engraft compare`. With `keep=last`, the last epoch is kept.",
    "  The strength of 100 of `l2-sp` was chosen on draws 20 to 25 at 32 a class, with the same test split.",
    "- A difference is called better or worse if p of Student's test is below 0.05 after Holm's correction for its line.",
    "",
    "Command: `npm run results -- FOLDER --part texts`; `--only BASE/SET/STRATEGY/LABELS` and `--seeds DRAWS` measure less. Rows: [texts.json](texts.json).",
    "",
  ];
  for (const [set, about] of Object.entries(sets)) {
    const classes = set !== "zh_ner_msra";
    const of = rows.filter((row) => row.set === set);
    if (of.length === 0) continue;
    const score = classes ? "accuracy" : "f1";
    lines.push(
      `### ${set}`,
      "",
      `${about} ${of[0].n} ${classes ? "texts" : "entities in 2000 sentences"} to test on.`,
      "",
      classes
        ? "| | 8 a class | 32 a class | 128 a class | all |"
        : `| | ${Object.values(sentences).join(" | ")} | all |`,
      "|---|---|---|---|---|",
    );
    const row = (title, valuesOf) => {
      const cells = amounts.map((labels) => of.filter((r) => r.labels === labels).flatMap(valuesOf));
      if (cells.some((values) => values.length > 0))
        lines.push(`| ${title} | ${cells.map((values) => cell(values, classes && of[0].n)).join(" | ")} |`);
    };
    const beside = (key) => (r) => (r[key] === undefined ? [] : [r[key][score]]);
    if (classes) row("TF-IDF + logistic regression, from the same texts", beside("tf_idf"));
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
    lines.push("", ...pairs.flatMap((pair) => pairedLines(of, ...pair)));
  }
  return lines;
}

/** Compares one strategy of text-mini with another: paired by draw, with Holm's correction within a line. */
function pairedLines(all, one, other) {
  const signed = (x) => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(1)}`;
  const shown = amounts.flatMap((labels) => {
    const of = (strategy) =>
      all.filter((r) => r.base === "text-mini" && r.strategy === strategy && r.labels === labels);
    const tuned = new Map(of(other).map((r) => [r.draw, r.accuracy]));
    const gains = of(one).flatMap((r) => (tuned.has(r.draw) ? [r.accuracy - tuned.get(r.draw)] : []));
    if (gains.length < 3) return [];
    const gain = meanInterval(gains);
    return [{ labels, gain, draws: gains.length, p: pOfMean(gain, gains.length) }];
  });
  if (shown.length === 0) return [];
  const adjusted = holm(shown.map(({ p }) => p));
  const words = shown.map(({ labels, gain: { mean, ci95 }, draws }, i) => {
    const real = adjusted[i] < 0.05 ? `, **${mean > 0 ? "better" : "worse"}**` : "";
    return `${signed(mean)} points (${signed(ci95[0])} to ${signed(ci95[1])}, ${draws} draws${real}) at ${labels} a class`;
  });
  return [`\`${one}\` minus \`${other}\` with text-mini, paired by draw: ${words.join("; ")}.`, ""];
}

// `npm run bench -- written-texts`: how often the intervals of chrF, BLEU and the word error rate hold the truth, on made texts. The truth is
// the score of very many texts of the same kind.
import { draws } from "../dist/core/random.js";
import { scoreWritten } from "../dist/evaluate/written/score-written-texts.js";
import { wilsonInterval } from "../dist/statistics/index.js";

export const bench = {
  about: "how often the intervals of chrF, BLEU and word errors hold the truth, on made texts",
  needs: [],
  options: {
    draws: { type: "number", default: 400, about: "draws of each size" },
    truth: { type: "number", default: 20_000, about: "texts that give the truth" },
  },
  smallest: { draws: 2, truth: 50 },
};

/** Number of texts, and of groups; as many groups as texts: each text is its own. */
const sizes = [
  [10, 10],
  [20, 20],
  [30, 30],
  [100, 100],
  [100, 10],
  [200, 20],
  [400, 40],
];

/** 400 made words of 2 to 9 letters. The k-th is drawn with a share of about 1 / k. */
function vocabulary(d) {
  return Array.from({ length: 400 }, () =>
    Array.from({ length: 2 + d.integer(8) }, () => "etaoinshrdlucm"[d.integer(14)]).join(""),
  );
}

/** Texts of 4 to 15 words. A word is wrong with the logistic of −1.5 + 0.7 s + 0.7 c, s of the group and c of the text; a quarter of the wrong ones is missing. */
function texts(d, words, count, groups) {
  const shared = Array.from({ length: groups }, () => d.normal());
  const word = () => words[Math.floor(words.length ** d.uniform())];
  return Array.from({ length: count }, (_, i) => {
    const group = Math.floor((i * groups) / count);
    const wrong = 1 / (1 + Math.exp(1.5 - 0.7 * shared[group] - 0.7 * d.normal()));
    const reference = Array.from({ length: 4 + d.integer(12) }, word);
    const prediction = reference.flatMap((one) =>
      d.chance(wrong) ? (d.chance(0.25) ? [] : [word()]) : [one],
    );
    return { reference: reference.join(" "), prediction: prediction.join(" "), group: `group ${group}` };
  });
}

function scored(made, groups) {
  const { chrf, bleu, edits } = scoreWritten(
    made.map(({ prediction }) => prediction),
    made.map(({ reference }) => reference),
    { language: "en", edits: "words", ...(groups && { groups: made.map(({ group }) => group) }) },
  );
  return { chrf, bleu, errors: { value: edits.rate, ci95: edits.ci95 } };
}

export async function main(options) {
  const words = vocabulary(draws(0, "words of written texts"));
  const truth = scored(texts(draws(0, "truth of written texts"), words, options.truth, options.truth));
  if (!options.json)
    console.log(
      `truth: chrF2 ${truth.chrf.value.toFixed(2)}, BLEU ${truth.bleu.value.toFixed(2)}, word errors ${truth.errors.value.toFixed(3)}`,
    );
  for (const [count, groups] of sizes) {
    const held = { chrf: 0, bleu: 0, errors: 0 };
    const given = { chrf: 0, bleu: 0, errors: 0 };
    for (let draw = 0; draw < options.draws; draw++) {
      const made = texts(draws(draw, "written texts", count, groups), words, count, groups);
      const scores = scored(made, groups < count);
      for (const [name, { ci95 }] of Object.entries(scores)) {
        if (ci95 === null) continue;
        given[name]++;
        held[name] += Number(ci95[0] <= truth[name].value && truth[name].value <= ci95[1]);
      }
    }
    const rates = Object.fromEntries(
      Object.entries(given).map(([name, n]) => [
        name,
        n === 0 ? null : { rate: held[name] / n, ci95: wilsonInterval(held[name], n), n },
      ]),
    );
    if (options.json) console.log(JSON.stringify({ texts: count, groups, ...rates }));
    else console.log(lineOf(count, groups, rates));
  }
}

function lineOf(count, groups, rates) {
  const percent = (x) => (100 * x).toFixed(1);
  const cells = Object.entries(rates).map(([name, found]) =>
    found === null
      ? `${name} none`
      : `${name} ${percent(found.rate)} % (${percent(found.ci95[0])} to ${percent(found.ci95[1])})`,
  );
  return `${String(count).padStart(4)} texts${groups < count ? ` in ${groups} groups` : ""}: ${cells.join(", ")}`;
}

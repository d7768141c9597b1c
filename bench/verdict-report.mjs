// docs/verdict.md and docs/verdict.json from the answers of all trainings.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wilsonInterval } from "../dist/evaluate/index.js";
import { compareRuns } from "../dist/evidence/index.js";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
/** Below it docs/verdict.md is not written. */
const fewest = 60;
/** Below it the document says that it is not all yet. */
const wanted = 200;
const cases = ["null", "negative", "positive"];
const [itemCounts, seedCounts] = [
  [50, 150, 400],
  [1, 3, 5],
];

/** @param kept by length: [{ repeat, seconds, answers }] */
export function report(kept, { json }) {
  const cells = Object.entries(kept).flatMap(([length, repeats]) =>
    cases.flatMap((kind) =>
      seedCounts.flatMap((seeds) => itemCounts.map((items) => cell(length, kind, seeds, items, repeats))),
    ),
  );
  const repeats = Object.values(kept).reduce((n, all) => n + all.length, 0);
  const seconds = Object.values(kept)
    .flat()
    .reduce((n, one) => n + one.seconds, 0);
  const facts = {
    repeats,
    trainings: Object.values(kept)
      .flat()
      .reduce((n, { answers }) => n + Object.values(answers).flat().length, 0),
    minutes: seconds / 60,
  };
  if (json) console.log(JSON.stringify({ ...facts, cells }));
  else for (const one of cells) console.log(lineOf(one));
  if (repeats < fewest) {
    process.stderr.write(`${repeats} repeats are fewer than ${fewest}: docs/verdict.md is not written\n`);
    return;
  }
  writeFileSync(at("../docs/verdict.json"), `${JSON.stringify({ ...facts, cells }, null, 1)}\n`);
  writeFileSync(at("../docs/verdict.md"), document(facts, kept, cells));
}

const bitsOf = (text, items) => Array.from(text.slice(0, items), (c) => c === "1");

function cell(length, kind, seeds, items, all) {
  const repeats = all.filter(({ answers }) => answers[kind]);
  const counts = { positive: 0, negative: 0, neutral: 0, inconclusive: 0 };
  let [small, width, gain, detectable] = [0, 0, 0, 0];
  const accuracy = { transfer: 0, scratch: 0 };
  for (const { answers } of repeats) {
    const side = (name) => ({ correct: answers[name].slice(0, seeds).map((bits) => bitsOf(bits, items)) });
    const [a, b] = [side(kind), side("scratch")];
    const found = compareRuns({ a, b });
    counts[found.transfer]++;
    if (found.p < 0.05) small++;
    width += (found.ci95[1] - found.ci95[0]) / 2 / repeats.length;
    gain += found.gain / repeats.length;
    detectable += found.detectable / repeats.length;
    const mean = ({ correct }) => correct.flat().filter(Boolean).length / correct.flat().length;
    accuracy.transfer += mean(a) / repeats.length;
    accuracy.scratch += mean(b) / repeats.length;
  }
  const n = repeats.length;
  const wanted = kind === "null" ? counts.positive + counts.negative : counts[kind];
  return {
    ...{ length, kind, seeds, items, n, counts, wanted, share: wanted / n, ci95: wilsonInterval(wanted, n) },
    ...{ p_below_005: small / n, gain, half_width: width, detectable, accuracy },
  };
}

const percent = (x) => `${(100 * x).toFixed(1)} %`;
const points = (x) => (100 * x).toFixed(1);
const lineOf = ({ length, kind, seeds, items, n, share, ci95, gain, half_width, detectable, p_below_005 }) =>
  `${length.padEnd(6)}${kind.padEnd(9)} ${seeds} seeds ${String(items).padStart(3)} items: ${percent(share).padStart(7)} of ${n} (${percent(ci95[0])} to ${percent(ci95[1])}), p < 0.05 ${percent(p_below_005)}, gain ${points(gain)} ± ${points(half_width)}, detectable ${points(detectable)}`;

const lengthWords = { short: "half trained", long: "trained to the end" };
const kindWords = {
  null: "**Both the same** (false alarms: positive or negative)",
  negative: "**Built to hurt** (found: negative)",
  positive: "**Built to help** (found: positive)",
};

function document({ repeats, trainings, minutes }, kept, cells) {
  const of = (kind, seeds) => cells.filter((one) => one.kind === kind && one.seeds === seeds);
  const worst = [3, 5].flatMap((seeds) => of("null", seeds));
  const all = {
    wanted: worst.reduce((sum, one) => sum + one.wanted, 0),
    n: worst.reduce((sum, one) => sum + one.n, 0),
  };
  const scatter = Object.entries(kept).map(
    ([length, all]) => `${lengthWords[length]} ${points(scatterOf(all))} points`,
  );
  const rows = (kind) =>
    seedCounts.flatMap((seeds) =>
      Object.keys(kept).flatMap((length) => {
        const its = of(kind, seeds).filter((one) => one.length === length);
        const { accuracy, n } = its.at(-1);
        return `| ${seeds} | ${lengthWords[length]} | ${percent(accuracy.transfer)} / ${percent(accuracy.scratch)} | ${its
          .map((one) => `${percent(one.share)} (${percent(one.ci95[0])} to ${percent(one.ci95[1])})`)
          .join(
            " | ",
          )} | ${its.map((one) => points(one.half_width)).join(" / ")} | ${its.map((one) => points(one.detectable)).join(" / ")} | ${n} |`;
      }),
    );
  return `# Is the verdict right?

Written by \`npm run bench -- verdict\`: real trainings of a tenth of a second, no simulated numbers. A small convolutional network learns
the direction of stripes from 64 pictures of 16 × 16, either half trained (24 epochs), where the seed decides a lot, or trained to the end (40). A
repeat draws new pictures and trains five seeds from each start: from scratch; from other draws of the same initialiser (both sides are
then the same distribution, and every verdict but neutral and inconclusive is a false alarm); with the first convolution of a network that was
pretrained on stripes turned by a quarter of a class (helps); with biases so far down that few units answer (hurts). Fewer seeds
and items are the first of them, so that the numbers of a row are of the same trainings. Both sides have the same recipe, one run each.

${repeats} repeats, ${trainings} trainings, ${minutes.toFixed(0)} minutes by the clock of a busy machine. With 3 and 5 seeds ${all.wanted} of ${all.n} verdicts on sides that are the same were
false alarms: ${percent(all.wanted / all.n)}; 5 % are allowed.${repeats < wanted ? ` **Not all yet: ${wanted} repeats are wanted.** The command goes on with those that are kept in \`.cache/bench/verdict\`.` : ""}

Shares with 95 % intervals (Wilson), by test items; the half width of the verdict's interval and the smallest detectable gain are means, in points.

${cases
  .map(
    (kind) => `${kindWords[kind]}

| seeds | trainings | accuracy of it / from scratch | 50 items | 150 items | 400 items | ± at 50 / 150 / 400 | detectable | repeats |
|---|---|---|---|---|---|---|---|---|
${rows(kind).join("\n")}
`,
  )
  .join("\n")}
Of one seed the scatter of trainings is assumed, not measured: 7 points. Here the difference of two trainings scatters, as the standard
deviation over seeds: ${scatter.join(", ")}. Where trainings scatter more than is assumed, one seed gives more false alarms than 5 %: use \`--seeds 3\`.
`;
}

/** Of the difference of two trainings that are the same but for their seeds, on 400 items. */
function scatterOf(repeats) {
  const variances = repeats.map(({ answers }) => {
    const gains = answers.null.map((bits, k) => shareOf(bits) - shareOf(answers.scratch[k]));
    const mean = gains.reduce((sum, g) => sum + g, 0) / gains.length;
    return gains.reduce((sum, g) => sum + (g - mean) ** 2, 0) / (gains.length - 1);
  });
  return Math.sqrt(variances.reduce((sum, v) => sum + v, 0) / variances.length);
}

const shareOf = (bits) => Array.from(bits).filter((c) => c === "1").length / bits.length;

// Counts the verdicts of all trainings.
import { compareTrainings } from "../dist/evidence/index.js";
import { wilsonInterval } from "../dist/statistics/index.js";

const cases = ["null", "negative", "positive"];
const [itemCounts, seedCounts] = [
  [50, 150, 400],
  [1, 3, 5],
];

/** @param kept stored results by length: [{ repeat, seconds, answers }] */
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
}

const bitsOf = (text, items) => Array.from(text.slice(0, items), Number);

function cell(length, kind, seeds, items, all) {
  const repeats = all.filter(({ answers }) => answers[kind]);
  const counts = { positive: 0, negative: 0, neutral: 0, inconclusive: 0 };
  let [small, width, gain] = [0, 0, 0];
  const accuracy = { transfer: 0, scratch: 0 };
  for (const { answers } of repeats) {
    const side = (name) => answers[name].slice(0, seeds).map((bits) => bitsOf(bits, items));
    const [a, b] = [side(kind), side("scratch")];
    const found = compareTrainings({ a, b });
    counts[found.transfer]++;
    if (found.p < 0.05) small++;
    width += (found.ci95[1] - found.ci95[0]) / 2 / repeats.length;
    gain += found.gain / repeats.length;
    const mean = (scores) => scores.flat().filter(Boolean).length / scores.flat().length;
    accuracy.transfer += mean(a) / repeats.length;
    accuracy.scratch += mean(b) / repeats.length;
  }
  const n = repeats.length;
  const wanted = kind === "null" ? counts.positive + counts.negative : counts[kind];
  return {
    ...{ length, kind, seeds, items, n, counts, wanted, share: wanted / n, ci95: wilsonInterval(wanted, n) },
    ...{ p_below_005: small / n, gain, half_width: width, accuracy },
  };
}

const percent = (x) => `${(100 * x).toFixed(1)} %`;
const points = (x) => (100 * x).toFixed(1);
const lineOf = ({ length, kind, seeds, items, n, share, ci95, gain, half_width, p_below_005 }) =>
  `${length.padEnd(6)}${kind.padEnd(9)} ${seeds} seeds ${String(items).padStart(3)} items: ${percent(share).padStart(7)} of ${n} (${percent(ci95[0])} to ${percent(ci95[1])}), p < 0.05 ${percent(p_below_005)}, gain ${points(gain)} ± ${points(half_width)}`;

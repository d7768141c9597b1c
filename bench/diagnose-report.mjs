// Writes docs/diagnose.md and docs/diagnose.json from the results of all trainings.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isHarmful } from "../dist/core/results/diagnosis.js";
import { wilsonInterval } from "../dist/evaluate/index.js";
import { diagnoseLayers } from "../dist/evidence/diagnose-layers.js";
import { compareTrainings } from "../dist/evidence/index.js";
import { holm } from "../dist/statistics/index.js";
import { document } from "./diagnose-page.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
/** Fewest repeats with which docs/diagnose.md is written. */
const fewest = 10;
const [itemCounts, seedCounts] = [
  [100, 200],
  [3, 5],
];
const groups = [1, 2, 3, 4].map((group) => ({ group, parameters: 0, from: "", to: "" }));
/** Trainings per seed: all initialisations; and for each of four spoiled groups the four that keep it. */
const trainingsOf = { null: 8, pretrained: 8 + 4 * 4 };
const sides = ["from_output", "from_input"];

/** @param kept [{ repeat, seed, seconds, answers: { case: { variant: bits } } }] */
export function report(kept, { json, smallest }) {
  const cells = seedCounts.flatMap((seeds) => itemCounts.map((items) => cellOf(kept, seeds, items)));
  const facts = {
    repeats: new Set(kept.map(({ repeat }) => repeat)).size,
    trainings: kept.reduce((n, { base }) => n + trainingsOf[base], 0),
    minutes: kept.reduce((n, { seconds }) => n + seconds, 0) / 60,
  };
  if (json) console.log(JSON.stringify({ ...facts, cells }));
  const page = document(facts, cells);
  if (!json) console.log(page);
  if (smallest) return;
  const n = cells[0].null.n;
  if (n < fewest) {
    process.stderr.write(`${n} repeats are fewer than ${fewest}: docs/diagnose.md is not written\n`);
    return;
  }
  writeFileSync(at("../docs/diagnose.json"), `${JSON.stringify({ ...facts, cells }, null, 1)}\n`);
  writeFileSync(at("../docs/diagnose.md"), page);
}

/** Counts for a number of seeds and items. */
function cellOf(kept, seeds, items) {
  const of = (name) => diagnosesOf(kept, name, seeds, items);
  const spoiled = groups.map(({ group }) => spoiledOf(of(`spoiled ${group}`), group));
  const innocent = spoiled.reduce((sum, { blamed }) => sum + blamed.count, 0);
  const before = spoiled.reduce((sum, { blamed_before }) => sum + blamed_before.count, 0);
  const n = spoiled.reduce((sum, one) => sum + one.n, 0);
  return {
    ...{ seeds, items, null: nullOf(of("null")), good: goodOf(of("good")), spoiled },
    blamed: shareOf(innocent, n),
    blamed_before: shareOf(before, n),
  };
}

/** Returns the diagnoses of a case, one for each repeat that has all seeds. */
function diagnosesOf(kept, name, seeds, items) {
  const those = kept.filter(({ answers, seed }) => answers[name] && seed < seeds);
  const repeats = [...new Set(those.map(({ repeat }) => repeat))].sort((a, b) => a - b);
  return repeats
    .map((repeat) => those.filter((one) => one.repeat === repeat).sort((a, b) => a.seed - b.seed))
    .filter((all) => all.length === seeds)
    .map((sorted) => {
      const variants = Object.keys(sorted[0].answers[name]).map((key) => {
        const [side, fresh] = key.split(" ");
        const correct = sorted.map(({ answers }) =>
          Array.from(answers[name][key].slice(0, items), (c) => c === "1"),
        );
        return { side, groups: Number(fresh), correct };
      });
      return { ...diagnoseLayers(variants, groups), alone: foundAlone(variants) };
    });
}

/** Returns whether each of the nine comparisons would be significant by its own seeds alone, as in a verdict. */
function foundAlone(variants) {
  const of = groups.length;
  const answers = (side, fresh) =>
    variants.find((one) => one.groups === fresh && (one.side === side || fresh === 0 || fresh === of))
      .correct;
  const pairs = [
    ...groups.map((_, i) => [answers("output", of - 1 - i), answers("output", of - i)]),
    ...groups.map((_, i) => [answers("input", i), answers("input", i + 1)]),
    [answers("output", 0), answers("output", of)],
  ];
  const scores = (correct) => correct.map((items) => items.map(Number));
  const own = pairs.map(([a, b]) => compareTrainings({ a: scores(a), b: scores(b) }));
  return holm(own.map(({ p }) => p ?? 1)).map((p) => p < 0.05);
}

const shareOf = (count, n) => ({
  count,
  n,
  share: count / n,
  ci95: n > 0 ? wilsonInterval(count, n) : [0, 1],
});
const share = (diagnoses, is) => shareOf(diagnoses.filter(is).length, diagnoses.length);
const isFound = ({ finding }) => finding === "helps" || finding === "hurts";
const isHurt = ({ finding }) => finding === "hurts";
const worthsOf = ({ groups: its, all }) => [...its.flatMap((g) => sides.map((side) => g[side])), all];
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const gainsOf = (diagnoses, g) =>
  Object.fromEntries(sides.map((side) => [side, mean(diagnoses.map((d) => d.groups[g][side].gain))]));
const half = ({ ci95 }) => (ci95[1] - ci95[0]) / 2;

/** Case "null": every finding is a false alarm. */
function nullOf(diagnoses) {
  const worths = diagnoses.flatMap(worthsOf);
  return {
    n: diagnoses.length,
    any: share(diagnoses, (one) => worthsOf(one).some(isFound)),
    any_alone: share(diagnoses, ({ alone }) => alone.some(Boolean)),
    accused: share(diagnoses, (one) => worthsOf(one).some(isHurt)),
    comparisons: share(worths, isFound),
    /**
     * Before Holm's correction, one comparison at a time: 5 % if p is right; and at Holm's first threshold with nine
     * comparisons.
     */
    p_below_005: share(worths, ({ p }) => p < 0.05),
    p_below_ninth: share(worths, ({ p }) => p < 0.05 / 9),
    half_width: mean(worths.map(half)),
  };
}

/** Case "good": nothing is spoiled. */
function goodOf(diagnoses) {
  return {
    n: diagnoses.length,
    all: share(diagnoses, ({ all }) => all.finding === "helps"),
    all_alone: share(diagnoses, ({ alone }) => alone.at(-1)),
    all_gain: mean(diagnoses.map(({ all }) => all.gain)),
    blamed: share(diagnoses, ({ groups: its }) => its.some((g) => sides.some((side) => isHarmful(g[side])))),
    groups: groups.map(({ group }, g) => ({
      group,
      gains: gainsOf(diagnoses, g),
      helps: Object.fromEntries(
        sides.map((side) => [side, share(diagnoses, (d) => d.groups[g][side].finding === "helps")]),
      ),
      hurts: Object.fromEntries(
        sides.map((side) => [side, share(diagnoses, (d) => isHurt(d.groups[g][side]))]),
      ),
    })),
  };
}

/** Case with one spoiled group: is it found, and is another group blamed? */
function spoiledOf(diagnoses, group) {
  const g = group - 1;
  const sum = (one) => sides.reduce((total, side) => total + one[side].gain, 0);
  const others = (d) => d.groups.filter((one) => one.group !== group);
  return {
    ...{ group, n: diagnoses.length, gains: diagnoses.length > 0 && gainsOf(diagnoses, g) },
    ...Object.fromEntries(sides.map((side) => [side, share(diagnoses, (d) => isHurt(d.groups[g][side]))])),
    found: share(diagnoses, (d) => sides.some((side) => isHarmful(d.groups[g][side]))),
    lowest: share(diagnoses, (d) => others(d).every((one) => sum(one) > sum(d.groups[g]))),
    blamed: share(diagnoses, (d) => others(d).some((one) => sides.some((side) => isHarmful(one[side])))),
    /** Result without the rule about losses that a worse group explains. */
    blamed_before: share(diagnoses, (d) => others(d).some((one) => sides.some((side) => isHurt(one[side])))),
    by: groups
      .filter((one) => one.group !== group)
      .map((one) => ({
        group: one.group,
        ...Object.fromEntries(
          sides.map((side) => [side, diagnoses.filter((d) => isHurt(d.groups[one.group - 1][side])).length]),
        ),
      })),
  };
}

// Do the scores of `engraft rank` predict fine-tuning? Six bases on six small sets: docs/ranking.json, one row per base
// and set, with the scores and the accuracy of a probe and a short fine-tuning.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rank, train } from "../../dist/index.js";
import { rankingBases } from "./ranking-bases.mjs";
import { listOf } from "./subsets.mjs";

/** Training images per class; 5 more per class choose the epoch. Small enough for an hour on one core. */
const sets = {
  usps: 10,
  demo: 20,
  mnist_m: 10,
  hymenoptera: 20,
  cifar10_subset: 10,
  catdog: 20,
};
const epochs = 4;
const most = 200;

const round = (x) => (x === null ? null : Number(x.toPrecision(6)));

/** Measures missing rows; each is written at once. @param onRow called after each, with all rows */
export async function measureRanking({ folder, cache, file, only, threads, onRow }) {
  mkdirSync(cache, { recursive: true });
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const keep = () => {
    writeFileSync(`${file}.tmp`, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
    renameSync(`${file}.tmp`, file);
    onRow?.(rows);
  };
  const bases = await rankingBases(folder, cache, threads);
  for (const [base, options] of Object.entries(bases))
    for (const [set, shots] of Object.entries(sets)) {
      if (!`${base}/${set}`.includes(only) || rows.some((r) => r.base === base && r.set === set)) continue;
      const list = await listOf(folder, cache, set, { seed: 0, train: shots, validation: 5, most });
      const common = { ...options, ...(threads && { threads }) };
      const out = join(cache, "ranking-run");
      const result = async (strategy, more) => {
        rmSync(out, { recursive: true, force: true });
        const { test, split } = await train(list, { ...common, strategy, ...more, out });
        return { test, split };
      };
      const { base: ref, ...preprocessing } = common;
      const ranked = await rank(list, { ...preprocessing, bases: [ref] });
      const probe = await result("probe");
      const cpu = process.cpuUsage();
      const tuned = await result("finetune", { epochs });
      const { user, system } = process.cpuUsage(cpu);
      rows.push({
        base,
        set,
        train: tuned.split.train,
        n: tuned.test.n,
        probe: round(probe.test.accuracy),
        finetune: round(tuned.test.accuracy),
        right: tuned.test.scores.values.join(""),
        scores: Object.fromEntries(
          Object.entries(ranked.bases[0].scores).map(([name, { value }]) => [name, round(value)]),
        ),
        cpu_seconds: Math.round((user + system) / 1e5) / 10,
      });
      const { right: _right, ...told } = rows.at(-1);
      console.log(JSON.stringify(told));
      keep();
    }
  return rows;
}

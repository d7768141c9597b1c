// Does `engraft diagnose` find exactly the layers that hurt? Repeated tiny trainings with a worthless base, a good one,
// and good ones with one spoiled group of layers. Trainings are stored in .cache/bench/diagnose, and a stopped bench
// resumes; docs/diagnose.md is written from all of them.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { report } from "./diagnose-report.mjs";
import { openTrainings } from "./diagnose-trainings.mjs";
import { inKeptFolder } from "./kept-folder.mjs";

export const bench = {
  about: "docs/diagnose.md anew: false alarms and power of diagnose, on real tiny trainings",
  needs: [],
  options: {
    repeats: { type: "number", default: 30, about: "repeats of each case" },
    from: { type: "number", default: 1, about: "the first of them, so that two calls can share the work" },
    kept: { type: "boolean", about: "train nothing: write the document from the trainings that are kept" },
  },
  smallest: { repeats: 1 },
};

/** Order of the trainings: first the product's default of three seeds, then two more, the null case first. */
const blocks = [
  { seeds: [0, 1, 2], bases: ["null", "pretrained"] },
  { seeds: [3, 4], bases: ["null"] },
  { seeds: [3, 4], bases: ["pretrained"] },
];

export async function main(options) {
  await inKeptFolder("diagnose", options, async (folder) => {
    const file = join(folder, "trainings.jsonl");
    if (!options.kept) await train(file, options);
    report(kept(file), options);
  });
}

const keyOf = ({ repeat, seed, base }) => `${repeat} ${seed} ${base}`;

/**
 * Stored results, one line per base of a seed of a repeat: { repeat, seed, base, seconds, answers: { case: { variant:
 * bits } } }.
 */
function kept(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // A line cut off by a stop is trained again.
  const all = lines.slice(0, -1).map((line) => JSON.parse(line));
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

async function train(file, { repeats, from, smallest }) {
  const trainings = await openTrainings(smallest ? { epochs: { training: 1, pretraining: 1 } } : {});
  const numbers = Array.from({ length: Math.max(0, repeats - from + 1) }, (_, i) => from + i);
  const jobs = blocks
    .slice(0, smallest ? 1 : blocks.length)
    .flatMap(({ seeds, bases }) =>
      numbers.flatMap((repeat) => seeds.flatMap((seed) => bases.map((base) => ({ repeat, seed, base })))),
    );
  for (const job of jobs) {
    if (kept(file).some((one) => keyOf(one) === keyOf(job))) continue;
    const begin = performance.now();
    const answers = await trainings.once(job);
    const seconds = (performance.now() - begin) / 1000;
    appendFileSync(file, `${JSON.stringify({ ...job, seconds, answers })}\n`);
    process.stderr.write(
      `${job.repeat} / ${repeats}, seed ${job.seed}, ${job.base}: ${seconds.toFixed(1)} s\n`,
    );
  }
  await trainings.close();
}

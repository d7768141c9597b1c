// Does `engraft diagnose` find exactly the layers that hurt? Repeated tiny trainings with a worthless base, a good one,
// and good ones with one spoiled group of layers. Trainings are stored in .cache/bench/diagnose, and a stopped bench
// resumes; docs/diagnose.md is written from all of them.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readOptions } from "./measure.mjs";

const table = {
  repeats: { type: "number", default: 30, about: "repeats of each case" },
  from: { type: "number", default: 1, about: "the first of them, so that two calls can share the work" },
  kept: { type: "boolean", about: "train nothing: write the document from the trainings that are kept" },
};
/** Order of the trainings: first the product's default of three seeds, then two more, the null case first. */
const blocks = [
  { seeds: [0, 1, 2], bases: ["null", "pretrained"] },
  { seeds: [3, 4], bases: ["null"] },
  { seeds: [3, 4], bases: ["pretrained"] },
];
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = at("../.cache/bench/diagnose");
const file = `${folder}/trainings.jsonl`;

export async function main(args) {
  const options = readOptions(args, "diagnose", table);
  mkdirSync(folder, { recursive: true });
  if (!options.kept) await train(options);
  const { report } = await import("./diagnose-report.mjs");
  report(kept(), options);
}

const keyOf = ({ repeat, seed, base }) => `${repeat} ${seed} ${base}`;

/**
 * Stored results, one line per base of a seed of a repeat: { repeat, seed, base, seconds, answers: { case: { variant:
 * bits } } }.
 */
function kept() {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // A line cut off by a stop is trained again.
  const all = lines.slice(0, -1).map((line) => JSON.parse(line));
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

async function train({ repeats, from }) {
  const { openTrainings } = await import("./diagnose-trainings.mjs");
  const trainings = await openTrainings();
  const numbers = Array.from({ length: Math.max(0, repeats - from + 1) }, (_, i) => from + i);
  const jobs = blocks.flatMap(({ seeds, bases }) =>
    numbers.flatMap((repeat) => seeds.flatMap((seed) => bases.map((base) => ({ repeat, seed, base })))),
  );
  for (const job of jobs) {
    if (kept().some((one) => keyOf(one) === keyOf(job))) continue;
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

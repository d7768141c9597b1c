// How often the verdict is right, measured on repeated tiny trainings. In one case both sides are equal, in one transfer hurts, in one it
// helps. The page counts false alarms and real differences that were found.
// Finished trainings are saved in .cache/bench/verdict; a restarted bench resumes with them.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readOptions } from "./measure.mjs";

const table = {
  repeats: { type: "number", default: 100, about: "repeats of each length" },
  kept: { type: "boolean", about: "train nothing: count the trainings that are kept" },
};
/** Epochs of pretraining and training: short ones depend strongly on the seed, long ones little. */
const lengths = { short: 24, long: 40 };
const seeds = 5;
/** False alarms are rare, so they need most repeats; this number suffices for the other cases. */
const ofEveryKind = 34;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = at("../.cache/bench/verdict");
const fileOf = (length) => `${folder}/${length}.jsonl`;

export async function main(args) {
  const options = readOptions(args, "verdict", table);
  mkdirSync(folder, { recursive: true });
  if (!options.kept) await train(options.repeats);
  const { report } = await import("./verdict-report.mjs");
  report(Object.fromEntries(Object.keys(lengths).map((length) => [length, kept(length)])), options);
}

/** Stored repeats: { repeat, seconds, answers: { kind: [bits of each seed] } }. */
function kept(length) {
  if (!existsSync(fileOf(length))) return [];
  const lines = readFileSync(fileOf(length), "utf8").split("\n");
  // A line cut off by a stop is trained again.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

async function train(repeats) {
  const { openTrainings } = await import("./verdict-trainings.mjs");
  const open = {};
  for (const [length, epochs] of Object.entries(lengths))
    open[length] = await openTrainings({ seeds, epochs });
  const done = Object.fromEntries(
    Object.keys(lengths).map((length) => [length, new Set(kept(length).map((one) => one.repeat))]),
  );
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [length, trainings] of Object.entries(open)) {
      if (done[length].has(repeat)) continue;
      const begin = performance.now();
      const answers = await trainings.repeat(
        repeat,
        repeat < ofEveryKind ? ["scratch", "null", "positive", "negative"] : ["scratch", "null"],
      );
      const seconds = (performance.now() - begin) / 1000;
      const bits = Object.fromEntries(
        Object.entries(answers).map(([kind, of]) => [kind, of.map((right) => right.map(Number).join(""))]),
      );
      appendFileSync(fileOf(length), `${JSON.stringify({ repeat, seconds, answers: bits })}\n`);
      process.stderr.write(`${length} ${repeat + 1} / ${repeats}: ${seconds.toFixed(1)} s\n`);
    }
  }
  for (const trainings of Object.values(open)) await trainings.close();
}

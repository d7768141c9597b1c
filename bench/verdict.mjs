// How often the verdict is right, measured on repeated tiny trainings. In one case both sides are equal, in one transfer hurts, in one it
// helps. The page counts false alarms and real differences that were found.
// Finished trainings are saved in .cache/bench/verdict; a restarted bench resumes with them.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inKeptFolder } from "./kept-folder.mjs";
import { report } from "./verdict-report.mjs";
import { openTrainings } from "./verdict-trainings.mjs";

export const bench = {
  about: "false alarms and power of the verdict, on real tiny trainings",
  needs: [],
  options: {
    repeats: { type: "number", default: 100, about: "repeats of each length" },
    kept: { type: "boolean", about: "train nothing: count the trainings that are kept" },
  },
  smallest: { repeats: 1 },
};

/** Epochs of pretraining and training: short ones depend strongly on the seed, long ones little. */
const lengths = { short: 24, long: 40 };
/** False alarms are rare, so they need most repeats; this number suffices for the other cases. */
const ofEveryKind = 34;
const fileOf = (folder, length) => join(folder, `${length}.jsonl`);

export async function main(options) {
  await inKeptFolder("verdict", options, async (folder) => {
    if (!options.kept) await train(folder, options);
    const all = Object.keys(lengths).map((length) => [length, kept(folder, length)]);
    report(Object.fromEntries(all), options);
  });
}

/** Stored repeats: { repeat, seconds, answers: { kind: [bits of each seed] } }. */
function kept(folder, length) {
  const file = fileOf(folder, length);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // A line cut off by a stop is trained again.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

async function train(folder, { repeats, smallest }) {
  const seeds = smallest ? 1 : 5;
  const open = {};
  for (const [length, epochs] of Object.entries(lengths))
    open[length] = await openTrainings({ seeds, epochs: smallest ? 1 : epochs });
  const done = Object.fromEntries(
    Object.keys(lengths).map((length) => [length, new Set(kept(folder, length).map((one) => one.repeat))]),
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
      appendFileSync(fileOf(folder, length), `${JSON.stringify({ repeat, seconds, answers: bits })}\n`);
      process.stderr.write(`${length} ${repeat + 1} / ${repeats}: ${seconds.toFixed(1)} s\n`);
    }
  }
  for (const trainings of Object.values(open)) await trainings.close();
}

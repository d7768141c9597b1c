// Measures `audio-mini`: the default run on spoken digits, environmental sounds and commands, beside the log-mel statistics and the same
// network from scratch. Writes assets/audio-mini/transfer.json; resumes after a stop.
//
//   node scripts/build.mjs && node scripts/audio-mini/measure.mjs DATA [--only SET] [--clips N] [--draws N]
//
// DATA holds audio_digits (one speaker is left out), audio_esc10 (its five folds) and audio_commands (its own split). Each fold is tested
// once in each draw. --clips N takes N training clips of each class, trains the network from scratch too, and tests one fold in each draw,
// in turns.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { permutation } from "../../dist/core/random.js";
import { train } from "../../dist/index.js";
import { metadataRows } from "../measure/metadata-rows.mjs";
import { meanInterval } from "../measure/statistics.mjs";
import { startProgram } from "../start-program.mjs";

const { values, positionals } = startProgram(import.meta.url, {
  takes: "DATA",
  needs: ["data"],
  options: {
    only: { type: "string", about: "only this set" },
    clips: { type: "number", about: "training clips of each class (default all)" },
    draws: { type: "number", default: 1, about: "draws of the training clips" },
  },
});
const [data] = positionals;
const { clips } = values;

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../assets/audio-mini");
const { sha256 } = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8"));
const file = join(folder, "transfer.json");
const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
// Figures of other weights do not count.
const table = before?.sha256 === sha256 ? before : { sha256, runs: [] };

/** The test folds of a set, and what keeps clips together. */
const sets = {
  audio_digits: { fold: "speaker", group: "speaker" },
  audio_esc10: { fold: "fold", group: "freesound_id" },
  audio_commands: { fold: "split", group: "speaker" },
};

/** Returns the rows with their split. Of the speakers of digits, the next one validates. */
function divided(set, rows, folds, at) {
  const { fold } = sets[set];
  if (set === "audio_commands") return rows.map((row) => ({ ...row, part: row.split }));
  const held = set === "audio_digits" ? folds[(at + 1) % folds.length] : undefined;
  const partOf = (name) => (name === folds[at] ? "test" : name === held ? "validation" : "train");
  return rows.map((row) => ({ ...row, part: partOf(row[fold]) }));
}

/** Returns the rows with at most `clips` training clips of each class. */
function few(rows, seed) {
  if (clips === undefined) return rows;
  const counts = new Map();
  const kept = new Set(
    permutation(rows.length, seed, "training clips").filter((i) => {
      const { part, label } = rows[i];
      if (part !== "train") return true;
      counts.set(label, (counts.get(label) ?? 0) + 1);
      return counts.get(label) <= clips;
    }),
  );
  return rows.filter((_, i) => kept.has(i));
}

const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
function save() {
  const groups = new Map();
  for (const run of table.runs) {
    const key = `${run.set} ${run.clips ?? "all"}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  table.rows = [...groups.values()].map((runs) => ({
    ...{ set: runs[0].set, clips: runs[0].clips, runs: runs.length, own: mean(runs.map((r) => r.own)) },
    log_mel: mean(runs.map((r) => r.log_mel)),
    ...(runs.every((r) => r.scratch !== undefined) && {
      scratch: mean(runs.map((r) => r.scratch)),
      ships_scratch: runs.filter((r) => r.ships === "scratch").length,
      gain: meanInterval(runs.map((r) => r.own - r.scratch)),
    }),
  }));
  writeFileSync(file, `${JSON.stringify(table, undefined, 1)}\n`);
}

for (const set of Object.keys(sets)) {
  if (values.only !== undefined && values.only !== set) continue;
  const rows = metadataRows(join(data, set));
  const folds = set === "audio_commands" ? ["test"] : [...new Set(rows.map((r) => r[sets[set].fold]))].sort();
  for (let seed = 0; seed < values.draws; seed++)
    for (const [at, fold] of folds.entries()) {
      if (clips !== undefined && at !== seed % folds.length) continue;
      const known = (r) => r.set === set && r.clips === clips && r.fold === fold && r.seed === seed;
      if (table.runs.some(known)) continue;
      const out = mkdtempSync(join(tmpdir(), "engraft-measure-"));
      const used = few(divided(set, rows, folds, at), seed);
      const line = (r) => [join(data, set, r.file_name), r.label, r[sets[set].group], r.part].join(",");
      writeFileSync(join(out, "clips.csv"), ["audio,label,group,split", ...used.map(line)].join("\n"));
      const result = await train(join(out, "clips.csv"), {
        ...{ groupFrom: "group", seed, threads: 1, baselines: true, seeds: 1, out: join(out, "run") },
        ...(clips === undefined && { scratchSteps: 1 }),
      });
      const { log_mel, scratch } = result.baselines;
      // The run may ship the model from scratch. The table is about the base.
      const ships = result.safe?.kept === "scratch";
      const own = ships ? result.safe.other : result.test.accuracy;
      table.runs.push({
        ...{ set, fold, seed, ...(clips !== undefined && { clips }), strategy: result.strategy.name },
        ...{ n: result.test.n, own, ...(ships && { ships: "scratch" }), log_mel: log_mel.test.accuracy },
        ...(clips !== undefined && { scratch: scratch.test.accuracy }),
      });
      rmSync(out, { recursive: true, force: true });
      save();
      console.log(JSON.stringify(table.runs.at(-1)));
    }
}

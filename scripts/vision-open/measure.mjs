// Measures linear probes on few labels, with the engine's own probe: `vision-open` beside `vision-mini` and the
// teacher, on the same draws. Writes assets/vision-open/transfer.json; resumes after a stop.
//
//   node scripts/build.mjs && node scripts/vision-open/measure.mjs FOLDER TEACHER [--draws 5] [--base DIR] [--out FILE]
//
// FOLDER holds hymenoptera, catdog and cifar10_subset (see their own SOURCE files); TEACHER is its ONNX file.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { openData, train } from "../../dist/index.js";
import { draw } from "../measure/draws.mjs";
import { startProgram } from "../start-program.mjs";
import { network } from "./student.mjs";

const assets = join(dirname(fileURLToPath(import.meta.url)), "../../assets/vision-open");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER TEACHER",
  needs: ["data", "models"],
  options: {
    draws: { type: "number", default: 5, about: "draws of the training pictures" },
    base: { type: "string", default: assets, about: "folder of the base" },
    out: { type: "string", default: join(assets, "transfer.json"), about: "file of the accuracies" },
    bases: { type: "string", default: "vision-open,vision-mini,teacher", about: "bases, with commas" },
    sets: { type: "string", default: "hymenoptera,catdog,cifar10_subset", about: "sets, with commas" },
  },
});
const [folder, teacher] = positionals;
const { sha256 } = JSON.parse(readFileSync(join(values.base, "facts.json"), "utf8"));
const size = JSON.parse(readFileSync(join(values.base, "preprocessor_config.json"), "utf8")).size.height;
/** The teacher's file takes 224 x 224 pixels only. */
const teacherFolder = mkdtempSync(join(tmpdir(), "engraft-teacher-"));
writeFileSync(join(teacherFolder, "model.onnx"), toOnnx(network(teacher, { size: [size, size] })));
copyFileSync(join(values.base, "preprocessor_config.json"), join(teacherFolder, "preprocessor_config.json"));
const bases = {
  "vision-open": { base: values.base },
  "vision-mini": { base: "vision-mini" },
  teacher: { base: teacherFolder },
};
const before = existsSync(values.out) ? JSON.parse(readFileSync(values.out, "utf8")) : undefined;
// Figures of other weights do not count.
const table = before?.sha256 === sha256 ? before : { sha256, validation: 10, runs: {} };

for (const name of values.sets.split(",")) {
  const dataset = await openData(join(folder, name));
  for (const perClass of [20, 5]) {
    for (const base of values.bases.split(",")) {
      const key = `${name} ${perClass} ${base}`;
      table.runs[key] ??= [];
      for (let seed = table.runs[key].length; seed < values.draws; seed++) {
        const out = mkdtempSync(join(tmpdir(), "engraft-measure-"));
        const data = draw(dataset, { seed, train: perClass, validation: table.validation });
        const options = { ...bases[base], strategy: "probe", baselines: false, seed, threads: 1 };
        const result = await train(data, { ...options, out: join(out, "run") });
        rmSync(out, { recursive: true, force: true });
        table.runs[key].push(result.test.accuracy);
        writeFileSync(values.out, `${JSON.stringify(table, undefined, 1)}\n`);
      }
      const mean = table.runs[key].reduce((a, b) => a + b, 0) / table.runs[key].length;
      console.log(key, mean.toFixed(3));
    }
  }
}
rmSync(teacherFolder, { recursive: true, force: true });

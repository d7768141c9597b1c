// Compares the probe with scikit-learn's logistic regression on the same features, with the strength chosen on
// validation in both: `node scripts/build.mjs && node scripts/against-pytorch/probe.mjs FOLDER` (FOLDER holds data/ and
// models/; needs Debian's python3-sklearn). Prints one line per base and set.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { wholeOf } from "../../dist/core/results/rows.js";
import { pictureInputs } from "../../dist/data/index.js";
import { applyHead, scoresOf } from "../../dist/evaluate/class-predictions.js";
import { defaultStrengths, fitProbe } from "../../dist/methods/index.js";
import { openMachine } from "../../dist/run/machine.js";
import { openBody, openData, openTrunk } from "../../dist/run/setup.js";
import { inParts, partOf } from "../../dist/train/features.js";
import { realBases } from "../measure/bases.mjs";
import { startProgram } from "../start-program.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { positionals } = startProgram(import.meta.url, {
  takes: "FOLDER [SET …]",
  needs: ["data", "models", "sklearn"],
});
const [folder, ...sets] = positionals;
const { platform, openRuntime } = await openMachine();
const runtime = await openRuntime({ threads: platform.cores() });
for (const set of sets.length > 0 ? sets : ["hymenoptera", "catdog"]) {
  const dataset = await openData(join(folder, "data", set));
  for (const [name, options] of Object.entries(realBases(folder))) {
    const opened = await openBody(options.base, options, platform);
    const inputs = pictureInputs(platform, opened.base.preprocessing, 0);
    const trunk = await openTrunk(opened, runtime, platform, {}, inputs);
    const ordered = inParts(dataset.items);
    const rows = await trunk.features(ordered, {});
    await trunk.close();
    const { width } = opened.body;
    const work = mkdtempSync(join(tmpdir(), "engraft-probe-"));
    const parts = {};
    for (const part of ["train", "validation", "test"]) {
      const own = partOf(ordered, part, rows);
      parts[part] = { ...own, labels: Int32Array.from(own.items, ({ label }) => label) };
      writeFileSync(join(work, `${part}.f32`), new Uint8Array(wholeOf(parts[part].features).slice().buffer));
      writeFileSync(join(work, `${part}.i32`), Buffer.from(parts[part].labels.buffer));
    }
    const classes = dataset.classes.length;
    writeFileSync(join(work, "shape.json"), JSON.stringify({ width, classes, strengths: defaultStrengths }));
    const ours = fitProbe({ train: parts.train, validation: parts.validation, dims: width, classes });
    const logits = applyHead(ours, parts.test.features);
    const items = parts.test.items.map((item) => item.id);
    const { accuracy } = scoresOf(dataset.classes, { logits, labels: parts.test.labels, items });
    const theirs = JSON.parse(
      execFileSync("/usr/bin/python3", [join(here, "probe.py"), work], { encoding: "utf8" }),
    );
    rmSync(work, { recursive: true });
    console.log(
      JSON.stringify({
        set,
        base: name,
        engraft: { strength: ours.strength, test_accuracy: accuracy, seconds: ours.seconds },
        sklearn: { strength: theirs.strength, test_accuracy: theirs.test_accuracy },
        difference: accuracy - theirs.test_accuracy,
      }),
    );
  }
}
await runtime.close();

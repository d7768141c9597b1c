// Compares `finetune` with the same recipe in PyTorch: same base, split, initial head, rates, schedule and steps, no
// augmentation; each with its own order of images. `node scripts/against-pytorch/finetune.mjs FOLDER [SET …]` (FOLDER
// holds data/ and models/; needs Debian's python3-torch) measures what is missing in docs/against-pytorch.json and
// writes docs/against-pytorch.md.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { headValues, withHead } from "../../dist/bases/heads.js";
import { withPixels } from "../../dist/bases/pixels.js";
import { wholeOf } from "../../dist/core/results/rows.js";
import { decodePixels } from "../../dist/data/images/decode.js";
import { pictureInputs } from "../../dist/data/index.js";
import { train } from "../../dist/index.js";
import { finetunePlan } from "../../dist/methods/finetune/finetune.js";
import { fitProbe } from "../../dist/methods/index.js";
import { openMachine } from "../../dist/run/machine.js";
import { openBody, openData, openTrunk } from "../../dist/run/setup.js";
import { inParts, partOf } from "../../dist/train/features.js";
import { writeAgainstPytorch } from "../measure/against-pytorch-page.mjs";
import { realBases } from "../measure/bases.mjs";
import { draw } from "../measure/draws.mjs";
import { startProgram } from "../start-program.mjs";
import { writeNetwork } from "./write-network.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const { positionals } = startProgram(import.meta.url, {
  takes: "FOLDER [SET …]",
  needs: ["data", "models", "torch"],
});
const [folder, ...asked] = positionals;
const sets = asked.length > 0 ? asked : ["hymenoptera", "catdog", "cifar10_subset"];
/** Images per class, drawn by the seed; the test split is complete. */
const drawn = { train: 25, validation: 10 };
const { "mobilenetv2-0.35": mobilenet } = realBases(folder);
const bases = { "vision-mini": { base: "vision-mini" }, "mobilenetv2-0.35": mobilenet };
const python = process.env.PYTHON ?? "/usr/bin/python3";

const file = join(root, "docs/against-pytorch.json");
const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const { platform, openRuntime } = await openMachine();
const runtime = await openRuntime({ threads: platform.cores() });
for (const [base, options] of Object.entries(bases)) {
  for (const set of sets) {
    for (const seed of [0, 1, 2]) {
      if (rows.some((r) => r.base === base && r.set === set && r.seed === seed)) continue;
      const data = draw(await openData(join(folder, "data", set)), { seed, ...drawn });
      rows.push({ base, set, seed, train: count(data, "train"), ...(await both(data, options, seed)) });
      console.log(JSON.stringify(rows.at(-1)));
      writeFileSync(file, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
      writeAgainstPytorch(root);
    }
  }
}
await runtime.close();
writeAgainstPytorch(root);

function count({ items }, part) {
  return items.filter((item) => item.part === part).length;
}

/** Test accuracy of both, from one initial head. */
async function both(data, options, seed) {
  const work = mkdtempSync(join(tmpdir(), "engraft-finetune-"));
  try {
    const ours = await train(data, {
      ...options,
      seed,
      strategy: "finetune",
      augment: "none",
      out: join(work, "run"),
    });
    const { shape } = await writeForPytorch(work, data, options);
    const theirs = JSON.parse(
      execFileSync(python, [join(here, "finetune.py"), work, String(seed)], { encoding: "utf8" }),
    );
    return {
      test: count(data, "test"),
      epochs: shape.epochs,
      batch: shape.batch,
      engraft: { accuracy: ours.test.accuracy, best_epoch: ours.best_epoch, seconds: ours.seconds.training },
      pytorch: theirs,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes the network with its head and preprocessing, the images and the plan as files for PyTorch. */
async function writeForPytorch(work, data, options) {
  const opened = await openBody(options.base, options, platform);
  const { body, base } = opened;
  const inputs = pictureInputs(platform, opened.base.preprocessing, 0);
  const trunk = await openTrunk(opened, runtime, platform, {}, inputs);
  const ordered = inParts(data.items);
  const features = await trunk.features(ordered, {});
  await trunk.close();
  const parts = {};
  for (const part of ["train", "validation", "test"]) {
    const own = partOf(ordered, part, features);
    parts[part] = { ...own, labels: Int32Array.from(own.items, ({ label }) => label) };
    parts[part] = { ...parts[part], features: wholeOf(parts[part].features) };
  }
  const classes = data.classes.length;
  const probe = fitProbe({ train: parts.train, validation: parts.validation, dims: body.width, classes });
  const model = withPixels(withHead(body, classes, probe), base.preprocessing);
  const plan = finetunePlan(model, { examples: parts.train.labels.length });
  const shape = writeNetwork(work, model, plan, { classes, head: headValues });
  const { height, width } = base.preprocessing;
  for (const [part, { items, labels }] of Object.entries(parts)) {
    const pixels = [];
    for (const item of items) pixels.push((await decodePixels(item.path, { height, width }, platform)).data);
    writeFileSync(join(work, `${part}.u8`), Buffer.concat(pixels));
    writeFileSync(join(work, `${part}.i32`), Buffer.from(labels.buffer));
  }
  writeFileSync(join(work, "picture.json"), JSON.stringify({ height, width }));
  return { shape };
}

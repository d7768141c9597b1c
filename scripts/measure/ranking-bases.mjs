// The six bases whose ranking is checked: three real ones, the bundled one, the same network with random weights as a
// control, and the same network trained only on digits.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromOnnx, toOnnx } from "../../dist/graph/index.js";
import { train } from "../../dist/index.js";
import { freshWeights } from "../../dist/train/initialize.js";
import { realBases } from "./bases.mjs";
import { listOf } from "./subsets.mjs";

const bundled = fileURLToPath(new URL("../../assets/vision-mini", import.meta.url));

/** name -> options of `train` */
export async function rankingBases(folder, cache, threads) {
  const random = join(cache, "bases/random");
  if (!existsSync(random)) {
    const half = `${random}.half`;
    cpSync(bundled, half, { recursive: true });
    const file = join(
      half,
      "onnx",
      readdirSync(join(half, "onnx")).find((name) => name.endsWith(".onnx")),
    );
    const { graph } = fromOnnx(readFileSync(file));
    for (const [value, tensor] of freshWeights(graph, 0)) graph.initializers.set(value, tensor);
    writeFileSync(file, toOnnx(graph));
    renameSync(half, random);
  }
  const digits = join(cache, "bases/digits");
  if (!existsSync(digits)) {
    const list = await listOf(folder, cache, "mnist", { seed: 0, train: 100, validation: 10, most: 100 });
    const run = join(cache, "bases/digits-run");
    rmSync(run, { recursive: true, force: true });
    mkdirSync(join(cache, "bases"), { recursive: true });
    const { model } = await train(list, {
      base: random,
      strategy: "full",
      batchNorm: "train",
      lr: 2e-3,
      epochs: 6,
      ...(threads && { threads }),
      out: run,
    });
    renameSync(model, digits);
  }
  return {
    random: { base: random },
    digits: { base: digits },
    "vision-mini": { base: "vision-mini" },
    ...realBases(folder),
  };
}

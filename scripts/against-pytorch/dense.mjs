// Compares the training of boxes and of masks with the same recipe in PyTorch, step by step: same network, start weights, pictures and
// targets. `node scripts/against-pytorch/dense.mjs [STEPS]` (needs Debian's python3-torch and python3-torchvision) prints the losses on
// the bundled demo sets, and the largest relative differences to PyTorch in float64: of Engraft, and of PyTorch in float32. AdamW turns
// roundings into whole updates where a gradient is near 0, so both grow with the steps.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { denseTraining } from "../measure/dense-training.mjs";
import { startProgram } from "../start-program.mjs";
import { writeDense } from "./dense-rows.mjs";
import { trainHere, trainThere } from "./twin.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { positionals } = startProgram(import.meta.url, { takes: "[STEPS]", needs: ["torch"] });
const steps = Number(positionals[0] ?? 20);
/** Longer side of the network's input: small, since float64 is slow. */
const side = 192;

for (const kind of ["boxes", "masks"]) {
  const data = join(here, "../../assets", `demo-${kind}`);
  const training = await denseTraining(kind, data, { steps, longerSide: side });
  const { losses: engraft } = await trainHere(training, steps);
  const write = (folder) => writeDense(folder, kind, training, steps);
  const inPytorch = (precision) => trainThere("dense.py", training, { write, args: [precision] });
  const [{ losses: float32 }, { losses: float64 }] = [await inPytorch("float32"), await inPytorch("float64")];
  /** Largest relative difference to float64 in five steps. */
  const difference = (losses, from) =>
    Math.max(...losses.slice(from, from + 5).map((loss, i) => Math.abs(loss / float64[from + i] - 1)));
  for (const [i, loss] of engraft.entries())
    console.log(`${kind} step ${i + 1}  engraft ${loss.toFixed(6)}  pytorch ${float64[i].toFixed(6)}`);
  for (let from = 0; from < steps; from += 5) {
    const [own, single] = [engraft, float32].map((losses) => difference(losses, from).toExponential(1));
    console.log(`${kind} from step ${from + 1}: engraft ${own}, pytorch in float32 ${single}`);
  }
}

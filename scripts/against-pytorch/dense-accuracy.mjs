// Compares trained detectors and segmenters with the same recipe in PyTorch, by their scores on the test pictures: same network, start
// weights, pictures, targets and number of steps; the last weights are kept. `node scripts/against-pytorch/dense-accuracy.mjs FOLDER`
// (FOLDER holds data/; needs Debian's python3-torch and python3-torchvision) measures what is missing in
// docs/against-pytorch-dense.json and writes docs/against-pytorch.md.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAgainstPytorch } from "../measure/against-pytorch-page.mjs";
import { denseTraining } from "../measure/dense-training.mjs";
import { startProgram } from "../start-program.mjs";
import { writeDense } from "./dense-rows.mjs";
import { compareScores, measureMissing, trainHere, trainThere } from "./twin.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { positionals } = startProgram(import.meta.url, { takes: "FOLDER", needs: ["data", "torch"] });
const [folder] = positionals;
/** Longer side of the network's input, and the steps: smaller than those of a run, which would take PyTorch hours. */
const [side, steps] = [224, 300];
const base = "vision-open";
const kinds = { boxes_bccd: "boxes", masks_nuclei: "masks" };

const keys = [0, 1].flatMap((seed) => Object.keys(kinds).map((set) => ({ set, seed })));
await measureMissing(join(root, "docs/against-pytorch-dense.json"), keys, async ({ set, seed }) => {
  const kind = kinds[set];
  const training = await denseTraining(kind, join(folder, "data", set), {
    base,
    seed,
    steps,
    longerSide: side,
  });
  const here = await trainHere(training, steps, { scored: true });
  const write = (to) => writeDense(to, kind, training, steps);
  const there = await trainThere("dense.py", training, { write, args: ["float32"], tests: here.tests });
  const test = training.held.items.length;
  return { base, steps, side, test, ...compareScores(here.scores, there.scores) };
});
writeAgainstPytorch(root);

// Compares speech recognition from random weights with the same recipe in PyTorch, by the error rate of characters in the test clips:
// same network, start weights, batches and number of steps; the last weights are kept, without augmentation.
// `node scripts/against-pytorch/speech.mjs FOLDER` (FOLDER holds data/; needs Debian's python3-torch) measures what is missing in
// docs/against-pytorch-speech.json and writes docs/against-pytorch.md.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAgainstPytorch } from "../measure/against-pytorch-page.mjs";
import { speechTraining } from "../measure/speech-training.mjs";
import { startProgram } from "../start-program.mjs";
import { append, compareScores, feedsOf, measureMissing, trainHere, trainThere } from "./twin.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { positionals } = startProgram(import.meta.url, { takes: "FOLDER", needs: ["data", "torch"] });
const [folder] = positionals;
const steps = 1000;

const keys = [0, 1].map((seed) => ({ set: "speech_mboshi", seed }));
await measureMissing(join(root, "docs/against-pytorch-speech.json"), keys, async ({ set, seed }) => {
  const training = await speechTraining(join(folder, "data", set), { seed, steps });
  const here = await trainHere(training, steps, { scored: true });
  const write = (to) => writeSpeech(to, training);
  const there = await trainThere("speech.py", training, { write, tests: here.tests });
  return { steps, test: training.test.length, ...compareScores(here.scores, there.scores) };
});
writeAgainstPytorch(root);

/** Writes the training clips and, for each step, their positions; returns what network.json says of them. */
async function writeSpeech(to, training) {
  const { train, inputs, targets, order } = training;
  order.length = 0;
  for await (const feeds of feedsOf(training, steps))
    append(join(to, "weights.rows"), feeds["train.weights"].data);
  append(join(to, "order.rows"), Int32Array.from(order.flat()));
  const samples = inputs.longest;
  for (const item of train) append(join(to, "train.rows"), inputs.tensor([item], samples).data);
  const rows = (await targets({ indices: train.map((_, i) => i) })).targets;
  append(join(to, "targets.rows"), rows.data);
  return { steps, samples, most: rows.dims[1], batch: order[0].length };
}

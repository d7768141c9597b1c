// Chooses the learning rate of a demo (scripts/demo/commands.mjs) on validation data; the test set is not used.
//   node scripts/demo/choose-rates.mjs            pictures: 0.001, 0.003 and 0.01, three seeds each
//   node scripts/demo/choose-rates.mjs text       messages: 0.00003, 0.0001 and 0.0003
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../../dist/index.js";
import { pictures, texts } from "./commands.mjs";

const demos = {
  pictures: { words: pictures, rates: [0.001, 0.003, 0.01] },
  text: { words: texts, rates: [0.00003, 0.0001, 0.0003] },
};
const { words, rates } = demos[process.argv[2] ?? "pictures"];
const epochs = Number(words[words.indexOf("--epochs") + 1]);
const folder = mkdtempSync(join(tmpdir(), "demo-rates-"));
try {
  for (const lr of rates) {
    const validations = [];
    for (const seed of [0, 1, 2]) {
      const out = join(folder, `${lr}-${seed}`);
      const run = await train(words[1], { epochs, lr, seed, out, strategy: "finetune", cache: false });
      validations.push(run.validation);
    }
    const mean = (of) => validations.reduce((sum, one) => sum + of(one), 0) / validations.length;
    console.log(
      `rate ${lr}: validation accuracy ${mean((v) => v.accuracy).toFixed(3)}, loss ${mean((v) => v.loss).toFixed(3)}, mean of ${validations.length} seeds`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

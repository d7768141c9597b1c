// Chooses strategy and learning rate of a demo (scripts/demo/commands.mjs) on validation data; the test set is not used.
//   node scripts/demo/choose-rates.mjs            pictures: the strategies and rates below, three seeds each
//   node scripts/demo/choose-rates.mjs text       messages
//   … --strategies full --rates 0.0003 --seeds 1  some of them
// Run it again after a change of the default base, and write the best row into commands.mjs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../../dist/index.js";
import { startProgram } from "../start-program.mjs";
import { demos as commands } from "./commands.mjs";

const { values, positionals } = startProgram(import.meta.url, {
  takes: "[DEMO]",
  needs: [],
  options: {
    strategies: { type: "string", about: "strategies, with commas (default those of the demo)" },
    rates: { type: "string", about: "learning rates, with commas (default those of the demo)" },
    seeds: { type: "number", default: 3, about: "seeds of each" },
  },
});
const demos = {
  pictures: {
    words: commands.pictures.train,
    strategies: "finetune,discriminative",
    rates: "0.001,0.003,0.01",
  },
  text: { words: commands.text.train, strategies: "finetune", rates: "0.00003,0.0001,0.0003" },
};
const { words, ...usual } = demos[positionals[0] ?? "pictures"];
const epochs = Number(words[words.indexOf("--epochs") + 1]);
const folder = mkdtempSync(join(tmpdir(), "demo-rates-"));
try {
  for (const strategy of (values.strategies ?? usual.strategies).split(","))
    for (const lr of (values.rates ?? usual.rates).split(",").map(Number)) {
      const validations = [];
      for (let seed = 0; seed < values.seeds; seed++) {
        const out = join(folder, `${strategy}-${lr}-${seed}`);
        const run = await train(words[1], { epochs, lr, seed, out, strategy, cache: false });
        validations.push(run.validation);
      }
      const mean = (of) => validations.reduce((sum, one) => sum + of(one), 0) / validations.length;
      console.log(
        `${strategy}, rate ${lr}: validation accuracy ${mean((v) => v.accuracy).toFixed(3)}, loss ${mean((v) => v.loss).toFixed(3)}, mean of ${validations.length} seeds`,
      );
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// What a value of an option does to the training of a toy task.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EngraftError, type TrainOptions } from "../../../src/index.js";
import { plainValue, sha } from "../plain.js";
import { type TaskRow, type ToyTask, tasks, trainToy } from "../tasks.js";
import type { Toy, ToyName } from "../toys.js";
import type { Value } from "./values.js";

/** "effect": the result, the model or the files differ. "ignored": nothing differs. "error": it failed without a cure. */
export interface Effect {
  readonly is: "effect" | "refused" | "ignored" | "error";
  /** What the error says. */
  readonly words?: string;
}

/** Tries values on one toy task. The run without a value is made once. */
export class EffectOfValues {
  private readonly references = new Map<string, Promise<string>>();
  private runs = 0;
  private readonly strategy: TrainOptions["strategy"];

  constructor(
    private readonly task: ToyTask,
    private readonly toy: Toy,
    private readonly root: string,
  ) {
    const row: TaskRow = tasks[task];
    this.strategy = row.strategy ?? "finetune";
  }

  async of({ give, beside = {} }: Value): Promise<Effect> {
    if (give.strategy === this.strategy)
      return { is: "effect", words: "it is the strategy of the run without it" };
    try {
      const before = await this.reference(beside);
      const now = await this.train(joined(beside, give));
      return { is: now === before ? "ignored" : "effect" };
    } catch (error) {
      if (!(error instanceof EngraftError)) return { is: "error", words: String(error) };
      const words = `${error.kind}: ${error.message.replaceAll(this.root, "ROOT")}`;
      return { is: error.help === undefined ? "error" : "refused", words };
    }
  }

  private reference(beside: TrainOptions): Promise<string> {
    const key = JSON.stringify(beside);
    const run = this.references.get(key) ?? this.train(beside);
    this.references.set(key, run);
    return run;
  }

  /** Trains in a folder of its own. Returns a hash of the result, the files and the model. */
  private async train(options: TrainOptions): Promise<string> {
    const out = join(this.root, `${this.task}-${this.runs++}`);
    process.env.ENGRAFT_CACHE = `${out}-cache`;
    const usual: TrainOptions = { seed: 1, epochs: 2, strategy: this.strategy, option: { keep: "last" } };
    try {
      const given = joined(usual, await this.withToys(options));
      const { result } = await trainToy(this.task, given, { toy: this.toy, out, onEvent: () => undefined });
      const model = join(out, "model");
      const files = [out, model].flatMap((folder) => (existsSync(folder) ? readdirSync(folder).sort() : []));
      const onnx = join(model, "onnx", "model.onnx");
      const bits = existsSync(onnx) ? sha(readFileSync(onnx)) : "";
      const plain = JSON.stringify(plainValue(result, this.root)).replaceAll(
        `ROOT/${out.slice(this.root.length + 1)}`,
        "OUT",
      );
      return sha([plain, files.join(), bits].join("\n"));
    } finally {
      rmSync(out, { recursive: true, force: true });
      rmSync(`${out}-cache`, { recursive: true, force: true });
    }
  }

  private async withToys(options: TrainOptions): Promise<TrainOptions> {
    const entries = Object.entries(options).map(async ([name, value]) => {
      const toy = typeof value === "string" && value.startsWith("toy:") ? value.slice(4) : undefined;
      return [name, toy === undefined ? value : await this.toy(toy as ToyName)] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}

/** Returns options together; settings of both stay. */
const joined = (a: TrainOptions, b: TrainOptions): TrainOptions => ({
  ...a,
  ...b,
  ...((a.option ?? b.option) && { option: { ...a.option, ...b.option } }),
});

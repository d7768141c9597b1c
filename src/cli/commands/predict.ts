import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EngraftError } from "../../core/errors.js";
import { loadModel } from "../../index.js";
import type { Command } from "../command.js";
import { asEngraftError } from "../failure.js";
import type { OptionsOf } from "../options.js";

const pictures = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;

/** The pictures that the words stand for: files, all pictures in folders, and paths from stdin for `-`. */
async function* inputsOf(words: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  for (const word of words) {
    if (word === "-") {
      for await (const line of createInterface({ input: process.stdin, signal }))
        if (line.trim() !== "") yield line;
    } else if ((await stat(word).catch(() => undefined))?.isDirectory()) {
      // Links to folders are not followed, so a loop of links is no loop here.
      const entries = await readdir(word, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((e) => !e.isDirectory() && pictures.test(e.name))
        .map((e) => join(e.parentPath, e.name));
      if (paths.length === 0)
        throw new EngraftError("DataError", `the folder ${word} holds no pictures`, {
          at: word,
          help: "pictures end in .jpg .png .webp .gif .bmp .tif or .avif",
        });
      yield* paths.sort();
    } else yield word;
  }
}

/** `engraft predict <model> <file…|folder|->`: an answer for each, also when another one cannot be read. */
export const predict: Command<OptionsOf<"predict">> = async (args, options, { output, signal }) => {
  const [dir = "", ...words] = args;
  const { threads, top = 1 } = options;
  const model = await loadModel(dir, threads === undefined ? {} : { threads });
  let n = 0;
  const unreadable: string[] = [];
  for await (const input of inputsOf(words, signal)) {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} pictures`);
    try {
      if (model.tasks) {
        const tasks = await model.predictTasks(input, { top });
        n++;
        const told = Object.entries(tasks).map(
          ([task, its]) => [task, { label: its[0]?.label, score: its[0]?.score, top: its }] as const,
        );
        const line = Object.entries(tasks).flatMap(([task, its]) => [
          task,
          ...its.flatMap((a) => [a.label, a.score.toFixed(4)]),
        ]);
        // As for one head, with the first task's answer, and those of all beside it.
        output.answer(
          { event: "prediction", input, ...told[0]?.[1], tasks: Object.fromEntries(told) },
          [input, ...line].join("\t"),
        );
        continue;
      }
      const answers = await model.predict(input, { top });
      const [best] = answers;
      n++;
      output.answer(
        { event: "prediction", input, label: best?.label, score: best?.score, top: answers },
        [input, ...answers.flatMap((a) => [a.label, a.score.toFixed(4)])].join("\t"),
      );
    } catch (thrown) {
      const error = asEngraftError(thrown);
      if (error.kind !== "DataError" && error.kind !== "FileError") throw error;
      unreadable.push(input);
      output.onEvent({ event: "warning", code: "unreadable", message: `${input}: ${error.message}` });
    }
  }
  await model.close();
  if (unreadable.length > 0)
    throw new EngraftError(
      "DataError",
      `${unreadable.length} of ${n + unreadable.length} inputs could not be read`,
      {
        at: unreadable.slice(0, 3).join(", "),
        details: { unreadable },
      },
    );
  output.result({ predictions: n }, []);
};

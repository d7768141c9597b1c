import { EngraftError } from "../core/errors.js";
import type { EngraftEvent, TrainableEvent, TrainResultEvent } from "../core/events.js";
import type { AnsweredRun } from "../evidence/index.js";
import type { Platform } from "../platform/platform.js";
import { RunFolder } from "./run-folder.js";

/** A finished run, with what a comparison must know of its data and base. */
export interface ReadRun {
  readonly run: AnsweredRun;
  readonly result: TrainResultEvent;
  /** Of the data with its split, and of the test items alone. */
  readonly fingerprint: string | undefined;
  readonly testFingerprint: string | undefined;
}

const largestText = 2 ** 28;

/**
 * Read a run folder.
 * @returns undefined when the run is not finished yet
 * @throws RunError when it is damaged, OptionError for a task without right and wrong answers
 */
export async function readRun(
  platform: Platform,
  path: string,
  label: string,
  seed: number,
): Promise<ReadRun | undefined> {
  const { manifest } = await RunFolder.open(platform, path);
  const { status, result } = manifest;
  if (status !== "done" || result?.event !== "result") return undefined;
  if (result.task !== "image-classification" || result.test.right === undefined)
    throw new EngraftError("OptionError", `a run of the task ${result.task} cannot be compared`, {
      at: path,
      help: "compare tells apart how often strategies are right: it is for classes",
    });
  const { test, validation } = result;
  const { files } = platform;
  const read = async (...parts: string[]): Promise<string> =>
    new TextDecoder().decode(await files.read(files.join(path, ...parts), { limit: largestText }));
  const card = await read("model", "engraft.json").then(
    (text) => JSON.parse(text) as { data?: { test_fingerprint?: string } },
    () => undefined,
  );
  const bytes = await sizes(platform, result.model);
  const run: AnsweredRun = {
    label,
    seed,
    run: path,
    model: result.model,
    command: manifest.command,
    test: { n: test.n, accuracy: test.accuracy, macro_f1: test.macro_f1, loss: test.loss },
    validation: { n: validation.n, accuracy: validation.accuracy, loss: validation.loss },
    seconds: result.seconds,
    peak_rss_mb: result.peak_rss_mb,
    ...bytes,
    trainable: result.trainable,
    epochs: result.epochs,
    best_epoch: result.best_epoch,
    recipe: recipeOf(await read("events.jsonl").catch(() => ""), result),
    test_looks: result.test_looks,
    right: result.test.right,
  };
  return { run, result, fingerprint: manifest.fingerprint, testFingerprint: card?.data?.test_fingerprint };
}

/** Bytes of the ONNX files and of the adapter of a model folder, whatever folder in it they lie in. */
async function sizes(
  { files }: Platform,
  model: string,
): Promise<{ model_bytes: number; adapter_bytes?: number }> {
  let onnx = 0;
  let adapter = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (!(await files.stat(folder))) return;
    for (const { name, kind } of await files.list(folder)) {
      const path = files.join(folder, name);
      if (kind === "folder" && depth > 0) await walk(path, depth - 1);
      if (kind !== "file") continue;
      if (/\.onnx(?:_data|\.data)?$/i.test(name)) onnx += (await files.stat(path))?.size ?? 0;
      if (/\.safetensors$/i.test(name)) adapter += (await files.stat(path))?.size ?? 0;
    }
  };
  await walk(model, 2);
  return { model_bytes: onnx, ...(adapter > 0 && { adapter_bytes: adapter }) };
}

/** What trained, how fast, how long, from what the run said before its first step. */
function recipeOf(events: string, { epochs, best_epoch }: TrainResultEvent): string[] {
  const said = events
    .split("\n")
    .filter((line) => line.includes('"trainable"'))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as EngraftEvent];
      } catch {
        // A killed process has left half a line.
        return [];
      }
    })
    .filter((event): event is TrainableEvent => event.event === "trainable")
    .at(-1);
  const rate = (x: number): string => (x >= 1e-3 ? x.toPrecision(2) : x.toExponential(1));
  return [
    ...(said?.groups.map(
      (g) =>
        `${g.name}: ${g.parameters.toLocaleString("en-US")} parameters${g.rate > 0 ? `, rate up to ${rate(g.rate)}` : ""}${g.from ? `, from epoch ${g.from + 1} on` : ""}`,
    ) ?? []),
    epochs > 0
      ? `${epochs} epochs; the best by validation is kept, here number ${best_epoch}`
      : "no epochs: solved exactly",
  ];
}

import { EngraftError } from "../core/errors.js";
import { type AnyResultEvent, type EngraftEvent, isTrained, type TrainableEvent } from "../core/events.js";
import { f1Shares } from "../evaluate/entities.js";
import type { AnsweredRun } from "../evidence/index.js";
import type { Platform } from "../platform/platform.js";
import { RunFolder } from "./run-folder.js";

/** A finished run, with what a comparison must know of its data and base. */
export interface ReadRun {
  readonly run: AnsweredRun;
  readonly result: AnyResultEvent;
  /** Of the data with its split, and of the test items alone. */
  readonly fingerprint: string | undefined;
  readonly testFingerprint: string | undefined;
}

const largestText = 2 ** 28;

/**
 * Read a run folder.
 * @returns undefined when the run is not finished yet
 * @throws RunError when it is damaged, or of an older version that did not keep its answers
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
  if (!isTrained(result))
    throw new EngraftError("OptionError", `a run of the task ${result.task} cannot be compared`, {
      at: path,
      help: "compare is for runs of engraft train",
    });
  const scores = scoresOf(result);
  if (!scores)
    throw new EngraftError("RunError", "the run does not say how it answered each test item", {
      at: path,
      help: "it was made by an older version: start the comparison anew with another --out",
    });
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
    ...scores,
    seconds: result.seconds,
    peak_rss_mb: result.peak_rss_mb,
    ...bytes,
    trainable: result.trainable,
    epochs: result.epochs,
    best_epoch: result.best_epoch,
    recipe: recipeOf(await read("events.jsonl").catch(() => ""), result),
    test_looks: result.test_looks,
  };
  return { run, result, fingerprint: manifest.fingerprint, testFingerprint: card?.data?.test_fingerprint };
}

/** What a run is held against others by; undefined when it did not keep its answers. */
function scoresOf(
  result: AnyResultEvent,
): Pick<AnsweredRun, "test" | "validation" | "right" | "errors" | "groups"> | undefined {
  const { group_of } = result.test;
  const groups = group_of && { groups: group_of };
  if ("targets" in result) {
    const { test, validation } = result;
    const { n, r2, loss, outputs, errors } = test;
    const [only] = outputs;
    const no = { accuracy: Number.NaN };
    return (
      errors && {
        test: { n, ...no, macro_f1: Number.NaN, r2, loss, ...(outputs.length === 1 && { mae: only!.mae }) },
        validation: { n: validation.n, ...no, r2: validation.r2, loss: validation.loss },
        right: "",
        errors,
        ...groups,
      }
    );
  }
  if (result.task === "token-classification" || result.task === "multi-label-classification") {
    const { test, validation } = result;
    if (test.tallies === undefined) return undefined;
    const { f1, shares } = f1Shares(test.tallies);
    const no = { accuracy: Number.NaN };
    return {
      test: { n: shares.length, ...no, macro_f1: Number.NaN, f1, loss: test.loss ?? Number.NaN },
      validation: { n: validation.n, ...no, f1: validation.f1, loss: validation.loss },
      right: "",
      errors: shares.map((share) => 1 - share),
      ...groups,
    };
  }
  const { test, validation } = result;
  const { n, accuracy, macro_f1, loss, right } = test;
  return right === undefined
    ? undefined
    : {
        test: { n, accuracy, macro_f1, loss },
        validation: { n: validation.n, accuracy: validation.accuracy, loss: validation.loss },
        right,
        ...groups,
      };
}

/** Bytes of the ONNX files and of the adapter of a model folder, whatever folder in it they lie in. */
export async function sizes(
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
function recipeOf(events: string, { epochs, best_epoch, kept }: AnyResultEvent): string[] {
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
      ? `${epochs} epochs; ${kept ? "the last is kept" : `the best by validation is kept, here number ${best_epoch}`}`
      : "no epochs: solved exactly",
  ];
}

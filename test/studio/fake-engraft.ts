// A stand-in for `engraft/web` in fast tests of the studio: features are mean colours or letters, the head is the nearest class mean,
// and a training takes a few milliseconds. The studio loads it from the address of the library.
import { message, warningText } from "../../src/core/messages/message.js";
import { scoreClassification } from "../../src/evaluate/classification.js";
import { shownScore } from "../../src/evaluate/shown-score.js";
import { pitchesOf, samplesOf } from "./fake-data.js";

export { errorText } from "../../src/core/error-text.js";
export { openCamera, openMicrophone } from "../../src/web/devices.js";
export { inspectData } from "./fake-data.js";

interface FakeSample {
  readonly id: string;
  readonly input: unknown;
  readonly label: string;
  readonly group?: string;
}

interface Known extends FakeSample {
  readonly row: readonly number[];
  readonly key: string;
}

const scope = globalThis as unknown as {
  OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: "2d"): {
      drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
    };
  };
  /** Set by a test: a fit waits for it. */
  readonly fakeFit?: () => Promise<void>;
  /** Set by a test: notes of a fit. */
  readonly fakeNotes?: readonly object[];
  createImageBitmap(input: unknown): Promise<{ close(): void }>;
};

/** Features of an input: counts of letters, or colours of a 4 × 4 picture, or pitches of a sound. */
async function featuresOf(input: unknown): Promise<number[]> {
  if (typeof input === "string") {
    const counts = Array.from({ length: 26 }, () => 0);
    for (const c of input.toLowerCase()) if (c >= "a" && c <= "z") counts[c.charCodeAt(0) - 97]!++;
    return counts.map((n) => n / Math.max(1, input.length));
  }
  if (input instanceof Float32Array) return pitchesOf(input);
  if (input instanceof Blob && input.type.startsWith("audio/")) return pitchesOf(await samplesOf(input));
  const bitmap = await scope.createImageBitmap(input).catch(() => {
    throw Object.assign(new Error("the picture cannot be read"), {
      kind: "DataError",
      help: "save it as JPEG or PNG",
    });
  });
  const drawing = new scope.OffscreenCanvas(4, 4).getContext("2d");
  drawing.drawImage(bitmap, 0, 0, 4, 4);
  bitmap.close();
  return Array.from(drawing.getImageData(0, 0, 4, 4).data, (v) => v / 255);
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + (v - (b[i] ?? 0)) ** 2, 0);

/** Answers by the nearest mean of the given samples. */
function answersOf(row: readonly number[], samples: readonly Known[]) {
  const labels = [...new Set(samples.map(({ label }) => label))].sort();
  const near = labels.map((label) => {
    const own = samples.filter((one) => one.label === label).map((one) => one.row);
    const mean = row.map((_, i) => own.reduce((sum, r) => sum + r[i]!, 0) / own.length);
    return Math.exp(-20 * distance(row, mean));
  });
  const sum = near.reduce((a, b) => a + b, 0) || 1;
  return labels.map((label, i) => ({ label, score: near[i]! / sum })).sort((a, b) => b.score - a.score);
}

class FakeSession {
  readonly task = "image-classification";
  readonly base = "fake";
  readonly #samples = new Map<string, Known>();
  #fitted: readonly Known[] = [];

  async add(samples: readonly FakeSample[]) {
    const copies: { id: string; of: string }[] = [];
    const contradictions: { id: string; of: string }[] = [];
    for (const sample of samples) {
      const row = await featuresOf(sample.input);
      const key = JSON.stringify(row);
      const same = [...this.#samples.values()].find((one) => one.key === key && one.id !== sample.id);
      if (same) (same.label === sample.label ? copies : contradictions).push({ id: sample.id, of: same.id });
      else this.#samples.set(sample.id, { ...sample, row, key });
    }
    return { added: samples.length - copies.length - contradictions.length, copies, contradictions };
  }

  remove(ids: readonly string[]) {
    return ids.filter((id) => this.#samples.delete(id)).length;
  }

  async fit() {
    await scope.fakeFit?.();
    this.#fitted = [...this.#samples.values()];
    const names = [...new Set(this.#fitted.map(({ label }) => label))].sort();
    const classes = names.map((name) => {
      const own = this.#fitted.filter(({ label }) => label === name);
      return { name, samples: own.length, groups: new Set(own.map(({ group, id }) => group ?? id)).size };
    });
    const none = (code: string, text: string) => ({
      ...{
        classes,
        score: null,
        shown: null,
        reason: { code, text },
        notes: [],
        folds: 0,
        predictions: [],
        seconds: 0,
      },
    });
    if (names.length < 2) return none("no-score-one-class", "There is one class only.");
    if (classes.some(({ groups }) => groups < 2))
      return none("no-score-one-group", "A class has one recording only: record it again, in another place.");
    const predictions = this.#fitted.map(({ id, label, group, row }) => {
      const others = this.#fitted.filter((one) =>
        group === undefined ? one.id !== id : one.group !== group,
      );
      return { id, label, answers: answersOf(row, others) };
    });
    const right = predictions.filter(({ label, answers }) => answers[0]!.label === label).length;
    const accuracy = right / predictions.length;
    const ci95 = [Math.max(0, accuracy - 0.2), Math.min(1, accuracy + 0.09)] as const;
    const score = { accuracy, accuracy_ci95: ci95, samples: predictions.length };
    const shown = shownScore({
      metric: { name: "accuracy", value: accuracy, ci95 },
      n: predictions.length,
      per_class: classes.map(({ samples: n }) => ({ n })),
    });
    return { classes, score, shown, notes: scope.fakeNotes ?? [], folds: 5, predictions, seconds: 0 };
  }

  async predict(input: unknown) {
    return answersOf(await featuresOf(input), this.#fitted);
  }

  async save() {
    return [{ path: "fitted.txt", content: String(this.#fitted.length) }];
  }

  async close() {}
}

/** A training as the browser keeps it. */
interface FakeRun {
  readonly name: string;
  readonly status: "running" | "done";
  readonly started: string;
  readonly strategy: string;
  /** Epochs that are saved. */
  readonly saved: number;
  readonly events: readonly object[];
  readonly options: FakeOptions;
  readonly result?: { readonly predictions: readonly object[] };
}

interface FakeOptions {
  readonly name: string;
  readonly strategy?: string;
  readonly baselines?: boolean;
  readonly epochs?: number;
  readonly safe?: boolean;
}

interface FakeHooks {
  readonly onEvent?: (event: object) => void;
  readonly signal?: { readonly aborted: boolean };
}

interface FakeRow {
  readonly label: string;
  readonly text?: string;
  readonly file?: unknown;
  readonly name?: string;
  readonly engraft_name?: string;
}

const storage = (globalThis as unknown as { readonly localStorage: Record<string, string> }).localStorage;
const readRuns = (): Record<string, FakeRun> => JSON.parse(storage.fakeRuns ?? "{}");
const writeRun = (run: FakeRun): void => {
  storage.fakeRuns = JSON.stringify({ ...readRuns(), [run.name]: run });
};

const failure = (kind: string, message: string, help: string) =>
  Object.assign(new Error(message), { kind, help, exitCode: kind === "Interrupted" ? 130 : 2 });

/** Milliseconds of an epoch. */
const epochTime = 30;
const pause = () => new Promise((resolve) => setTimeout(resolve, epochTime));

export async function train(
  rows: readonly FakeRow[],
  { onEvent, signal, ...options }: FakeOptions & FakeHooks,
) {
  const strategy = options.strategy ?? "finetune";
  const run: FakeRun = {
    ...{ name: options.name, status: "running", started: new Date().toISOString() },
    ...{ strategy, saved: 0, events: [], options },
  };
  writeRun(run);
  storage.trainedWith = JSON.stringify(options);
  return work(rows, run, { ...(onEvent && { onEvent }), ...(signal && { signal }) });
}

export const resume = (name: string, rows: readonly FakeRow[], hooks: FakeHooks) =>
  work(rows, readRuns()[name]!, hooks);

async function work(
  rows: readonly FakeRow[],
  run: FakeRun,
  { onEvent: tell = () => undefined, signal }: FakeHooks,
) {
  const files = [{ path: "config.json", content: new TextEncoder().encode("{}") }];
  if (run.result) return { ...run.result, files };
  const classes = [...new Set(rows.map(({ label }) => label))].sort();
  if (classes.length < 2)
    throw failure("DataError", "there is one class only", "add samples of another class");
  const events: object[] = [...run.events];
  const onEvent = (event: object): void => {
    events.push(event);
    tell(event);
  };
  onEvent({ event: "start", command: "engraft train", seed: 0 });
  onEvent({
    event: "data",
    task: "text-classification",
    classes,
    split: { train: 1, validation: 1, test: 1 },
  });
  const full = message("features-not-kept", { why: 'cannot write "7": the disk is full' });
  onEvent({ event: "warning", ...warningText("feature-cache-off", full) });
  onEvent({ event: "warning", ...warningText("no_score", message("score-without-groups")) });
  onEvent({ event: "forecast", seconds: 12, peak_rss_mb: 100, words: "about 12 s" });
  const of = run.strategy === "probe" ? 0 : (run.options.epochs ?? 5);
  for (let epoch = run.saved + 1; epoch <= of; epoch++) {
    const progress = { phase: "training", done: epoch, total: of, unit: "steps", seconds_left: of - epoch };
    tell({ event: "progress", ...progress });
    await pause();
    const losses = { train_loss: 1 / epoch, validation_loss: 1.2 / epoch };
    onEvent({ event: "epoch", stage: "finetune", epoch, of, ...losses, rate: 0.1, seconds: 0.1, best: true });
    writeRun({ ...run, saved: epoch, events });
    if (signal?.aborted) throw failure("Interrupted", "stopped on request", "resume the run");
  }
  const result = await fakeResult(rows, classes, run);
  onEvent(result);
  writeRun({ ...run, saved: of, status: "done", result, events });
  return { ...result, files };
}

/** Every third sample is a test sample. */
async function fakeResult(rows: readonly FakeRow[], classes: readonly string[], run: FakeRun) {
  const known = await Promise.all(
    rows.map(async ({ label, text, file, name, engraft_name }) => {
      const item = engraft_name ?? `${label}/${name}`;
      return { id: item, input: text, label, row: await featuresOf(text ?? file), key: "" };
    }),
  );
  const learnt = known.filter((_, i) => i % 3 !== 0);
  const tested = known.filter((_, i) => i % 3 === 0);
  const predictions = tested.map(({ id, label, row }) => {
    const [best] = answersOf(row, learnt);
    return { item: id, true: label, predicted: best!.label, score: best!.score };
  });
  const scores = scoreClassification({
    classes,
    labels: tested.map(({ label }) => classes.indexOf(label)),
    logits: Float32Array.from(
      tested.flatMap(({ row }) => {
        const answers = answersOf(row, learnt);
        return classes.map((name) => Math.log(answers.find(({ label }) => label === name)?.score || 1e-6));
      }),
    ),
    items: tested.map(({ id }) => id),
  });
  const value = scores.accuracy;
  const ci95 = [Math.max(0, value - 0.19), Math.min(1, value + 0.1)] as const;
  return {
    ...{ event: "result", task: "text-classification", classes },
    strategy: { name: run.strategy, reasons: [] },
    epochs: run.strategy === "probe" ? 0 : 5,
    best_epoch: run.options.safe === true ? 0 : 1,
    test: { ...scores, metric: { ...scores.metric, ci95 }, accuracy_ci95: ci95 },
    predictions,
    seconds: { total: 2, features: 1, training: 1 },
    ...(run.options.baselines === true && {
      verdict: {
        subject: "transfer",
        transfer: "positive",
        decision: "better",
        ci95: null,
        gain: 0.12,
        metric: "accuracy",
        values: { a: value, b: value - 0.12 },
      },
    }),
  };
}

export const listRuns = async () =>
  Object.values(readRuns()).sort((a, b) => (a.started < b.started ? 1 : -1));

export async function removeRun(name: string) {
  const { [name]: _removed, ...others } = readRuns();
  storage.fakeRuns = JSON.stringify(others);
}

export const readEvents = async (name: string) => readRuns()[name]!.events;

export const readPredictions = async (name: string) => readRuns()[name]!.result!.predictions;

/** A model that answers with the kind of its input. */
export const load = async () => ({
  predict: async (inputs: readonly unknown[]) => inputs.map((input) => [{ label: typeof input, score: 1 }]),
  close() {},
});

export const report = async (name: string) =>
  `<!doctype html><html lang="en"><title>report</title><h1>Report of ${name}</h1></html>`;

/** A connection as `engraft/web` makes it. */
export function connect() {
  return {
    openSession: async () => new FakeSession(),
    listRuns,
    removeRun,
    close() {},
  };
}

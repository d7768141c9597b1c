import { EngraftError, stopIf } from "../core/errors.js";
import { type Message, message, type WarningText, warningText } from "../core/messages/message.js";
import type { LabelUnit } from "../core/results/labels.js";
import { rowsOf } from "../core/results/rows.js";
import type { BaseClassification } from "../core/results/task.js";
import { byCodePoint } from "../data/split/found.js";
import { applyHead, factsOf, scoresOf } from "../evaluate/class-predictions.js";
import { type Answer, rankedAnswers } from "../inference/answer.js";
import { softmax } from "../linalg/softmax.js";
import type { Platform } from "../platform/platform.js";
import type { OpenedBase } from "../run/setup.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Content, SampleInput } from "../tasks/inputs/read-content.js";
import { crossValidate, foldsFor, groupsOfClasses, type ProbeSamples, solveProbe } from "./cross-validate.js";
import type {
  AddedSamples,
  HeldOutPrediction,
  LiveSession,
  SessionFit,
  SessionSample,
} from "./live-session.js";
import type { FittedModel } from "./save-session.js";

/** What a session needs of its base and its machine. */
export interface SessionParts {
  readonly opened: OpenedBase;
  readonly task: BaseClassification;
  readonly unit: LabelUnit;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly signal: AbortSignal | undefined;
  /** Reads the input of a sample. @throws DataError, FileError */
  read(id: string, input: unknown): Promise<Content>;
  /** Returns the features of contents, float32[D] each. @param cached true to read and write the cache of features */
  rows(contents: readonly Content[], cached: boolean): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** A sample with its features. */
interface Known {
  readonly id: string;
  readonly sha256: string;
  readonly label: string;
  readonly group?: string;
  readonly row: Float32Array;
}

/** Fewest samples of a score: with fewer, its interval is wider than half the range. */
const fewestSamples = 10;

/** Session with one class for each sample. */
export class ClassSession implements LiveSession {
  readonly #parts: SessionParts;
  readonly #samples = new Map<string, Known>();
  #model: FittedModel | undefined;
  #predicted = 0;
  #closed: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get task(): BaseClassification {
    return this.#parts.task;
  }

  get base(): string {
    return this.#parts.opened.base.name;
  }

  add(samples: readonly SessionSample[]): Promise<AddedSamples> {
    const adding = this.#turn.then(() => this.#add(samples));
    // Calls take turns: the next one knows these samples.
    this.#turn = adding.catch(() => undefined);
    return adding;
  }

  async #add(samples: readonly SessionSample[]): Promise<AddedSamples> {
    this.#requireOpen();
    const of = new Map<string, string>();
    const rowOf = new Map<string, Float32Array>();
    const replaced = new Set(samples.map(({ id }) => id));
    for (const { id, sha256, row } of this.#samples.values()) {
      rowOf.set(sha256, row);
      if (!replaced.has(id)) of.set(sha256, id);
    }
    const copies: { id: string; of: string }[] = [];
    const taken: (Omit<Known, "row"> & { readonly content: Content })[] = [];
    for (const [i, { id, input, label, group }] of samples.entries()) {
      requireText("id", id, i);
      requireText("label", label, i);
      if (group !== undefined) requireText("group", group, i);
      const content = await this.#parts.read(id, input);
      const other = of.get(content.sha256);
      if (other !== undefined && other !== id) copies.push({ id, of: other });
      else taken.push({ id, sha256: content.sha256, label, ...(group !== undefined && { group }), content });
      of.set(content.sha256, other ?? id);
    }
    const fresh = taken.filter(({ sha256 }) => !rowOf.has(sha256));
    const rows =
      fresh.length === 0
        ? []
        : await this.#parts.rows(
            fresh.map(({ content }) => content),
            true,
          );
    fresh.forEach(({ sha256 }, i) => {
      rowOf.set(sha256, rows[i]!);
    });
    this.#requireOpen();
    for (const { content, ...one } of taken)
      this.#samples.set(one.id, { ...one, row: rowOf.get(content.sha256)! });
    return { added: taken.length, copies };
  }

  remove(ids: readonly string[]): number {
    return ids.filter((id) => this.#samples.delete(id)).length;
  }

  async fit(): Promise<SessionFit> {
    this.#requireOpen();
    const begin = performance.now();
    const { signal } = this.#parts;
    const samples = [...this.#samples.values()];
    const names = [...new Set(samples.map(({ label }) => label))].sort(byCodePoint);
    const items = samples.map((one) => ({ ...one, label: names.indexOf(one.label) }));
    const { labels, items: ids, groups } = factsOf(items);
    const { width } = this.#parts.opened.body;
    const table = new Float32Array(samples.length * width);
    samples.forEach(({ row }, i) => {
      table.set(row, i * width);
    });
    const given: ProbeSamples = { rows: rowsOf(table, width), labels, groups, classes: names.length };
    const groupsOf = groupsOfClasses(given);
    const counts = names.map((name, k) => ({
      name,
      samples: labels.filter((label) => label === k).length,
      groups: groupsOf[k]!,
    }));
    if (names.length > 1) {
      const head = await solveProbe(given, [...labels.keys()], signal);
      this.#model = {
        head,
        classes: names,
        samples: samples.map(({ id, sha256, label }) => ({ id, sha256, label })),
      };
    } else this.#model = undefined;
    const reason = whyNoScore(counts, samples.length);
    const folds = reason ? 0 : foldsFor(groupsOf);
    let score: SessionFit["score"] = null;
    let predictions: HeldOutPrediction[] = [];
    if (!reason) {
      const logits = await crossValidate(given, folds, signal);
      score = scoresOf(names, { logits, labels, items: ids, ...(groups && { groups }) });
      const answers = answersOf(names, logits);
      predictions = samples.map(({ id, label }, i) => ({ id, label, answers: answers[i]! }));
    }
    stopIf(signal);
    if (this.#model) this.#model = { ...this.#model, score, folds, reason };
    const seconds = (performance.now() - begin) / 1000;
    const notes = !reason && !groups ? [noteOf(message("score-without-groups"))] : [];
    return { classes: counts, score, ...(reason && { reason }), notes, folds, predictions, seconds };
  }

  predict(input: SampleInput): Promise<Answer[]>;
  predict(inputs: readonly SampleInput[]): Promise<Answer[][]>;
  async predict(given: SampleInput | readonly SampleInput[]): Promise<Answer[] | Answer[][]> {
    const { head, classes } = this.#fitted();
    const inputs = Array.isArray(given) ? (given as readonly SampleInput[]) : [given as SampleInput];
    const contents: Content[] = [];
    for (const input of inputs) contents.push(await this.#parts.read(`input ${++this.#predicted}`, input));
    const { width } = this.#parts.opened.body;
    const table = new Float32Array(inputs.length * width);
    const rows = inputs.length === 0 ? [] : await this.#parts.rows(contents, false);
    rows.forEach((row, i) => {
      table.set(row, i * width);
    });
    const answers = answersOf(classes, applyHead(head, rowsOf(table, width)));
    return Array.isArray(given) ? answers : answers[0]!;
  }

  async save(folder: string): Promise<string> {
    const model = this.#fitted();
    const { saveSession } = await import("./save-session.js");
    return saveSession(this.#parts, model, folder);
  }

  close(): Promise<void> {
    this.#closed ??= this.#turn.then(() => this.#parts.close());
    return this.#closed;
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new EngraftError("OptionError", "the session is closed", { help: "open a new one" });
  }

  #fitted(): FittedModel {
    this.#requireOpen();
    if (this.#model) return this.#model;
    throw new EngraftError("OptionError", "the session has no fitted classifier", {
      help: "add samples of two classes, then call fit()",
    });
  }
}

/** Returns the classes of each row by probability. @param logits float32[N, C] */
const answersOf = (classes: readonly string[], logits: Float32Array): Answer[][] =>
  Array.from({ length: logits.length / classes.length }, (_, i) =>
    rankedAnswers(classes, softmax(logits.subarray(i * classes.length, (i + 1) * classes.length))),
  );

const noteOf = (sentence: Message): WarningText => warningText(sentence.code, sentence);

/** Returns why samples support no score; undefined if they do. */
function whyNoScore(classes: SessionFit["classes"], samples: number): WarningText | undefined {
  if (classes.length < 2) return noteOf(message("no-score-one-class", { classes: classes.length }));
  const single = classes.filter(({ groups }) => groups < 2);
  const [first] = single;
  if (first) return noteOf(message("no-score-one-group", { class: first.name, more: single.length - 1 }));
  if (samples < fewestSamples)
    return noteOf(message("no-score-few-samples", { samples, needed: fewestSamples }));
  return undefined;
}

/** @throws OptionError for a field that is no text, or an empty one */
function requireText(field: string, value: unknown, index: number): void {
  if (typeof value === "string" && value !== "") return;
  throw new EngraftError(
    "OptionError",
    `the ${field} of sample ${index + 1} is ${JSON.stringify(value) ?? String(value)}`,
    { help: "give a text that is not empty" },
  );
}

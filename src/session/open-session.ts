import { wasLearnt } from "../bases/model-folder/sample-parts.js";
import { EngraftError, stopIf } from "../core/errors.js";
import { type Message, message, type WarningText, warningText } from "../core/messages/message.js";
import { rowsOf } from "../core/results/rows.js";
import { copyHashOf } from "../data/dataset.js";
import { byCodePoint } from "../data/split/found.js";
import { applyHead, factsOf, scoresOf } from "../evaluate/class-predictions.js";
import { shownScore } from "../evaluate/shown-score.js";
import { type Answer, rankedAnswers } from "../inference/answer.js";
import { softmax } from "../linalg/softmax.js";
import { crossValidate, solveProbe, stratifiedFolds } from "../methods/probe/index.js";
import type { Machine } from "../run/machine.js";
import type { Content, SampleInput } from "../tasks/inputs/read-content.js";
import { groupsOfClasses, nameNearCopies } from "./cross-validate.js";
import type { LiveSession, SessionBase, SessionFit, SessionOptions, SessionSample } from "./live-session.js";
import type { ComparedSample } from "./near-copies.js";
import { requireArgument } from "./require-argument.js";
import type { FittedModel } from "./save-session.js";
import { openSessionFeatures, type SessionFeatures } from "./session-features.js";

/** Opens a session on a given machine. See `openSession`. */
export const openSessionOn = async (
  machine: Machine,
  from: SessionBase,
  options: SessionOptions = {},
): Promise<LiveSession> => new ClassSession(await openSessionFeatures(machine, from, options));

/** A sample with the hashes of its content. */
interface Hashed extends Omit<SessionSample, "input">, Pick<Content, "sha256" | "copyHash"> {}

/** A sample with its features, and what is compared to find near copies. */
interface Known extends Hashed, Pick<ComparedSample, "row" | "print"> {}

/** Fewest samples of a score: with fewer, its interval is wider than half the range. */
const fewestSamples = 10;
/** Largest number of folds. A class with fewer groups lowers it. */
const mostFolds = 5;

/** Session with one class for each sample. */
class ClassSession implements LiveSession {
  readonly task;
  readonly base;
  readonly #base: SessionFeatures;
  readonly #samples = new Map<string, Known>();
  #model: FittedModel | undefined;
  #predicted = 0;
  #fits = 0;
  /** Number of the fit that made the model. */
  #fitOfModel = 0;
  readonly #predictions = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Calls of `add` that have not ended. */
  #adding = 0;

  constructor(base: SessionFeatures) {
    this.#base = base;
    this.task = base.task;
    this.base = base.opened.base.name;
  }

  add(samples: readonly SessionSample[]): ReturnType<LiveSession["add"]> {
    this.#adding++;
    const adding = this.#turn.then(() => this.#add(samples));
    // Calls take turns: the next one knows these samples.
    this.#turn = adding.catch(() => undefined).finally(() => this.#adding--);
    return adding;
  }

  async #add(samples: readonly SessionSample[]): ReturnType<LiveSession["add"]> {
    this.#requireOpen();
    const isList = Array.isArray(samples) && samples.every((one) => typeof one === "object" && one !== null);
    requireArgument(isList, "add", samples, 'a list of samples: add([{ id: "1", input, label: "good" }])');
    const replaced = new Set(samples.map(({ id }) => id));
    const known = [...this.#samples.values()];
    const measured = new Map(known.map(({ sha256, row, print }) => [sha256, { row, print }]));
    const firstOf = new Map<string, Hashed>(
      known.flatMap((one) => (replaced.has(one.id) ? [] : [[copyHashOf(one), one] as const])),
    );
    const copies: { id: string; of: string }[] = [];
    const contradictions: { id: string; label: string; of: string; other: string }[] = [];
    const taken: (Hashed & { readonly content: Content })[] = [];
    for (const { input, ...given } of samples) {
      const id = requireNames(given);
      // Readers of lists compose characters and cut spaces, too.
      const named = { ...given, label: given.label.normalize("NFC").trim() };
      // Each name is taken out once.
      if (!replaced.delete(id)) throw givenTwice(id);
      const content = await this.#base.read(id, input);
      const { sha256, copyHash } = content;
      const hash = copyHashOf(content);
      const first = firstOf.get(hash);
      if (!first) {
        const one = { ...named, sha256, ...(copyHash !== undefined && { copyHash }), content };
        firstOf.set(hash, one);
        taken.push(one);
      } else if (first.label === named.label) copies.push({ id, of: first.id });
      else contradictions.push({ id, label: named.label, of: first.id, other: first.label });
    }
    const fresh = taken.flatMap(({ content }) => (measured.has(content.sha256) ? [] : [content]));
    const { width } = this.#base.opened.body;
    const table = await this.#base.rowsOf(fresh, true);
    const prints = await this.#base.near.printsOf(fresh);
    for (const [i, { sha256 }] of fresh.entries())
      measured.set(sha256, { row: table.slice(i * width, (i + 1) * width), print: prints[i] });
    this.#requireOpen();
    // The earlier sample of this name had another content.
    for (const { id } of [...copies, ...contradictions]) this.#samples.delete(id);
    for (const { content, ...one } of taken)
      this.#samples.set(one.id, { ...one, ...measured.get(content.sha256)! });
    return { added: taken.length, copies, contradictions };
  }

  remove(ids: readonly string[]): number {
    requireArgument(Array.isArray(ids), "remove", ids, 'a list of ids: remove(["1"])');
    return ids.filter((id) => this.#samples.delete(id)).length;
  }

  async fit({ answers: most = Infinity }: { readonly answers?: number } = {}): Promise<SessionFit> {
    requireArgument(most > 0, "fit", most, "a number of classes: fit({ answers: 1 })");
    this.#requireOpen();
    const begin = performance.now();
    const number = ++this.#fits;
    if (this.#adding > 0) await this.#turn;
    const { signal, opened } = this.#base;
    const { width } = opened.body;
    // The same samples give the same folds, and so the same classifier, in whatever order they came.
    const samples = [...this.#samples.values()].sort((a, b) => byCodePoint(a.id, b.id));
    const names = [...new Set(samples.map(({ label }) => label))].sort(byCodePoint);
    const table = new Float32Array(samples.length * width);
    for (const [i, { row }] of samples.entries()) table.set(row, i * width);
    const rows = rowsOf(table, width);
    const near = nameNearCopies(samples, await this.#base.near.groupsOf(samples));
    const facts = factsOf(
      samples.map(({ id, label }, i) => ({ id, label: names.indexOf(label), group: near.groups[i] })),
    );
    const { labels, groups } = facts;
    const given = { rows, labels, groups, classes: names.length };
    const groupsOf = groupsOfClasses(given);
    const classes = names.map((name, k) => {
      return { name, samples: labels.filter((label) => label === k).length, groups: groupsOf[k]! };
    });
    const reason = whyNoScore(classes, samples.length);
    // A fold for each group is the limit: then no training part lacks a class.
    const limit = new Set(groups).size;
    const folds = reason ? [] : stratifiedFolds(labels, groups, Math.min(mostFolds, ...groupsOf), limit);
    const notes = [...(reason ? [] : this.#notesOn(samples)), ...near.notes.map(noteOf)];
    let fit: Pick<SessionFit, "score" | "shown" | "predictions"> = {
      score: null,
      shown: null,
      predictions: [],
    };
    let model: FittedModel | undefined;
    if (names.length > 1) {
      const head = await solveProbe(given, [...labels.keys()], signal);
      if (!reason) {
        const logits = await crossValidate(given, folds, signal);
        const answers = answersOf(names, logits).map((all) => all.slice(0, most));
        const predictions = samples.map(({ id, label }, i) => {
          const group = near.groups[i];
          return { id, label, ...(group !== undefined && { group }), answers: answers[i]! };
        });
        const score = scoresOf(names, { logits, ...facts }, { folds: folds.length });
        fit = { score, shown: shownScore(score), predictions };
      }
      model = { head, classes: names, samples, score: fit.score, folds: folds.length, reason, notes };
    }
    stopIf(signal);
    // The earlier head predicts until now. A later fit of fewer samples may have ended first.
    if (number > this.#fitOfModel) [this.#model, this.#fitOfModel] = [model, number];
    const seconds = (performance.now() - begin) / 1000;
    return { classes, ...fit, ...(reason && { reason }), notes, folds: folds.length, seconds };
  }

  /** Returns the limits of a score. */
  #notesOn(samples: readonly Hashed[]): WarningText[] {
    const { learnt } = this.#base;
    const count = learnt && samples.filter((one) => wasLearnt(learnt, one)).length;
    const isGrouped = samples.every(({ group }) => group !== undefined);
    const notes = isGrouped ? [] : [message("score-without-groups")];
    if (count === undefined) notes.push(message("base-samples-unknown"));
    else if (count > 0)
      notes.push(message("base-learnt-samples", { learnt: count, samples: samples.length }));
    return notes.map(noteOf);
  }

  readonly predict = ((given: SampleInput | readonly SampleInput[]) => {
    const predicting = this.#predict(given);
    const end = () => void this.#predictions.delete(ended);
    const ended: Promise<void> = predicting.then(end, end);
    this.#predictions.add(ended);
    return predicting;
  }) as LiveSession["predict"];

  async #predict(given: SampleInput | readonly SampleInput[]): Promise<Answer[] | Answer[][]> {
    const { head, classes } = this.#fitted();
    const isList = Array.isArray(given);
    const contents: Content[] = [];
    for (const input of isList ? given : [given])
      contents.push(await this.#base.read(`input ${++this.#predicted}`, input));
    const table = rowsOf(await this.#base.rowsOf(contents, false), this.#base.opened.body.width);
    const answers = answersOf(classes, applyHead(head, table));
    return isList ? answers : answers[0]!;
  }

  async save(folder: string): Promise<string> {
    const model = this.#fitted();
    const isPath = typeof folder === "string" && folder !== "";
    requireArgument(isPath, "save", folder, 'the path of a folder: save("models/flowers")');
    return (await import("./save-session.js")).saveSession(this.#base, model, folder);
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all([this.#turn, ...this.#predictions]).then(() => this.#base.close());
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

/** Returns a sentence with its code. */
const noteOf = (sentence: Message): WarningText => warningText(sentence.code, sentence);

/** Returns why samples support no score; undefined if they do. */
function whyNoScore(classes: SessionFit["classes"], samples: number): WarningText | undefined {
  if (classes.length < 2) return noteOf(message("no-score-one-class", { classes: classes.length }));
  const [first, ...more] = classes.filter(({ groups }) => groups < 2);
  if (first) return noteOf(message("no-score-one-group", { class: first.name, more: more.length }));
  if (samples >= fewestSamples) return undefined;
  return noteOf(message("no-score-few-samples", { samples, needed: fewestSamples }));
}

const givenTwice = (id: string): EngraftError =>
  new EngraftError("OptionError", `sample ${JSON.stringify(id)} is given twice`, {
    help: "give each sample an id of its own",
  });

/** Checks the names of a sample, and returns its id. @throws OptionError for one that is no text, or an empty one */
function requireNames({ id, label, group = "none" }: Omit<SessionSample, "input">): string {
  for (const [field, value] of Object.entries({ id, label, group }))
    if (typeof value !== "string" || value.trim() === "")
      throw new EngraftError(
        "OptionError",
        `sample ${JSON.stringify(id)}: its ${field} is no text, or empty`,
        {
          help: "give id and label, and group if there is one, as texts",
        },
      );
  return id;
}

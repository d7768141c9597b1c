// Reads a run's `events.jsonl` as it grows. Only valid events are returned.

import type { EngraftEvent } from "../../core/events/events.js";
import { parseJson } from "../../core/parse-json.js";
import { metrics, scoreNames } from "../../core/results/metric.js";

/** Returns true if a value is valid for a field. */
type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

// JSON writes NaN as null.
const number: Check = (v) => typeof v === "number" || v === null;
const text: Check = (v) => typeof v === "string";
const metricName: Check = (v) => typeof v === "string" && Object.hasOwn(metrics, v);
const flag: Check = (v) => typeof v === "boolean";
const maybe =
  (check: Check): Check =>
  (v) =>
    v === undefined || check(v);
const list =
  (check: Check): Check =>
  (v) =>
    Array.isArray(v) && v.every(check);
const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const object =
  (shape: Shape): Check =>
  (v) =>
    isObject(v) && Object.entries(shape).every(([field, check]) => check(v[field]));
const numbers: Check = (v) => isObject(v) && Object.values(v).every(number);

const split = object({ train: number, validation: number, test: number, seed: number });
const message = object({ code: text, values: maybe(isObject) });
const messages = maybe(list(message));
const skipped = list(object({ item: text, reason: text }));
const pair = { kind: text, item: text, part: text, other: text, other_part: text };

/** A score under the name of its metric. */
const scores: Shape = Object.fromEntries(scoreNames.map((name) => [name, maybe(number)]));

/** Fields of each event that pages use. Other fields may hold anything. */
const shapes: Readonly<Record<string, Shape>> = {
  start: { command: text, version: text, seed: number, threads: number, machine: text },
  data: {
    task: text,
    classes: list(text),
    targets: maybe(list(text)),
    split,
    split_words: text,
    split_messages: messages,
    skipped,
    duplicates: object({ exact: number, near: number, across_parts: number }),
    leaks: maybe(list(object(pair))),
    fingerprint: text,
  },
  leaks: { found: number, leaks: list(object({ ...pair, distance: number })) },
  domain: {
    role: text,
    root: text,
    unit: text,
    classes: list(text),
    split,
    split_words: text,
    split_messages: messages,
    skipped,
  },
  base: { name: text, sha256: text, license: text, input: text, cut: text, features: number },
  trainable: {
    strategy: text,
    reasons: list(text),
    reason_messages: messages,
    parameters: number,
    total: number,
    groups: list(object({ name: text, parameters: number, values: number, rate: number })),
  },
  forecast: { seconds: number, low: maybe(number), high: maybe(number), peak_rss_mb: number, words: text },
  init: { from: text },
  progress: {
    phase: text,
    done: number,
    total: number,
    unit: text,
    seconds_left: maybe(number),
    stage: maybe(text),
    per_second: maybe(number),
    items: maybe(text),
    loss: maybe(number),
    terms: maybe(numbers),
    rate: maybe(number),
    rss_mb: maybe(number),
  },
  epoch: {
    stage: text,
    epoch: number,
    of: number,
    train_loss: number,
    objective: maybe(number),
    terms: maybe(numbers),
    validation_loss: number,
    validation_accuracy: maybe(number),
    validation_metric: maybe(object({ name: metricName, value: number })),
    validation: maybe(
      object({ score: number, loss: number, metric: object({ name: metricName, value: number }) }),
    ),
    rate: number,
    seconds: number,
    best: flag,
  },
  seed: { seed: number, ...scores, scratch: maybe(number), number, of: number },
  rate_finder: {
    stage: text,
    suggested: number,
    rates: list(number),
    losses: list(number),
    seconds: number,
  },
  warning: { code: text, message: text, sentence: maybe(message) },
  checkpoint: { step: number },
  error: { kind: text, message: text },
  result: { task: maybe(text) },
};

/** Restores NaN from null. */
function revived(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map(revived);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, v]) => [field, revived(v)]));
}

/** Returns the event of a line; undefined for unknown kinds, "broken" for an invalid line. */
export function eventOf(line: string): EngraftEvent | "broken" | undefined {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return "broken";
  }
  if (!isObject(value) || typeof value.event !== "string") return "broken";
  const shape = Object.hasOwn(shapes, value.event) ? shapes[value.event]! : undefined;
  if (!shape) return undefined;
  if (!object(shape)(value)) return "broken";
  return revived(value) as EngraftEvent;
}

/** Longest line of an event, in characters. */
const longest = 2 ** 24;

/** The events of a file that is read in pieces. */
export class EventLines {
  readonly events: EngraftEvent[] = [];
  /** Line of each event in the file, from 1. */
  readonly lines: number[] = [];
  /** Number of invalid lines, for example the last line of a killed process. */
  broken = 0;
  private readonly decoder = new TextDecoder();
  private half = "";
  private tooLong = false;
  private line = 0;

  /** Reads the next bytes of the file. */
  feed(bytes: Uint8Array): void {
    const lines = (this.half + this.decoder.decode(bytes, { stream: true })).split("\n");
    this.half = lines.pop()!;
    for (const line of lines) {
      this.line++;
      if (this.tooLong) this.broken++;
      else this.take(line);
      this.tooLong = false;
    }
    if (this.half.length <= longest) return;
    this.half = "";
    this.tooLong = true;
  }

  /** Ends the file: a last line without a line break counts too. */
  end(): this {
    this.feed(new TextEncoder().encode("\n"));
    return this;
  }

  private take(line: string): void {
    if (line.trim() === "") return;
    const event = eventOf(line);
    if (event === "broken") this.broken++;
    else if (event) {
      this.events.push(event);
      this.lines.push(this.line);
    }
  }
}

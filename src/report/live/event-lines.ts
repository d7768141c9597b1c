/** A run's `events.jsonl`, read as it grows: whatever is in it, what comes out are events that can be drawn. */
import type { EngraftEvent } from "../../core/events/events.js";
import { metrics } from "../../core/results/metric.js";
import { epochOf, type RecordedEpoch } from "../../core/results/old-epoch.js";

/** Is a value what a field must be? */
type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

// JSON has no NaN: it is written as null.
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

/** What a page draws of each event, and nothing more: fields that are not named here may be anything. */
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
  seed: { seed: number, accuracy: number, scratch: maybe(number), number, of: number },
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
};

/** null in the place of a number is what became of NaN. */
function revived(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map(revived);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, v]) => [field, revived(v)]));
}

/** One line as an event; undefined for kinds that this version does not know, "broken" for what is none. */
export function eventOf(line: string): EngraftEvent | "broken" | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "broken";
  }
  if (!isObject(value) || typeof value.event !== "string") return "broken";
  const shape = Object.hasOwn(shapes, value.event) ? shapes[value.event]! : undefined;
  if (!shape) return undefined;
  if (!object(shape)(value)) return "broken";
  const event = revived(value) as EngraftEvent;
  return event.event === "epoch" ? epochOf(event as RecordedEpoch) : event;
}

/** A line that is longer is no event. */
const longest = 2 ** 24;

/** The events of a file that is read piece by piece. */
export class EventLines {
  readonly events: EngraftEvent[] = [];
  /** Lines that are no event: half a line of a killed process, or damage. */
  broken = 0;
  private readonly decoder = new TextDecoder();
  private half = "";
  private tooLong = false;

  /** The next bytes of the file. */
  feed(bytes: Uint8Array): void {
    const lines = (this.half + this.decoder.decode(bytes, { stream: true })).split("\n");
    this.half = lines.pop()!;
    for (const line of lines) {
      if (this.tooLong) this.broken++;
      else this.take(line);
      this.tooLong = false;
    }
    if (this.half.length <= longest) return;
    this.half = "";
    this.tooLong = true;
  }

  /** Nothing comes any more: what stands without an end of line counts too. */
  end(): this {
    this.feed(new TextEncoder().encode("\n"));
    return this;
  }

  private take(line: string): void {
    if (line.trim() === "") return;
    const event = eventOf(line);
    if (event === "broken") this.broken++;
    else if (event) this.events.push(event);
  }
}

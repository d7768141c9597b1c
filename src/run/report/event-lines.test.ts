import { expect, test } from "vitest";
import { epochValidation } from "../../core/results/metric.js";
import { EventLines, eventOf } from "./event-lines.js";

const epoch = {
  event: "epoch",
  stage: "finetune",
  epoch: 1,
  of: 2,
  train_loss: 0.5,
  ...epochValidation("accuracy", { score: 0.9, loss: 0.4 }),
  rate: 0.001,
  seconds: 2,
  best: true,
};
const bytes = (text: string) => new TextEncoder().encode(text);

test("events that come in pieces, cut anywhere, come out whole and in order", () => {
  const warning = { event: "warning", code: "x", message: "größer → ✓" };
  const whole = bytes(`${JSON.stringify(epoch)}\n${JSON.stringify(warning)}\n`);
  for (let size = 1; size < 40; size += 3) {
    const lines = new EventLines();
    for (let i = 0; i < whole.length; i += size) lines.feed(whole.subarray(i, i + size));
    expect(lines.events).toEqual([epoch, warning]);
    expect(lines.broken).toBe(0);
  }
});

test("a number that JSON could not hold is NaN again", () => {
  expect(eventOf(JSON.stringify({ ...epoch, train_loss: Number.NaN }))).toEqual({
    ...epoch,
    train_loss: Number.NaN,
  });
});

test.each(["accuracy", "f1", "r2", "map", "miou"])("the score of a seed is read by %s", (metric) => {
  const seed = { event: "seed", seed: 1, [metric]: 0.4, scratch: 0.3, number: 2, of: 3 };
  expect(eventOf(JSON.stringify(seed))).toEqual(seed);
  expect(eventOf(JSON.stringify({ ...seed, [metric]: "0.4" }))).toBe("broken");
});

test("what is no event is counted and left out; kinds of a later version are left out and not counted", () => {
  const lines = new EventLines();
  for (const line of [
    '{"event":"epo',
    "null",
    "[]",
    '"event"',
    '{"event":5}',
    "\u0000\u0001",
    // Deeper than functions that call themselves reach.
    `{"event":"start","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    JSON.stringify({ ...epoch, train_loss: "low" }),
    JSON.stringify({ ...epoch, stage: undefined }),
    JSON.stringify({ ...epoch, terms: { a: "b" } }),
    JSON.stringify({
      event: "trainable",
      strategy: "x",
      reasons: [],
      parameters: 1,
      total: 1,
      groups: [null],
    }),
  ])
    lines.feed(bytes(`${line}\n`));
  expect(lines.broken).toBe(11);
  lines.feed(bytes('{"event":"later","x":1}\n{"event":"constructor"}\n\n'));
  expect(lines).toMatchObject({ broken: 11, events: [] });
});

test("half a line at the end counts only when nothing comes any more", () => {
  const lines = new EventLines();
  lines.feed(bytes('{"event":"war'));
  expect(lines.broken).toBe(0);
  expect(lines.end().broken).toBe(1);
  const last = new EventLines();
  last.feed(bytes(JSON.stringify(epoch)));
  expect(last.end()).toMatchObject({ broken: 0, events: [epoch] });
});

test("a line without an end does not fill the memory", () => {
  const lines = new EventLines();
  const piece = new Uint8Array(2 ** 22).fill(65);
  for (let i = 0; i < 6; i++) lines.feed(piece);
  lines.feed(bytes(`\n${JSON.stringify(epoch)}\n`));
  expect(lines).toMatchObject({ broken: 1, events: [epoch] });
});

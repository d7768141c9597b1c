import { describe, expect, test } from "vitest";
import { wilsonInterval } from "../../statistics/index.js";
import { readScores } from "../recorded-scores.js";
import { scoreTranscripts } from "./score-transcripts.js";

const clip = (reference: string, hypothesis: string, item = `${reference}.wav`) => ({
  ...{ item, reference, hypothesis },
});

describe("error rates", () => {
  const scores = scoreTranscripts([clip("up down no", "up down"), clip("yes", "yes no no")]);

  test("are sums of errors over sums of lengths, not means of rates", () => {
    // One deletion and two insertions in four words; the mean of 1/3 and 2/1 would be 1.17.
    expect(scores.words).toMatchObject({
      substitutions: 0,
      deletions: 1,
      insertions: 2,
      length: 4,
      rate: 0.75,
    });
    // " no" is missing: 3 of 10 characters; "yes" has 6 too many.
    expect(scores.characters).toMatchObject({ deletions: 3, insertions: 6, length: 13, rate: 9 / 13 });
    expect(scores.metric).toMatchObject({ name: "word_accuracy", value: 0.25 });
  });

  test("the recorded sums give the word accuracy again", () => {
    expect(readScores(scores)).toMatchObject({ metric: "word_accuracy", value: 0.25 });
  });

  test("names the clips with the most errors, with their alignment", () => {
    expect(scores.without_error).toBe(0);
    expect(scores.worst[0]).toMatchObject({ item: "yes.wav", errors: 2 });
    expect(scores.worst[1]!.words).toEqual([
      ["match", "up", "up"],
      ["match", "down", "down"],
      ["deletion", "no", ""],
    ]);
  });

  test("gives each step of an alignment the time of what was recognised", () => {
    const times = [[0.1, 0.4], null, [0.9, 1.2]] as const;
    const one = scoreTranscripts([{ ...clip("up down no", "up on no no"), times: [...times, [1.3, 1.5]] }]);
    const steps = one.worst[0]!.words.map(([kind], i) => [kind, one.worst[0]!.times![i]]);
    expect(steps).toEqual([
      ["match", [0.1, 0.4]],
      ["insertion", null],
      ["substitution", [0.9, 1.2]],
      ["match", [1.3, 1.5]],
    ]);
    const missing = scoreTranscripts([{ ...clip("up down no", "up no"), times: times.slice(0, 2) }]);
    expect(missing.worst[0]!.times).toEqual([[0.1, 0.4], null, null]);
  });

  test("a model that recognises nothing has exactly 100 %", () => {
    expect(scoreTranscripts([clip("a b", ""), clip("c", "")]).words.rate).toBe(1);
  });

  test("for scripts without spaces the unit is the character", () => {
    const { words } = scoreTranscripts([clip("你好吗", "你号吗")], { unit: "characters" });
    expect(words).toMatchObject({ substitutions: 1, length: 3 });
  });

  test("refuses to score nothing", () => {
    expect(() => scoreTranscripts([])).toThrow("there are no clips to score");
  });
});

describe("intervals", () => {
  const clips = Array.from({ length: 40 }, (_, i) => clip("a b", i % 4 === 0 ? "a" : "a b", `${i}`));

  test("have the width of the binomial for independent clips", () => {
    // Each clip has 0 or 1 error in 2 words: rate 0.125, deviation of the mean √(0.25 · 0.75 / 40) / 2 = 0.0342.
    const [low, high] = scoreTranscripts(clips).words.ci95!;
    expect((high - low) / (2 * 1.96 * 0.0342)).toBeCloseTo(1, 0);
    expect(low).toBeLessThan(0.125);
    expect(high).toBeGreaterThan(0.125);
  });

  test("are over the speakers, and under 10 there is no interval", () => {
    const speaker = (many: number) => clips.map((_, i) => `group ${Math.floor((many * i) / 40)}`);
    const even = scoreTranscripts(clips, { groups: speaker(10) });
    // Every speaker has one error in four clips: Wilson's interval of 10 samples with t(0.95, 9) = 2.262157 in place of z.
    const [low, high] = wilsonInterval(1.25, 10, 2.262157163);
    expect(even.words.ci95![0]).toBeCloseTo(low, 6);
    expect(even.words.ci95![1]).toBeCloseTo(high, 6);
    expect(even.metric.ci95![0]).toBeCloseTo(1 - high, 6);
    expect(even.by_group).toHaveLength(10);
    const nine = scoreTranscripts(clips.slice(0, 36), { groups: speaker(10).slice(0, 36) });
    expect(nine).toMatchObject({
      groups: 9,
      few_groups: true,
      words: { ci95: null },
      metric: { ci95: null },
    });
    expect(nine.characters.ci95).toBeNull();
    // Speakers 0 and 2 have three errors in ten clips, 1 and 3 two.
    const few = scoreTranscripts(clips, { groups: speaker(4) });
    expect(few.by_group!.map(({ name }) => name)).toEqual(["0", "2", "1", "3"]);
  });

  test("more errors than words: the interval has no upper end of 1", () => {
    // Each clip of one word has 1, 2 or 3 errors: rate 2, s² = 2/3 · 30/29, half = t(0.95, 29) √(s²/30) / 2.
    const loud = Array.from({ length: 30 }, (_, i) => clip("a", ["b", "b b", "b b b"][i % 3]!, `${i}`));
    const { rate, ci95 } = scoreTranscripts(loud).words;
    expect(rate).toBe(2);
    const half = (2.045229642 * Math.sqrt(2 / 3 / 29)) / 2;
    expect(ci95![0]).toBeCloseTo(2 * Math.exp(-half), 6);
    expect(ci95![1]).toBeCloseTo(2 * Math.exp(half), 6);
  });
});

test("a model that recognises nothing in the clips of many speakers has enough groups", () => {
  const clips = Array.from({ length: 24 }, (_, i) => ({
    item: `${i}`,
    reference: "up down",
    hypothesis: "",
  }));
  const groups = clips.map((_, i) => `speaker ${i % 12}`);
  const scores = scoreTranscripts(clips, { unit: "words", groups });
  expect(scores).toMatchObject({ groups: 12, words: { rate: 1 } });
  expect(scores).not.toHaveProperty("few_groups");
});

import { expect, test } from "vitest";
import { besideOrNot, mostSecondsBeside } from "./beside-decided.js";

const forecast = (seconds: number) =>
  ({ event: "forecast", seconds, peak_rss_mb: 100, words: `about ${seconds} s` }) as const;
const twice = (alone: number, whole: number, budget?: number) => ({
  alone: { event: forecast(budget ?? alone), planned: alone },
  whole: { event: forecast(budget ?? whole), planned: whole },
  ...(budget !== undefined && { budget }),
});

test("without a budget what stands beside a run may take two minutes, however long the run is", () => {
  expect(besideOrNot(twice(600, 600 + mostSecondsBeside))).toEqual({
    event: forecast(720),
    baselines: true,
  });
  expect(besideOrNot(twice(10, 10 + mostSecondsBeside + 1))).toEqual({
    event: {
      ...forecast(10),
      words: "about 10 s; no run from scratch beside it, which would take about 2 min 1 s (--baselines)",
    },
    baselines: false,
  });
});

test("a budget holds all of it", () => {
  expect(besideOrNot(twice(60, 300, 300)).baselines).toBe(true);
  const { event, baselines } = besideOrNot(twice(60, 301, 300));
  expect(baselines).toBe(false);
  expect(event.words).toBe(
    "about 300 s; no run from scratch beside it, which would take about 4 min 1 s more (--baselines)",
  );
});

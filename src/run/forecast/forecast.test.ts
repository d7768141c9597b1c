import { expect, test } from "vitest";
import { forecast, rangeOf, rangeWords } from "./forecast.js";

const measured = {
  secondsPerPicture: 0.01,
  picturesToExtract: 500,
  secondsPerStep: 0.2,
  steps: 100,
  secondsPerScored: 0.005,
  picturesToScore: 400,
  baselineSteps: 0,
  baselinePictures: 0,
  peakRssMb: 300,
  laterBytes: 50e6,
};

test("adds up what was measured, and a second for report and files", () => {
  // 500 · 0.01 + 100 · 0.2 + 400 · 0.005 + 1
  expect(forecast(measured).seconds).toBe(28);
  expect(forecast(measured).peak_rss_mb).toBe(350);
});

test("says in words where the time goes", () => {
  expect(forecast({ ...measured, baselineSteps: 400 }).words).toBe(
    "about 90 to 140 s and 350 MB of memory: features 5 s, training 22 s (100 steps of 200 ms), baseline from scratch 1 min 20 s",
  );
  expect(forecast({ ...measured, steps: 0, picturesToScore: 0 }).words).toBe(
    "about 5 to 8 s and 350 MB of memory: features 5 s",
  );
});

test("counts what is over, and what the baselines' trainings need before they begin", () => {
  const more = { secondsSpent: 12, secondsPerStart: 3, baselineStarts: 2, baselineSteps: 50 };
  const { seconds, words } = forecast({ ...measured, ...more });
  // 12 + 28 + 50 · 0.2 + 2 · 3
  expect(seconds).toBe(56);
  expect(words).toBe(
    "about 45 to 75 s and 350 MB of memory: 12 s so far, features 5 s, training 22 s (100 steps of 200 ms), baseline from scratch 16 s",
  );
  // With a budget, what is already over counts, and the features that fit into it: 12 + 1.
  expect(forecast({ ...measured, ...more, budget: 40 }).seconds).toBe(40);
  expect(forecast({ ...measured, ...more, budget: 10, featuresEnd: 3.5 }).seconds).toBe(13);
});

test("counts what keeping the weights takes after each epoch, the baselines' too", () => {
  const kept = { secondsPerKept: 0.5, epochs: 5, baselineEpochs: 20, baselineSteps: 10 };
  // 28 + 5 · 0.5 + 10 · 0.2 + 20 · 0.5
  expect(forecast({ ...measured, ...kept }).seconds).toBe(42.5);
});

test("counts models that are solved, which a budget does not shorten", () => {
  const solved = { ...measured, secondsSolving: 42 };
  // 28 + 42
  expect(forecast(solved).seconds).toBe(70);
  expect(forecast(solved).words).toContain("features 5 s, solved models 42 s, training 22 s");
  // 500 · 0.01 + 42 + 1
  expect(forecast({ ...solved, budget: 40 }).seconds).toBe(48);
});

test("counts the views of a solved head's test part, where nothing trains", () => {
  const { seconds, words } = forecast({ ...measured, steps: 0 });
  // 500 · 0.01 + 400 · 0.005 + 1
  expect(seconds).toBe(8);
  expect(words).toBe("about 6 to 11 s and 350 MB of memory: features 5 s, scoring 2 s (400 views)");
});

test("is a range: what a run takes whose forecast is right within ± 25 %", () => {
  // 60 / 1.25 and 60 / 0.75: a quarter above and below the actual time.
  expect(rangeOf(60)).toEqual({ low: 48, high: 80 });
  expect(forecast(measured)).toMatchObject({ seconds: 28, low: 22.4, high: 37.3 });
  // A budget sets the time itself.
  expect(rangeOf(60, 60)).toEqual({ low: 60, high: 60 });
  const budgeted = forecast({ ...measured, budget: 40 });
  expect(budgeted).toMatchObject({ low: 40, high: 40 });
  expect(budgeted.words).toMatch(/^about 40 s \(the budget\) and 350 MB/);
});

test("writes a range in one unit, with no more digits than are known", () => {
  const said = (low: number, high: number) => rangeWords({ low, high });
  expect(said(1.76, 2.9)).toBe("about 2 to 3 s");
  expect(said(0.8, 1.3)).toBe("about 1 s");
  expect(said(13.2, 22)).toBe("about 13 to 22 s");
  expect(said(39.4, 65.7)).toBe("about 40 to 65 s");
  expect(said(83, 138)).toBe("about 80 to 140 s");
  expect(said(408, 579)).toBe("about 7 to 9.5 min");
  expect(said(800, 1400)).toBe("about 13 to 23 min");
  expect(said(5000, 8000)).toBe("about 1.5 to 2 h");
});

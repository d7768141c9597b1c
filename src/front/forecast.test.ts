import { expect, test } from "vitest";
import { forecast } from "./forecast.js";

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
    "about 1 min 48 s and 350 MB of memory: features 5 s, training 22 s (100 steps of 200 ms), from scratch beside it 1 min 20 s",
  );
  expect(forecast({ ...measured, steps: 0, picturesToScore: 0 }).words).toBe(
    "about 6 s and 350 MB of memory: features 5 s",
  );
});

test("counts what is over, and what the baselines' trainings need before they begin", () => {
  const more = { secondsSpent: 12, secondsPerStart: 3, baselineStarts: 2, baselineSteps: 50 };
  const { seconds, words } = forecast({ ...measured, ...more });
  // 12 + 28 + 50 · 0.2 + 2 · 3
  expect(seconds).toBe(56);
  expect(words).toBe(
    "about 56 s and 350 MB of memory: 12 s so far, features 5 s, training 22 s (100 steps of 200 ms), from scratch beside it 16 s",
  );
  // Of a budget what is over is a part; what cannot be shortened is not.
  expect(forecast({ ...measured, ...more, budget: 40 }).seconds).toBe(40);
  expect(forecast({ ...measured, ...more, budget: 10 }).seconds).toBe(18);
});

test("counts what keeping the weights takes after each epoch, the baselines' too", () => {
  const kept = { secondsPerKept: 0.5, epochs: 5, baselineEpochs: 20, baselineSteps: 10 };
  // 28 + 5 · 0.5 + 10 · 0.2 + 20 · 0.5
  expect(forecast({ ...measured, ...kept }).seconds).toBe(42.5);
});

test("counts the views of a solved head's test part, where nothing trains", () => {
  const { seconds, words } = forecast({ ...measured, steps: 0 });
  // 500 · 0.01 + 400 · 0.005 + 1
  expect(seconds).toBe(8);
  expect(words).toBe("about 8 s and 350 MB of memory: features 5 s, scoring 2 s (400 views)");
});

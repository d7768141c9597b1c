import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "./listen.js";
import type { Microphone } from "./microphone.js";
import { RecentSamples } from "./open-microphone.js";

const counted = (from: number, to: number): Float32Array =>
  Float32Array.from({ length: to - from }, (_, i) => from + i);

test("the latest samples are the end of everything that was heard", () => {
  for (const sizes of [[1], [3, 4], [7], [10, 25, 1]]) {
    const recent = new RecentSamples(7);
    for (let [count, i] = [0, 0]; count < 60; i++) {
      const next = count + sizes[i % sizes.length]!;
      recent.push(counted(count, next));
      count = next;
      expect(recent.count).toBe(count);
      for (const n of [0, 1, 5, 7, 9])
        expect(recent.latest(n)).toEqual(counted(Math.max(0, count - Math.min(n, 7)), count));
    }
  }
});

/** A microphone that hears a tenth of a second with each look at it. */
function countingMicrophone(): Microphone & { closed: boolean } {
  let samples = 0;
  return {
    rate: 100,
    closed: false,
    get seconds() {
      return samples / 100;
    },
    latest(seconds) {
      samples += 10;
      return counted(Math.max(0, samples - 100 * seconds), samples);
    },
    record: () => Promise.reject(new Error("not used")),
    async close() {
      this.closed = true;
    },
  };
}

test("a model that is slower than the interval skips predictions, and none queues up", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const microphone = countingMicrophone();
  const stop = new AbortController();
  const windows: number[][] = [];
  let [running, most] = [0, 0];
  const model = {
    rate: 100,
    predict: async (sounds: readonly Float32Array[]) => {
      most = Math.max(most, ++running);
      windows.push([sounds.length, sounds[0]!.length]);
      await new Promise((resolve) => setTimeout(resolve, 25));
      running--;
      return [windows.length];
    },
  };
  const told: number[] = [];
  const listening = listen(model, {
    ...{ microphone, window: 0.3, interval: 0.01, signal: stop.signal },
    onPrediction: (prediction) => {
      told.push(prediction);
      if (prediction === 4) stop.abort();
    },
  });
  await vi.advanceTimersByTimeAsync(1000);
  const result = await listening;
  expect(most).toBe(1);
  expect(told).toEqual([1, 2, 3, 4]);
  // The first windows are not full.
  expect(windows).toEqual([1, 2, 3, 4].map(() => [1, 30]));
  expect(result.predictions).toBe(4);
  // Each prediction of 25 ms skips two of the times that come every 10 ms.
  expect(result.skipped).toBe(8);
  // A microphone of the page stays open.
  expect(microphone.closed).toBe(false);
});

test("a prediction that ends after the signal is dropped", async () => {
  const stop = new AbortController();
  const told: number[] = [];
  const model = {
    rate: 100,
    predict: async () => {
      stop.abort();
      return [1];
    },
  };
  const result = await listen(model, {
    ...{ microphone: countingMicrophone(), window: 0.1, signal: stop.signal },
    onPrediction: (prediction) => told.push(prediction),
  });
  expect(told).toEqual([]);
  expect(result).toMatchObject({ predictions: 0, skipped: 0 });
});

test("errors of the model and wrong options end it", async () => {
  const microphone = countingMicrophone();
  const onPrediction = (): void => undefined;
  const failing = { rate: 100, predict: () => Promise.reject(new Error("no memory")) };
  await expect(listen(failing, { microphone, onPrediction })).rejects.toThrow("no memory");
  await expect(listen({ ...failing, rate: 200 }, { microphone, onPrediction })).rejects.toThrow(
    "the microphone gives 100 samples per second, the model takes 200",
  );
  await expect(listen(failing, { microphone, onPrediction, interval: 0 })).rejects.toThrow("interval is 0");
});

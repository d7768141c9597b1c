import { expect, test } from "vitest";
import type { Leg } from "../step/clock.js";
import { movedEnd, stepsWithin } from "./pace.js";

const base = {
  step: 0,
  position: 0,
  stepsPerEpoch: 10,
  seconds: 0,
  secondsPerStep: 1,
  secondsPerValidation: 2,
};

test("the steps that fit leave time for the validations between them and at the end", () => {
  // 24 steps, 2 validations in between and one at the end: 30 s.
  expect(stepsWithin(30, base)).toBe(24);
  expect(stepsWithin(0, base)).toBe(1);
});

/** Seconds of a simulated run with time limit, whose steps take the time that `seconds` returns. */
function simulated(budget: number, thought: number, seconds: (step: number) => number): number {
  const perEpoch = 20;
  let legs: Leg[] = [
    {
      step: 0,
      position: 0,
      total: stepsWithin(budget, {
        ...base,
        stepsPerEpoch: perEpoch,
        secondsPerStep: thought,
        secondsPerValidation: 0,
      }),
    },
  ];
  let [time, last, step, perStep] = [0, 0, 0, thought];
  for (; step < legs.at(-1)!.total; ) {
    time += seconds(step);
    perStep += (seconds(step) - perStep) * 0.2;
    step++;
    const paced = {
      step,
      position: step / legs.at(-1)!.total,
      stepsPerEpoch: perEpoch,
      seconds: time,
      secondsPerStep: perStep,
      secondsPerValidation: 0,
    };
    const leg = movedEnd(legs, budget, last, paced);
    if (leg) [legs, last] = [[...legs, leg], time];
  }
  return time;
}

test("a run ends within a tenth of its budget, also when steps take three times as long as was thought, or a third, or a machine slows down halfway", () => {
  for (const seconds of [() => 0.1, () => 0.3, () => 0.033, (step: number) => (step < 300 ? 0.1 : 0.25)]) {
    const took = simulated(60, 0.1, seconds);
    expect(took).toBeGreaterThan(54);
    expect(took).toBeLessThan(66);
  }
});

test("a run that is on time is left as it is: what it does is then the same every time", () => {
  const legs = [{ step: 0, position: 0, total: 100 }];
  const onTime = {
    ...base,
    stepsPerEpoch: 100,
    step: 50,
    position: 0.5,
    seconds: 52,
    secondsPerValidation: 0,
  };
  expect(movedEnd(legs, 102, 0, onTime)).toBeUndefined();
  expect(movedEnd(legs, 102, 0, { ...onTime, secondsPerStep: 2 })).toEqual({
    step: 50,
    position: 0.5,
    total: 75,
  });
  // Not again at once.
  expect(movedEnd(legs, 102, 50, { ...onTime, secondsPerStep: 2 })).toBeUndefined();
});

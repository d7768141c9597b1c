// `npm start`: which demos train from scratch, and what it prints about those that do not.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { demoCommand, demos } from "../../scripts/demo/commands.mjs";
import { scratchNote } from "../../scripts/demo/scratch-note.mjs";

const measured = JSON.parse(
  readFileSync(new URL("../../scripts/demo/scratch.json", import.meta.url), "utf8"),
) as Readonly<
  Record<
    string,
    {
      readonly scratch: {
        readonly steps: number;
        readonly ended: string;
        readonly above_guessing: boolean;
        readonly ci95: readonly number[];
      };
    }
  >
>;

test.each(Object.entries(demos))("%s trains from scratch, or says what that takes", (name, demo) => {
  const words = demoCommand(name);
  const note = scratchNote(name);
  if (!demo.leavesScratchOut) {
    expect(words.slice(-demo.scratch.length)).toEqual(demo.scratch);
    expect(note).toBe("");
    return;
  }
  expect(words.at(-1)).toBe("--no-baselines");
  expect(note).toMatch(
    /^scratch {4}left out: when measured, \d+ steps from random weights took \d+ (s|min) and$/m,
  );
  const { ended, above_guessing: above } = measured[name]!.scratch;
  expect(note.includes("stopped early")).toBe(ended === "budget");
  // No figure of a network that has not learnt.
  expect(/\d %|m(AP|IoU) \d/.test(note)).toBe(above);
  // The command repeats the measurement.
  const command = /Repeat: npm start -- (\S+) (.*)\n/.exec(note)!;
  expect(demoCommand(command[1]!, command[2]!.split(" "))).toEqual([...demo.train, ...demo.scratch]);
  expect(measured[name]!.scratch.steps).toBeLessThanOrEqual(Number(demo.scratch.at(-1)));
});

test("five classes of equal size: an interval that holds 20 % is not above guessing", () => {
  const { ci95, above_guessing: above } = measured.pictures!.scratch;
  expect(above).toBe(ci95[0]! > 1 / 5);
});

test("words of the user decide about baselines", () => {
  expect(demoCommand("text", ["--no-baselines"])).toEqual([...demos.text.train, "--no-baselines"]);
  expect(demoCommand("pictures", ["--seed", "1"]).slice(-3)).toEqual(["--no-baselines", "--seed", "1"]);
});

import { expect, test } from "vitest";
import { teacherGuesses } from "./teacher-guesses.js";

const labelled = (...labels: number[]) => labels.map((label) => ({ label }));

test("a teacher that is right less often than the most frequent training class is named, and a better one is not", () => {
  const [train, scored] = [labelled(0, 1, 1, 2), labelled(0, 0, 1, 1, 2, 2)];
  expect(teacherGuesses({ n: 6, accuracy: 0 }, train, scored)).toEqual({ right: 0, guessed: 2 });
  expect(teacherGuesses({ n: 6, accuracy: 2 / 6 }, train, scored)).toEqual({ right: 2, guessed: 2 });
  expect(teacherGuesses({ n: 6, accuracy: 3 / 6 }, train, scored)).toBeUndefined();
});

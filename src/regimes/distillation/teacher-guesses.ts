import type { ClassSample } from "../../data/index.js";

/**
 * Returns how many samples a teacher and the most frequent training class are right for, if the teacher is no better; else undefined.
 * @param train,scored labels of the training samples, and of those that the teacher is scored on
 */
export function teacherGuesses(
  { n, accuracy }: { readonly n: number; readonly accuracy: number },
  train: readonly Pick<ClassSample, "label">[],
  scored: readonly Pick<ClassSample, "label">[],
): { readonly right: number; readonly guessed: number } | undefined {
  const countOf = (some: typeof train, label: number): number =>
    some.filter((one) => one.label === label).length;
  const labels = [...new Set(train.map(({ label }) => label))].sort((a, b) => a - b);
  const most = labels.reduce((a, b) => (countOf(train, b) > countOf(train, a) ? b : a), labels[0] ?? 0);
  const [right, guessed] = [Math.round(accuracy * n), countOf(scored, most)];
  return right > guessed ? undefined : { right, guessed };
}

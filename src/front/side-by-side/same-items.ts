import type { ModelAnswers } from "../../evidence/index.js";
import type { ReadSideRun } from "./read-side-run.js";

/**
 * Answers of `one` in the order of `to`'s test items, where both answered the very same ones; else why they cannot be paired.
 * The items are the same by the fingerprint of data and split, or by their hashes: then each must be there once.
 */
export function inOrderOf(to: ReadSideRun, one: ReadSideRun): Omit<ModelAnswers, "label"> | string {
  if (one.side.status !== "done") return "it is not done";
  if (to.side.status !== "done") return "the run it would be held against is not done";
  if (!one.answers || !to.answers) return withoutAnswers(one.answers ? to : one);
  if (one.names.join("\n") !== to.names.join("\n"))
    return one.answers.errors ? "it learns other numbers" : "it has other classes";
  const [a, b] = [one.tested, to.tested];
  const [n, m] = [lengthOf(one.answers), lengthOf(to.answers)];
  if (a.fingerprint !== undefined && a.fingerprint === b.fingerprint && n === m) return one.answers;
  if (a.testFingerprint === undefined || b.testFingerprint === undefined)
    return "its model folder does not say which items it was tested on";
  if (a.testFingerprint !== b.testFingerprint || n !== m) {
    const there = new Set(b.items);
    const shared = a.items.filter((item) => there.has(item)).length;
    return `it was tested on other items: of its ${n} and the other's ${m}, ${shared === 0 ? "none" : shared} ${shared === 1 ? "is" : "are"} the same`;
  }
  if (a.items.length !== n || b.items.length !== m)
    return "its test part holds copies of one item, and their order may be another";
  return reordered(one.answers, a.items, b.items);
}

const lengthOf = ({ right, errors }: Omit<ModelAnswers, "label">): number => errors?.length ?? right.length;

function withoutAnswers({ side, learns }: ReadSideRun): string {
  if (side.test?.name === "f1")
    return learns === "token-classification"
      ? "F1 of entities is no mean over items, so there is nothing to pair"
      : "micro F1 is no mean over items, so there is nothing to pair";
  return "it was made by a version that did not keep how each test item was answered";
}

function reordered(
  { right, errors }: Omit<ModelAnswers, "label">,
  own: readonly string[],
  wanted: readonly string[],
): Omit<ModelAnswers, "label"> {
  const at = new Map(own.map((item, i) => [item, i]));
  const order = wanted.map((item) => at.get(item)!);
  return {
    right: right === "" ? "" : order.map((i) => right[i]).join(""),
    ...(errors && { errors: order.map((i) => errors[i]!) }),
  };
}

// Whole trainings in a real browser and in Node, from the same rows and seed: equal results, predictions, scores and explanations.
import { test } from "vitest";
import { expectSmallPage, expectSmallParts } from "./page-size.js";
import { tabGivesNodesResults } from "./task-suite.js";

// `every-task.test.ts` trains every task in one page.
const loadedBy = tabGivesNodesResults(["text-classification"]);

test("a page loads little code", expectSmallPage);
test("a page loads little code for a task", { tags: ["thorough"], timeout: 1_800_000 }, () =>
  expectSmallParts(loadedBy),
);

// Every task in a real browser, from the same rows and seed as in Node.
import { test } from "vitest";
import { expectSmallPage, expectSmallParts } from "./page-size.js";
import { tabGivesNodesResults } from "./task-suite.js";

// Every kind of input and every kind of head is in another task, too: the thorough tests run these.
const alike = ["image-regression", "audio-regression", "tabular-classification"] as const;
const loadedBy = tabGivesNodesResults(["image-classification", "text-classification"], alike);

test("a page loads little code", expectSmallPage);
test("a page loads little code for a task", { tags: ["thorough"], timeout: 1_800_000 }, () =>
  expectSmallParts(loadedBy),
);

// Every task in a real browser, from the same rows and seed as in Node.
import { test } from "vitest";
import { expectSmallPage, expectSmallParts } from "./page-size.js";
import { tabGivesNodesResults } from "./task-suite.js";

const loaded = tabGivesNodesResults(["image-classification", "text-classification"]);

test("a page loads little code", expectSmallPage);
test("a page loads little code for a task", { tags: ["thorough"] }, () => expectSmallParts(loaded));

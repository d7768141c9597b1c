// Every task in a real browser, from the same rows and seed as in Node.
import { test } from "vitest";
import { tasks } from "../../src/core/results/task.js";
import { expectSmallPage } from "./page-size.js";
import type { CaseName } from "./task-cases.js";
import { tabGivesNodesResults } from "./task-suite.js";

const loaded = new Map<CaseName, ReadonlySet<string>>();

// A network from scratch and a linear probe are trained in one case of pictures and one of texts.
tabGivesNodesResults(
  Object.keys(tasks) as CaseName[],
  ["image-classification", "text-classification"],
  loaded,
);

test("a page loads little code for a task", () => expectSmallPage(loaded));

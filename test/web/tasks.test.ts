// Every task in a real browser, from the same rows and seed as in Node.
import { test } from "vitest";
import { tasks } from "../../src/core/results/task.js";
import { expectSmallPage } from "./page-size.js";
import { tabGivesNodesResults } from "./task-suite.js";

// A network from scratch and a linear probe are trained in one case of pictures and one of texts.
tabGivesNodesResults(tasks, ["image-classification", "text-classification"]);

test("a page loads little code", expectSmallPage);

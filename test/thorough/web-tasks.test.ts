// Every case of a tab with all baselines: those of the second kinds of inputs and models too.
import { test } from "vitest";
import { tasks } from "../../src/core/results/task.js";
import { expectSmallParts } from "../web/page-size.js";
import { type CaseName, others } from "../web/task-cases.js";
import { tabGivesNodesResults } from "../web/task-suite.js";

const loaded = new Map<CaseName, ReadonlySet<string>>();
const names = [...tasks, ...others] as const;
tabGivesNodesResults(names, names, loaded);

test("a page loads little code for a task", () => expectSmallParts(loaded));

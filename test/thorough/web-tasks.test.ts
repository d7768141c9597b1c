// Every case of a tab with all baselines: those of the second kinds of inputs and models too.
import { tasks } from "../../src/core/results/task.js";
import { type CaseName, others } from "../web/task-cases.js";
import { tabGivesNodesResults } from "../web/task-suite.js";

const names = [...Object.keys(tasks), ...others] as CaseName[];
tabGivesNodesResults(names, names);

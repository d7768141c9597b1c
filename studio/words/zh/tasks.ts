import type { Words } from "../en/index.js";

export const tasksWords: Words["tasks"] = {};

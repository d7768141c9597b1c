import type { Words } from "../en/index.js";

export const trainWords: Words["train"] = {};

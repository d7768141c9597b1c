import type { Words } from "../en/index.js";

export const startWords: Words["start"] = {};

import type { Words } from "../en/index.js";

export const tryWords: Words["try"] = {};

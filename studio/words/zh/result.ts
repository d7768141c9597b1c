import type { Words } from "../en/index.js";

export const resultWords: Words["result"] = {};

import type { Words } from "../en/index.js";

export const useWords: Words["use"] = {};

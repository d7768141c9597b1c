import type { Words } from "../en/index.js";

export const samplesWords: Words["samples"] = {};

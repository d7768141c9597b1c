import type { Words } from "../en/index.js";

export const runsWords: Words["runs"] = {};

import type { BaseModality } from "../../core/modalities.js";
import type { Input } from "./input.js";

/** Inputs by modality. Their code is loaded on demand: a page has one kind of samples. */
export const inputs = {
  image: async () => (await import("./image.js")).imageInput,
  text: async () => (await import("./text.js")).textInput,
  audio: async () => (await import("./audio.js")).audioInput,
} as const satisfies Readonly<Record<BaseModality, () => Promise<Input>>>;

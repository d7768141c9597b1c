import { PixelCache } from "../../data/index.js";
import { defaults } from "../../options/options.js";
import { openBody } from "../../run/setup.js";
import type { InputOpener } from "./input-opener.js";

/** Opens the base of images. */
export const openImageInputs: InputOpener = async (given, options, { platform, onEvent }) => {
  const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
  const decoded = PixelCache.for(given.items.length, opened.base.preprocessing);
  return { opened, inputs: async () => ({ decoded }) };
};

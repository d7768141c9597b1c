import { pictureInputs } from "../../data/index.js";
import { defaults } from "../../options/options.js";
import { openBody } from "../../run/setup.js";
import type { InputOpener } from "./input-opener.js";

/** Opens the base of images. */
export const openImageInputs: InputOpener = async (given, options, { platform, onEvent }) => {
  const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
  const inputs = pictureInputs(platform, opened.base.preprocessing, given.items.length);
  return { opened, inputs: async () => ({ inputs }) };
};

import { PixelCache } from "../../data/index.js";
import { clipsOf, openSoundBody, soundBaseOf } from "../sounds/open-sounds.js";
import type { InputOpener } from "./input-opener.js";

/** Opens the base of sounds. */
export const openSoundInputs: InputOpener = async (given, options, { platform, onEvent, run }) => {
  const opened = await openSoundBody(soundBaseOf(options), options, { platform, onEvent });
  const scratch = () => platform.files.scratch?.(run);
  return {
    opened,
    inputs: async () => ({
      decoded: new PixelCache(0),
      inputs: await clipsOf(given, opened, { platform, options, onEvent, signal: options.signal, scratch }),
    }),
  };
};

import { mixCut } from "../../bases/audio/layer-states.js";
import type { OnWork } from "../../core/events/work-events.js";
import { clipsOf, openSoundBody, soundBaseOf } from "../sounds/open-sounds.js";
import type { InputOpener } from "./input-opener.js";

/** Opens the base of sounds. A mix of its layers is reported later, with the shares that are learned. */
export const openSoundInputs: InputOpener = async (given, options, { platform, onEvent, run }) => {
  const report: OnWork = (event) =>
    options.cut === mixCut && event.event === "base" ? undefined : onEvent(event);
  const opened = await openSoundBody(soundBaseOf(options), options, { platform, onEvent: report });
  const scratch = () => platform.files.scratch?.(run);
  return {
    opened,
    inputs: async (of = given) => ({
      inputs: await clipsOf(of, opened, { platform, options, onEvent, signal: options.signal, scratch }),
    }),
  };
};

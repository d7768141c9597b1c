import { EngraftError } from "../../core/errors.js";
import type { OptionsOf } from "../options/options.js";

/** Returns whether to train from scratch; undefined if not given: then the run decides by the time. */
export function baselinesOf({
  baselines,
  noBaselines,
}: Pick<OptionsOf<"train">, "baselines" | "noBaselines">): boolean | "auto" {
  if (baselines === true && noBaselines === true)
    throw new EngraftError("OptionError", "--baselines and --no-baselines contradict each other", {
      help: "leave one of them out",
    });
  return noBaselines === true ? false : (baselines ?? "auto");
}

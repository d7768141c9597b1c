import { EngraftError } from "../../core/errors.js";
import type { OptionsOf } from "../options/options.js";

/** Runs from scratch: asked for, or not wanted; without either the run itself looks whether there is time for them. */
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

import { train } from "../../api/train.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { nodePlatform } from "../../platform/node.js";
import { readPlan } from "../../studies/plan/plan-file.js";
import type { Context } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { kebab } from "../options/parse.js";
import { baselinesOf } from "../render/baselines-of.js";
import { renderAnyResult } from "../render/render-result.js";
import { resumable } from "../resumable.js";

/** Options that are allowed with `--plan`: they choose the folder of the run and its output, not the training. */
const allowedWithPlan = new Set([
  "plan",
  "out",
  "threads",
  "device",
  "baselines",
  "noBaselines",
  "seeds",
  "tensorboard",
  "noCache",
  "json",
  "quiet",
  "help",
]);

/** `engraft train --plan FILE`: trains what the plan chose. @param data path of the data, if not that of the plan */
export async function planned(
  data: string | undefined,
  options: OptionsOf<"train">,
  { output, signal }: Pick<Context, "output" | "signal">,
): Promise<void> {
  const file = options.plan!;
  const other = Object.entries(options).find(
    ([name, value]) => value !== undefined && !allowedWithPlan.has(name),
  );
  if (other)
    throw new EngraftError("OptionError", `--${kebab(other[0])} is decided by the plan`, {
      help: `leave it out, or plan with it: engraft plan <data> --${kebab(other[0])} … --save ${file}`,
      details: { option: other[0] },
    });
  const plan = await readPlan(nodePlatform, file);
  const { out, threads, device, seeds, tensorboard, noCache } = options;
  const requested = baselinesOf(options);
  const baselines = requested === "auto" ? (plan.options.baselines ?? requested) : requested;
  const watched =
    (onEvent: OnEvent): OnEvent =>
    (event) => {
      onEvent(event);
      if (event.event === "data" && event.fingerprint !== plan.data.fingerprint)
        onEvent({
          event: "warning",
          code: "plan",
          message: `the data are not those that "${file}" was made for: what it says may not suit them; engraft plan looks again`,
        });
    };
  const result = await resumable("train", output.onEvent, (onEvent) =>
    train(data ?? plan.data.path, {
      ...plan.options,
      ...(out !== undefined && { out }),
      ...(threads !== undefined && { threads }),
      ...(device !== undefined && { device }),
      baselines,
      ...(seeds !== undefined && { seeds }),
      ...(tensorboard !== undefined && { tensorboard }),
      cache: noCache !== true,
      onEvent: watched(onEvent),
      signal,
    }),
  );
  output.result({ ...result }, await renderAnyResult(result, output.verbose));
}

import type { Platform } from "../../platform/platform.js";
import type { Context } from "../context.js";
import { requireSameModel } from "../folder/require-same.js";
import type { OpenedBase } from "../setup.js";

/**
 * Returns the base that a run starts from, with the weights of another model in it if the run asks for them.
 * @throws RunError if the other model is not the one that the run was started with
 */
export async function startFrom(
  {
    run,
    options,
    platform,
    onEvent,
  }: Pick<Context, "run" | "options" | "onEvent"> & { readonly platform: Platform },
  opened: OpenedBase,
): Promise<OpenedBase> {
  if (options.initFrom === undefined && options.initHead === undefined) return opened;
  const { initialise } = await import("./init.js");
  const started = await initialise(opened, options, platform, onEvent);
  if (started.from) await requireSameModel(run, "init_sha256", started.from);
  return started.opened;
}

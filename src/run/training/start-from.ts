import type { Context } from "../context.js";
import { requireSameModel } from "../folder/require-same.js";
import type { OpenedBase } from "../setup.js";

/** What a run starts from. */
type Start = Pick<Context, "opened" | "init" | "oldHead">;

/**
 * Returns what a run starts from: its base, with the weights of another model in it if the run asks for them.
 * @throws RunError if the other model is not the one that the run was started with
 */
export async function startFrom(
  { run, options, platform, onEvent }: Pick<Context, "run" | "options" | "platform" | "onEvent">,
  opened: OpenedBase,
): Promise<Start> {
  if (options.initFrom === undefined && options.initHead === undefined) return { opened };
  const { initialise } = await import("./init.js");
  const { from, ...start } = await initialise(opened, options, platform, onEvent);
  if (from) await requireSameModel(run, "init_sha256", from);
  return start;
}

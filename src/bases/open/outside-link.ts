import { EngraftError } from "../../core/errors.js";
import { leadsOut } from "../../platform/leads-out.js";
import type { Platform } from "../../platform/platform.js";

/**
 * Refuses a file of weights that is a link to another folder than the model's.
 * @param location of the weights, as the model names it
 * @throws ModelError
 */
export async function refuseOutsideLink(
  { model, path, location }: { readonly model: string; readonly path: string; readonly location: string },
  { files }: Platform,
): Promise<void> {
  const real = await files.realPath(path);
  // Caches link both the model and its weights to another folder. That is fine if it is the same one.
  const homes = [await files.realPath(files.dirname(model)), files.dirname(await files.realPath(model))];
  if (homes.every((home) => leadsOut(files.relative(home, real))))
    throw new EngraftError(
      "ModelError",
      `the weights ${location} are a link that leaves the model's folder`,
      {
        at: path,
        help: "put the file itself beside the model; do not trust this model if you did not make the link",
      },
    );
}

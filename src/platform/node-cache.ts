import { resolve } from "node:path";
import envPaths from "env-paths";

/** Returns the user's cache folder for Engraft; the environment variable ENGRAFT_CACHE overrides it. */
export function cacheDir(): string {
  const own = process.env.ENGRAFT_CACHE;
  return own === undefined || own === "" ? envPaths("engraft", { suffix: "" }).cache : resolve(own);
}

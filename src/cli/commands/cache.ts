import { cacheInfo, clearCache } from "../../bases/index.js";
import { EngraftError } from "../../core/errors.js";
import { cacheFeatures } from "../../tasks/sums/cache-features.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes, formatCount } from "../render/render.js";

/** `engraft cache [info | clear]` */
export const cache: Command<OptionsOf<"cache">> = async ([action = "info"], _options, { output }) => {
  if (action !== "info" && action !== "clear")
    throw new EngraftError("OptionError", `cache knows no "${action}"`, {
      help: "engraft cache [info | clear]",
    });
  const clear = action === "clear";
  const info = await (clear ? clearCache : cacheInfo)();
  output.result({ ...info, cleared: clear }, [
    ...labelled("cache", info.folder),
    ...info.parts.flatMap((p) => labelled(p.name, `${formatBytes(p.bytes)} in ${p.files} files: ${p.what}`)),
    ...(clear ? labelled("removed", formatBytes(info.bytes)) : []),
  ]);
};

/** `engraft features <data>` */
export const features: Command<OptionsOf<"features">> = async ([data = ""], options, { output, signal }) => {
  const { json: _json, quiet: _quiet, verbose: _verbose, help: _help, ...given } = options;
  const result = await cacheFeatures(data, { ...given, onEvent: output.onEvent, signal });
  const { samples, computed, shard, base, cache: folder, bytes, limit, features: width } = result;
  output.result({ ...result }, [
    ...labelled(
      "features",
      `${formatCount(samples)} samples${shard === undefined ? "" : ` (shard ${shard})`} of ${formatCount(width)} features each, by ${base.name}`,
      `${formatCount(computed)} computed, ${formatCount(samples - computed)} were there`,
    ),
    ...labelled("cache", folder, `${formatBytes(bytes)} of ${formatBytes(limit)}`),
  ]);
};

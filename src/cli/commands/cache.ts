import { cacheInfo, clearCache } from "../../bases/index.js";
import { EngraftError } from "../../core/errors.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes } from "../render/render.js";

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

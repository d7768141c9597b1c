import { extend as extendModel } from "../../regimes/extend/extend.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { renderAnyResult } from "../render/render-result.js";
import { resumable } from "../resumable.js";

/** `engraft extend <first> [more…]` */
export const extend: Command<OptionsOf<"extend">> = async (sources, options, { output, signal }) => {
  const {
    json: _json,
    quiet: _quiet,
    verbose: _verbose,
    help: _help,
    noCache,
    noPictures,
    ...given
  } = options;
  const result = await resumable("train", output.onEvent, (onEvent) =>
    extendModel(sources, {
      ...given,
      cache: noCache !== true,
      ...(noPictures === true && { pictures: false }),
      onEvent,
      signal,
    }),
  );
  output.result({ ...result }, await renderAnyResult(result, output.verbose));
};

import { EngraftError } from "../../core/errors.js";
import { collectSums, type SumsResult } from "../../regimes/extend/collect-sums.js";
import { extend as extendModel } from "../../regimes/extend/extend.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes, formatCount } from "../render/render.js";
import { renderAnyResult } from "../render/render-result.js";
import { resumable } from "../resumable.js";

/** `engraft sums <data> --out FILE` */
export const sums: Command<OptionsOf<"sums">> = async ([data = ""], options, { output, signal }) => {
  const { json: _json, quiet: _quiet, verbose: _verbose, help: _help, noCache, out, ...given } = options;
  if (out === undefined)
    throw new EngraftError("OptionError", "sums needs a file to write", {
      help: "engraft sums <data> --out photos.sums",
    });
  const result = await collectSums(data, {
    ...given,
    cache: noCache !== true,
    out,
    onEvent: output.onEvent,
    signal,
  });
  output.result({ ...result }, lines(result));
};

/** Classes that are named. */
const mostNamed = 8;

function lines({
  file,
  bytes,
  samples,
  shard,
  test,
  features,
  classes,
  targets,
  base,
}: SumsResult): string[] {
  const some = classes?.slice(0, mostNamed).map(({ name, samples: n }) => `${name} ${formatCount(n)}`);
  const more = classes && classes.length > mostNamed ? [`${classes.length - mostNamed} more`] : [];
  return [
    ...labelled(
      "added up",
      `${formatCount(samples)} samples${shard === undefined ? "" : ` (shard ${shard})`} of ${formatCount(features)} features each, by ${base.name}`,
      some ? [...some, ...more].join(", ") : (targets ?? []).join(", "),
      ...(test > 0 ? [`the test split is left out: ${formatCount(test)} samples`] : []),
    ),
    ...labelled("sums", file, formatBytes(bytes)),
    `next       engraft extend ${file} --test DATA`,
  ];
}

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

import { EngraftError } from "../../core/errors.js";
import { type FederatedResult, federatedTitles } from "../../core/federated-result.js";
import { collectSums, type SumsResult } from "../../regimes/extend/collect-sums.js";
import { extend as extendModel } from "../../regimes/extend/extend.js";
import { simulateFederated } from "../../regimes/federated/simulate-federated.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { percent, percentRange } from "../render/percent.js";
import { formatBytes, formatCount } from "../render/render.js";
import { renderAnyResult } from "../render/render-result.js";
import { tableLines } from "../render/table-lines.js";
import { resumable } from "../resumable.js";
import { resumeAs } from "./train.js";

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
  directions,
  classes,
  targets,
  base,
}: SumsResult): string[] {
  const some = classes?.slice(0, mostNamed).map(({ name, samples: n }) => `${name} ${formatCount(n)}`);
  const more = classes && classes.length > mostNamed ? [`${classes.length - mostNamed} more`] : [];
  return [
    ...labelled(
      "added up",
      `${formatCount(samples)} samples${shard === undefined ? "" : ` (shard ${shard})`} of ${formatCount(features)} features each, by ${base.name}${directions === undefined ? "" : `, along ${formatCount(directions)} directions`}`,
      some ? [...some, ...more].join(", ") : (targets ?? []).join(", "),
      ...(test > 0 ? [`the test split is left out: ${formatCount(test)} samples`] : []),
    ),
    ...labelled("sums", file, formatBytes(bytes)),
    `next       engraft extend ${file} --test DATA`,
  ];
}

/** `engraft extend <first> [more…]`, or `engraft extend --resume DIR`, with `--base` for its new path. */
export const extend: Command<OptionsOf<"extend">> = async (sources, options, context) => {
  if (options.resume !== undefined) return resumeAs("extend", sources, options, context);
  const { output, signal } = context;
  const {
    json: _json,
    quiet: _quiet,
    verbose: _verbose,
    help: _help,
    noCache,
    noPictures,
    resume: _resume,
    ...given
  } = options;
  const result = await resumable("extend", output.onEvent, (onEvent) =>
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

/** `engraft federate simulate <data>` */
export const federate: Command<OptionsOf<"federate">> = async (args, options, { output, signal }) => {
  const [action = "", data] = args;
  if (action !== "simulate" || data === undefined)
    throw new EngraftError(
      "OptionError",
      action === "simulate" ? "federate simulate needs data" : `federate knows no "${action}"`,
      { help: `engraft federate simulate ${action === "simulate" ? "DATA" : action}` },
    );
  const { json: _json, quiet: _quiet, verbose: _verbose, help: _help, noCache, ...given } = options;
  const result = await simulateFederated(data, {
    ...given,
    cache: noCache !== true,
    onEvent: output.onEvent,
    signal,
  });
  output.result({ ...result }, federatedLines(result));
};

function federatedLines({
  rows,
  clients,
  skew,
  classes,
  unit,
  test,
  base,
  features,
}: FederatedResult): string[] {
  const sizes = clients.map(({ samples }) => samples);
  const range = [...new Set([Math.min(...sizes), Math.max(...sizes)])].map(formatCount).join(" to ");
  const cells = rows.map((row) => [
    `${federatedTitles[row.model]}${row.diverged ? " (diverged)" : ""}`,
    percent(row.accuracy),
    row.accuracy_ci95 ? percentRange(row.accuracy_ci95) : "–",
    row.rounds === null ? "–" : String(row.rounds),
    ...[row.bytes_up, row.bytes_down].map((bytes) => (bytes === null ? "–" : formatBytes(bytes))),
    percent(row.worst_client),
  ]);
  const average = rows.find(({ model }) => model === "fedavg")!.by_round!;
  const after = [1, 5, 20, average.length].filter((n, i, all) => n <= average.length && all.indexOf(n) === i);
  return [
    ...tableLines(["model", "accuracy", "95 % interval", "rounds", "up", "down", "worst client"], cells, {
      left: 1,
    }),
    ...labelled(
      "clients",
      `${clients.length} with ${range} training ${unit} of ${classes.length} classes, ${skew}; ${formatCount(features)} features by ${base.name}`,
    ),
    ...labelled("test", `${formatCount(test)} ${unit} that no client trains on`),
    ...labelled("sums", "one round, the same answer as with all samples in one place"),
    ...labelled(
      "FedAvg",
      after.map((n) => `${percent(average[n - 1]!)} after ${n} round${n === 1 ? "" : "s"}`).join(", "),
    ),
    ...updatesLine(clients, unit),
    ...labelled(
      "columns",
      "up and down: bytes of one client in all rounds, of the one with most. worst client: lowest accuracy on test samples weighted by the classes of a client; alone: each by its own head",
    ),
  ];
}

/** Returns the line on the last updates of FedAvg: its lowest and highest accuracy without one of them. */
function updatesLine(clients: FederatedResult["clients"], unit: string): string[] {
  const scores = clients.flatMap((one) => one.last_update ?? []);
  if (scores.length === 0) return [];
  const { n, with: all } = scores[0]!;
  const without = scores.map((one) => one.without);
  const range = [...new Set([Math.min(...without), Math.max(...without)].map(percent))].join(" to ");
  return labelled(
    "updates",
    `FedAvg, trained without the ${formatCount(n)} validation ${unit}, has ${percent(all)} on them; ${range} without one client's update of the last round`,
  );
}

import { modalities, modalityOf } from "../../core/modalities.js";
import type { ShownScore } from "../../core/results/shown-score.js";
import type { Estimate, Figure } from "../../report/sheet/sheet.js";
import { saidOfScore } from "../../report/sheet/shown-score.js";
import { writtenEstimate } from "../../report/sheet/written.js";
import { type RankedBase, type RankResult, rank as rankBases } from "../../studies/rank/rank.js";
import type { RankedDistance } from "../../studies/rank/rank-source.js";
import { distances, scores } from "../../transferability/index.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { tableLines } from "../render/table-lines.js";

/** `engraft rank <data> --bases a,b` */
export const rank: Command<OptionsOf<"rank">> = async (args, options, { output, signal }) => {
  const [data = ""] = args;
  const { json: _json, quiet: _quiet, help: _help, bases, noCache, ...given } = options;
  const result = await rankBases(data, {
    ...given,
    ...(bases !== undefined && { bases }),
    cache: noCache !== true,
    onEvent: output.onEvent,
    signal,
  });
  output.result({ ...result }, [...words(result)]);
};

/** Says what guessing gives, and which bases are not clearly better. */
function guessingLines({ bases, unit }: RankResult): string[] {
  const { one: sample } = modalities[modalityOf(unit)];
  const said = ({ shown }: RankedBase): string =>
    saidOfScore({ shown, figure: figureOf(shown), sample, lang: "en" }).guessing!;
  const unclear = bases.filter(({ shown }) => shown.better_than_guessing !== true);
  const lines =
    unclear.length === 0 ? [said(bases[0]!)] : unclear.map((base) => `${base.name}: ${said(base)}`);
  return labelled("baseline", ...lines);
}

/** The cross-validated accuracy of a probe as all scores are written. */
const figureOf = ({ value, ci95 }: ShownScore): Figure => ({
  name: scores.probe.title,
  as: "share",
  value,
  ci95,
});

/** "70.6 % [61.6 to 78.2 %]"; the interval alone if it is too wide, as for every score. */
function probeText(shown: ShownScore): string {
  const { number, interval } = writtenEstimate("share", figureOf(shown) as Estimate, "en");
  return shown.value === null ? interval || number : `${number} [${interval}]`;
}

function words(result: RankResult): string[] {
  const { bases, unit, n, train, classes, cka, failed, words: first } = result;
  const names = Object.keys(scores) as (keyof typeof scores)[];
  const shown = (value: number | null): string => (value === null ? "n/a" : value.toPrecision(4));
  const head = ["", ...bases.map(({ name }) => name)];
  const rows = [
    ["mean rank", ...bases.map(({ mean_rank }) => mean_rank.toFixed(2))],
    ...names.map((name) => [
      scores[name].title,
      ...bases.map(
        ({ scores: own, shown: probe }) =>
          `${name === "probe" ? probeText(probe) : shown(own[name].value)} (${Math.round(own[name].ms)} ms)`,
      ),
    ]),
    ...(bases.some(({ source }) => source.source)
      ? (Object.keys(distances) as (keyof typeof distances)[]).map((name) => [
          `${distances[name].title} to source`,
          ...bases.map(({ source }) => distanceText(source.distances[name])),
        ])
      : []),
    ["features", ...bases.map(({ features }) => String(features))],
    [
      "seconds",
      ...bases.map(({ seconds }) => (seconds.features + seconds.scores + seconds.distances).toFixed(1)),
    ],
    ["licence", ...bases.map(({ license }) => license)],
    ...(bases.length < 2
      ? []
      : bases.map(({ name }, i) => [`CKA with ${name}`, ...cka[i]!.map((v) => v.toFixed(3))])),
  ];
  return [
    ...(first === undefined ? [] : [first]),
    ...labelled(
      "ranked",
      `by ${n} of ${train} training ${unit} of ${classes.length} classes; higher is better`,
    ),
    ...tableLines(head, rows, { left: head.length }),
    ...guessingLines(result),
    ...failed.flatMap(({ base, message }) => labelled("left out", `${base}: ${message}`)),
    ...(bases.some(({ source }) => source.source)
      ? labelled(
          "distances",
          `lower is nearer; ${bases.map(({ name, source }) => `${name}: ${source.source ? `${source.source.n} pictures of ${source.source.data}` : source.why}`).join("; ")}`,
        )
      : labelled("distances", `n/a: ${bases[0]?.source.why}`)),
    ...labelled(
      "scores",
      `${Math.round(1000 * bases.reduce((sum, { seconds }) => sum + seconds.scores, 0))} ms for ${bases.length} base${bases.length === 1 ? "" : "s"}, without the features`,
    ),
    ...labelled(
      "order",
      "mean place by probe CV and 1-NN, equal places by probe CV; n/a: the base has no classifier on these features, or groups leave nothing to score",
    ),
  ];
}

/** 1.23 [1.10, 1.36], 0.012 (p 0.005), 41.2 (0.37 of the variance), each with its milliseconds. */
function distanceText({ value, ci95, p, relative, ms }: RankedDistance): string {
  if (value === null) return "n/a";
  const interval = ci95
    ? ` [${ci95[0].toFixed(2)}, ${ci95[1].toFixed(2)}]`
    : p !== undefined
      ? ` (p ${p < 0.01 ? "below 0.01" : p.toFixed(2)})`
      : relative !== undefined
        ? ` (${relative.toFixed(3)} of the variance)`
        : "";
  return `${value.toPrecision(3)}${interval} (${Math.round(ms)} ms)`;
}

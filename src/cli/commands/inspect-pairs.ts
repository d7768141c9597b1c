import { EngraftError } from "../../core/errors.js";
import type { SideFacts } from "../../data/pairs/check-pairs.js";
import { openPairs } from "../../data/pairs/pair-data.js";
import { defaults } from "../../options/options.js";
import { nodePlatform } from "../../platform/node.js";
import type { InspectDataOptions } from "../../tasks/inspect-data.js";
import { labelled } from "../render/labelled.js";
import { few, formatCount } from "../render/render.js";
import { cut, doubtLines, splitWords } from "./inspect-data.js";

/** Number of training pairs that are shown, and of leaks in the result. */
const [shown, mostLeaks] = [3, 200];

/** Pairs of a source and a target text, as `engraft inspect --json` writes them. */
type PairInspection = Awaited<ReturnType<typeof describePairs>>;

/**
 * Describes pairs of a source and a target text, which a training would refuse.
 * @param refusal error of the training. Any other error than the one about pairs is thrown again
 */
export async function inspectPairs(
  path: string,
  options: InspectDataOptions,
  refusal: unknown,
): Promise<{ readonly result: PairInspection; readonly lines: readonly string[] }> {
  if (!(refusal instanceof EngraftError && refusal.code === "pairs-not-learnt")) throw refusal;
  const result = await describePairs(path, options);
  return { result, lines: linesOf(path, result) };
}

async function describePairs(path: string, { seed = defaults.seed, quotes, groupFrom }: InspectDataOptions) {
  const data = await openPairs(nodePlatform, path, { seed, quotes, groupFrom });
  const { columns, languages, items, facts, duplicates, leaks = [], skipped, warnings, unused } = data;
  const of = (part: string): number => items.filter((one) => one.part === part).length;
  const { exact, acrossParts } = duplicates;
  return {
    form: "pairs",
    source: { column: columns.source, language: languages.source, ...facts.source },
    target: { column: columns.target, language: languages.target, ...facts.target },
    ...(columns.inside !== undefined && { inside: columns.inside }),
    unused,
    pairs: items.length,
    splits: { train: of("train"), validation: of("validation"), test: of("test") },
    split_words: data.splitWords,
    groups: facts.groups,
    largest_group: facts.largest_group,
    equal: facts.equal,
    swapped: facts.swapped,
    skipped,
    duplicates: { exact, near: 0, across_parts: acrossParts },
    leaks: leaks.slice(0, mostLeaks),
    warnings,
    samples: items
      .filter(({ part }) => part === "train")
      .slice(0, shown)
      .map(({ id, source, target }) => ({ id, source, target })),
    fingerprint: data.fingerprint,
  } as const;
}

function linesOf(path: string, found: PairInspection): string[] {
  const { source, target, inside, unused, duplicates, groups, largest_group: largest } = found;
  return [
    ...labelled("data", path, "pairs of a source and a target text: recognised, and not learnt yet"),
    ...labelled("source", ...sideLines(source, inside)),
    ...labelled("target", ...sideLines(target, inside)),
    ...(unused.length > 0 ? labelled("not used", few(unused.map((one) => JSON.stringify(one)))) : []),
    ...labelled("pairs", formatCount(found.pairs)),
    ...labelled("split", splitWords(found.splits), found.split_words),
    ...labelled(
      "groups",
      `${formatCount(groups)}: pairs with an equal source or target are in one; the largest has ${formatCount(largest)}`,
    ),
    ...(found.equal + found.swapped > 0
      ? labelled(
          "doubtful",
          `${formatCount(found.equal)} with source and target equal, ${formatCount(found.swapped)} swapped`,
        )
      : []),
    ...(duplicates.exact > 0
      ? labelled(
          "copies",
          `${formatCount(duplicates.exact)} exact, ${formatCount(duplicates.across_parts)} in another split`,
        )
      : []),
    ...doubtLines(found),
    ...labelled(
      "samples",
      ...found.samples.map((one) => `${one.id}: ${cut(one.source)} → ${cut(one.target)}`),
    ),
  ];
}

function sideLines(
  { column, language, characters, scripts }: PairInspection["source"],
  inside: string | undefined,
): string[] {
  const name = `${JSON.stringify(column)}${inside === undefined ? "" : ` in ${JSON.stringify(inside)}`}`;
  const { median, longest, longest_id: id } = characters;
  const share = ({ script, share }: SideFacts["scripts"][number]): string => `${script} ${percent(share)}`;
  return [
    `${name}${language === undefined || language === column ? "" : `, language ${language}`}`,
    `${formatCount(median)} characters at the median, ${formatCount(longest)} at most (${id})`,
    `scripts: ${scripts.length === 0 ? "no letters" : few(scripts.map(share))}`,
  ];
}

/** A share under half a percent is not none. */
const percent = (share: number): string => (share < 0.005 ? "under 1 %" : `${Math.round(100 * share)} %`);

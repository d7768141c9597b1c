import type { GroupFacts } from "./group-facts.js";

/** Says how many independent items the groups of a test split are worth; undefined without groups. */
export function groupWords(
  { n, groups, effective, few_groups }: GroupFacts & { readonly n: number },
  what: string,
): string | undefined {
  if (groups === undefined) return undefined;
  const of = `the ${n} ${what} are of ${groups} group${groups === 1 ? "" : "s"}`;
  if (few_groups) return `${of}: too few groups for an interval, which needs 10`;
  return `${of}, and those of one resemble each other: they count as about ${Math.round(effective ?? n)}`;
}

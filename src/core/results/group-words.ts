import type { GroupFacts } from "./group-facts.js";

/** Says how many independent items the groups of a test split are worth; undefined without groups. */
export function groupWords(
  { n, groups, effective, few_groups, groups_needed }: GroupFacts & { readonly n: number },
  what: string,
): string | undefined {
  if (groups === undefined) return undefined;
  const of = `the ${n} ${what} are of ${groups} group${groups === 1 ? "" : "s"}`;
  if (few_groups) return `${of}: too few groups for an interval, which needs ${groups_needed ?? 10}`;
  const worth = worthOf({ n, effective });
  return worth === undefined
    ? of
    : `${of}, and those of one resemble each other: they count as about ${worth}`;
}

/** Returns the number of independent samples that n samples are worth; undefined if it is not known, or n. */
export function worthOf({
  n,
  effective = n,
}: Pick<GroupFacts, "effective"> & { readonly n: number }): number | undefined {
  const worth = Math.round(effective);
  return worth < n ? worth : undefined;
}

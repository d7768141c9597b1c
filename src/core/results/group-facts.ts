/** Facts about the groups of a result's items. */
export interface GroupFacts {
  /** Number of groups; missing if each item is its own. */
  readonly groups?: number;
  /** Number of independent items that the groups are worth, at most the number of items. */
  readonly effective?: number;
  /** Set if the groups are too few for an interval. */
  readonly few_groups?: true;
  /** Number of groups that an interval of the metric needs, if it is not 10. */
  readonly groups_needed?: number;
  /** Group number of each item, in the order of the data; missing if each item is its own. */
  readonly group_of?: readonly number[];
}

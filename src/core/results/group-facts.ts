/** What a result says of the groups of its items. */
export interface GroupFacts {
  /** Groups that the items are of; absent where each item is its own. */
  readonly groups?: number;
  /** Independent items that the groups are worth, at most as many as there are. */
  readonly effective?: number;
  /** There, and true, with fewer than 10 groups: they are too few for an interval. */
  readonly few_groups?: true;
  /** Number of the group of each item, in the order of the data; absent where each item is its own. */
  readonly group_of?: readonly number[];
}

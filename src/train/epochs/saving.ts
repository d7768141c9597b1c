/**
 * Where a checkpoint takes more than so many seconds, one is written after an epoch only when so many times that have
 * gone by since the last: short epochs of a large model would spend half of their time on them.
 */
const [slow, apart] = [0.25, 10];

/** Whether an epoch that ends `since` seconds after the last checkpoint has one, where they take `saving` seconds. */
export const isSaved = (saving: number, since: number): boolean => saving <= slow || since >= apart * saving;

/** Seconds of an epoch's checkpoint: all of it, or its share of `epoch` seconds where not every epoch has one. */
export const savingPerEpoch = (saving: number, epoch: number): number =>
  saving <= slow ? saving : Math.min(saving, epoch / apart);

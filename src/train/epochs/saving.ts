/**
 * If a checkpoint takes more than `slow` seconds, the next one after an epoch waits for `apart` times that long.
 * Otherwise short epochs of a large model would spend half of their time on checkpoints.
 */
const [slow, leastPause] = [0.25, 10];

/**
 * True if an epoch that ends `since` seconds after the last checkpoint gets one, if checkpoints take `saving` seconds.
 */
export const isSaved = (saving: number, since: number): boolean =>
  saving <= slow || since >= leastPause * saving;

/** Seconds of checkpoints per epoch: one checkpoint, or its share of `epoch` seconds if not every epoch has one. */
export const savingPerEpoch = (saving: number, epoch: number): number =>
  saving <= slow ? saving : Math.min(saving, epoch / leastPause);

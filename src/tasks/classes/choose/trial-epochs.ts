/** Share of a training's epochs that a trial gets in the first round, twice as many in each further one. */
export const firstShare = 0.1;

/** Epochs of a trial of a training. */
export const trialEpochs = (whole: number, share = firstShare): number =>
  Math.max(1, Math.round(share * whole));

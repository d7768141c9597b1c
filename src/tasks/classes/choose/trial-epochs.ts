/** Share of a training's epochs in the first round of trials; each further round has twice as many. */
export const firstShare = 0.1;

/** Returns the epochs of a trial. */
export const trialEpochs = (whole: number, share = firstShare): number =>
  Math.max(1, Math.round(share * whole));

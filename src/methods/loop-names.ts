// Words that the loop can be asked for by; apart, so that help and checks load nothing else.

/** What becomes of the weights of several epochs, by name. */
export const averages = ["none", "ema", "swa", "soup"] as const;
export type AverageName = (typeof averages)[number];

/** Which pictures an epoch shows. */
export const samplings = ["shuffled", "balanced"] as const;
export type SamplingName = (typeof samplings)[number];

/**
 * What normalises. frozen: the base's running averages, as in inference. train: each batch's own, and running averages
 * that move. adapt: averages taken anew from the training pictures, then frozen.
 */
export const batchNorms = ["frozen", "train", "adapt"] as const;
export type BatchNormName = (typeof batchNorms)[number];

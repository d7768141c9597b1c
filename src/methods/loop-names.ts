// Names of options of the loop; in a file of its own, so that help and checks load nothing else.

/** Ways to combine the weights of several epochs. */
export const averages = ["none", "ema", "swa", "soup"] as const;
export type AverageName = (typeof averages)[number];

/** Ways to sample the items of an epoch. */
export const samplings = ["shuffled", "balanced"] as const;
export type SamplingName = (typeof samplings)[number];

/**
 * Statistics of BatchNormalization. frozen: the base's running averages, as in inference. train: batch statistics, with
 * updated running averages. adapt: averages recomputed from the training images, then frozen.
 */
export const batchNorms = ["frozen", "train", "adapt"] as const;
export type BatchNormName = (typeof batchNorms)[number];

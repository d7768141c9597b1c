/** Name of the rows that hold shares of classes instead of labels. */
export const targetRows = "targets";
/** Name of the rows that say how the features of a batch are mixed: float32[B, B], each sums to 1. */
export const mixingRows = "mixing";

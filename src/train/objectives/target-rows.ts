/** Name of the rows with shares of classes instead of labels. */
export const targetRows = "targets";
/** Name of the rows that mix the features of a batch: float32[B, B], each row sums to 1. */
export const mixingRows = "mixing";

/** Name of the rows that hold shares of classes instead of labels. */
export const targetRows = "targets";

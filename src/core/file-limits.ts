/*
 * Limits of files from outside. A small file can state or hold something huge, so each limit is checked before or while the file is read.
 */

// Sounds.

/** Lowest sample rate, in samples per second. Resampling makes 16,000 samples a second of the few of a lower one. */
export const lowestRate = 100;
/** Highest sample rate, in samples per second. */
export const highestRate = 768_000;
/** Largest number of samples of a sound over all channels, as it is and resampled: 2^27 are 512 MB, 46 minutes at 48 kHz. */
export const sampleLimit = 2 ** 27;

// Nesting.

/** Deepest nesting of JSON. Functions that call themselves for each level fail from about 5,000 levels on. */
export const jsonDepthLimit = 1000;

// Tokenizers.

/** Largest number of tokens of a vocabulary. The largest that are in use have 300,000. */
export const mostTokens = 2 ** 24;

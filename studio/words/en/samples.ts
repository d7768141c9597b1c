export const samplesWords = {};

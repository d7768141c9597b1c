export const trainWords = {};

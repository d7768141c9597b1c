export const resultWords = {};

export const tryWords = {};

export const useWords = {};

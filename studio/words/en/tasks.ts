export const tasksWords = {};

export const runsWords = {};

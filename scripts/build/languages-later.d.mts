/** Source of the stand-ins for sentences of a language that is not loaded. */
export const standIns: string;

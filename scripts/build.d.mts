/** True when dist/ holds a newer file for each source. */
export function isFresh(): boolean;
export function buildAll(options?: { readonly types?: boolean }): Promise<void>;

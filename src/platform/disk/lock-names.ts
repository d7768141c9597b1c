/** Lock of a folder that lies in the folder itself, because nothing can be written beside it: a mount. */
export const innerLock = ".engraft.lock";

/** True for files in an empty mount: the lock of a run that begins in it, and the folder of its file system for repairs. */
export const isOfMount = (name: string): boolean => name.startsWith(innerLock) || name === "lost+found";

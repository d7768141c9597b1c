/** Locks of this tab: a project that is open in one tab can only be read in others. */
export class TabLocks {
  /** Functions that release the locks, by project. */
  readonly #held = new Map<string, () => void>();

  /** Locks a project until it is released or the tab closes. @returns false if another tab has the lock */
  take(id: string): Promise<boolean> {
    if (this.#held.has(id)) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(`engraft-project:${id}`, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock && new Promise<void>((release) => this.#held.set(id, release));
        })
        .catch(reject);
    });
  }

  /** Waits until no tab has the lock. */
  async freed(id: string): Promise<void> {
    await navigator.locks.request(`engraft-project:${id}`, () => {});
  }

  release(id: string): void {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }
}

/** A promise that a test fulfils. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Returns a closed gate: work that awaits it goes on when the test opens it. */
export function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

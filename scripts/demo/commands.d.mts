/** A demo of `npm start`. */
export interface Demo {
  readonly train: readonly string[];
  /** Further options, which also train from scratch. */
  readonly scratch: readonly string[];
  /** True if `npm start` trains nothing from scratch. */
  readonly leavesScratchOut: boolean;
}
export const demos: Readonly<Record<"pictures" | "text" | "boxes" | "sounds" | "masks", Demo>>;
/** Returns the words of a demo as `npm start` runs it, with further words of the user. */
export function demoCommand(name: string, more?: readonly string[]): readonly string[];

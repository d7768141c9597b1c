/** Values for each code of a table of sentences: for every way that its sentence can go. */
export type Examples<Table> = {
  readonly [Code in keyof Table]: readonly (Table[Code] extends (values: infer Values) => string
    ? Values
    : undefined)[];
};

/** A sentence without values. */
export const nothing = [undefined] as const;

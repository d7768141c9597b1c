/** Returns the name of a recording that began at a time: "2026-11-29 14:03:12", in UTC. @param time milliseconds since 1970 */
export const nameOfTime = (time: number): string =>
  new Date(time).toISOString().slice(0, 19).replace("T", " ");

/** True for the name of a recording that times show. */
export const isRecordedTime = (group: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( \(\d+\))?$/.test(group);

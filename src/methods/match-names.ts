/**
 * Returns a test of names by a pattern in which `*` matches any text. Its time is proportional to the name's length for each part of the pattern: a
 * regular expression would try all ways to divide a name among many `*`.
 *
 * @param pattern matches the whole name
 * @param how.endings true if the pattern may also match the last parts of a name with dots and slashes. Default false
 * @example matchNames("layer4.*")("layer4.0.weight"); // true
 */
export function matchNames(pattern: string, { endings = false } = {}): (name: string) => boolean {
  const parts = pattern.split("*");
  const first = parts[0]!;
  // Only "*" matches nothing as well, so the last part is compared with the end of the name.
  const last = parts.length > 1 ? parts.pop()! : undefined;
  const beginsAt = (name: string, at: number): boolean =>
    at === 0 || (endings && (name[at - 1] === "." || name[at - 1] === "/"));
  return (name) => {
    if (last === undefined) return name.endsWith(first) && beginsAt(name, name.length - first.length);
    let at = name.indexOf(first);
    while (at >= 0 && !beginsAt(name, at)) at = name.indexOf(first, at + 1);
    // The earliest place leaves most of the name to the other parts.
    for (const part of parts) {
      if (at < 0) return false;
      at = name.indexOf(part, at);
      if (at >= 0) at += part.length;
    }
    return at >= 0 && name.length - last.length >= at && name.endsWith(last);
  };
}

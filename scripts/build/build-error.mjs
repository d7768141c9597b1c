/** A build that failed. It has changed nothing in dist/. */
export class BuildError extends Error {
  /**
   * @param what what is wrong, as one sentence without a full stop
   * @param places lines of the form "src/file.ts:12:5: message"
   * @param help what to do; by default to correct the first file
   */
  constructor(what, places = [], help = helpFor(places)) {
    super([what, ...shown(places)].join("\n  "));
    this.name = "BuildError";
    this.what = what;
    this.places = places;
    this.help = help;
  }
}

const helpFor = ([first]) => {
  const file = /^[^:]+(?=:\d+:\d+: )/.exec(first ?? "")?.[0];
  return `correct ${file ?? "the sources"}; the next command builds again`;
};

/** As many places as a screen shows without scrolling. */
const most = 10;
const shown = (places) =>
  places.length > most ? [...places.slice(0, most), `and ${places.length - most} more`] : places;

/** Returns any error of a build as a BuildError. */
export function asBuildError(error) {
  if (error instanceof BuildError) return error;
  const isSystem = typeof error.code === "string";
  return new BuildError(
    `the build failed: ${isSystem || error.name === "Error" ? "" : `${error.name}: `}${error.message}`,
  );
}

/**
 * Returns the lines about a failed build.
 * @param last date of the last complete build, if dist/ has one
 * @param isUsed true if the command runs that build
 */
export function failureText(error, last, isUsed) {
  const { what, places, help } = asBuildError(error);
  const first = isUsed
    ? `warning: ${what}. This command runs the build of ${timeOf(last)}`
    : `BuildError: ${what}. ${last ? `dist/ keeps the build of ${timeOf(last)}` : "dist/ has no complete build"}`;
  return [first, ...shown(places), `help: ${help}`].join("\n  ") + "\n";
}

/** Returns "2026-11-29 13:20:11", in local time. */
function timeOf(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace("T", " ");
}

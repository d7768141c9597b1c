// Sessions of tests, and samples for them.
import { type LiveSession, openSession, type SessionBase, type SessionSample } from "../../src/index.js";
import { picture } from "./pictures.js";

/** Opens a session, and closes it at the end. */
export async function inSession<T>(
  base: SessionBase,
  work: (session: LiveSession) => Promise<T>,
): Promise<T> {
  const session = await openSession(base, { threads: 1 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Samples of two classes: reddish and bluish pictures. */
export async function tinted(each: number, from = 0): Promise<SessionSample[]> {
  const samples: SessionSample[] = [];
  for (const [c, label] of ["blue", "red"].entries())
    for (let i = 0; i < each; i++) {
      const tint = label === "red" ? { r: 230, g: 90, b: 80 } : { r: 80, g: 90, b: 230 };
      const input = await picture(from + 100 * c + i)
        .tint(tint)
        .png()
        .toBuffer();
      samples.push({ id: `${label}-${from + i}`, input, label });
    }
  return samples;
}

/** Texts of two classes, twelve in all. */
export const reviews = ["book", "film", "play", "song", "game", "trip"].flatMap(
  (thing, i): SessionSample[] => [
    { id: `${i} good`, input: `I loved this ${thing}, a great one`, label: "good" },
    { id: `${i} bad`, input: `a dull ${thing}, a waste of time`, label: "bad" },
  ],
);

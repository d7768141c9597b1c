import { useWords } from "../app/studio.js";

export function UsePage() {
  const { app } = useWords();
  return <h1>{app.pages.use}</h1>;
}

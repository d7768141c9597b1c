import { useRef } from "preact/hooks";
import { currentWords } from "./studio.js";

interface DeleteButtonProps {
  /** Name of what is deleted. */
  readonly name: string;
  /** What the user loses. */
  readonly text: string;
  readonly disabled?: boolean;
  readonly onDelete: () => void;
}

/** Button that asks before it deletes something for good. */
export function DeleteButton({ name, text, disabled = false, onDelete }: DeleteButtonProps) {
  const { app } = currentWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = app.deleteTitle(name);
  return (
    <>
      <button
        type="button"
        class="quiet danger"
        aria-label={app.deleteOf(name)}
        disabled={disabled}
        onClick={() => dialog.current?.showModal()}
      >
        {app.delete}
      </button>
      <dialog ref={dialog} aria-label={title}>
        <h2>{title}</h2>
        <p>{text}</p>
        <form method="dialog" class="row">
          <button type="submit">{app.cancel}</button>
          <button type="submit" class="danger" onClick={onDelete}>
            {app.deleteNow}
          </button>
        </form>
      </dialog>
    </>
  );
}

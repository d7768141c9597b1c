import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useFocusAfter } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";

interface DeleteButtonProps {
  /** Name of the deleted thing. */
  readonly name: string;
  /** Says what the user loses. */
  readonly text: string;
  readonly disabled?: boolean;
  readonly onDelete: () => void;
}

/** Button that asks before it deletes something for good. */
export function DeleteButton({ name, text, disabled = false, onDelete }: DeleteButtonProps) {
  const { app } = currentWords();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useFocusAfter(button);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="quiet danger"
        aria-label={app.deleteOf(name)}
        disabled={disabled}
        onClick={() => setOpen(true)}
      >
        {app.delete}
      </button>
      {isOpen && <DeleteDialog {...{ name, text, onDelete }} onClose={() => setOpen(false)} />}
    </>
  );
}

interface DeleteDialogProps extends Omit<DeleteButtonProps, "disabled"> {
  readonly onClose: () => void;
}

function DeleteDialog({ name, text, onDelete, onClose }: DeleteDialogProps) {
  const { app } = currentWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current!.showModal(), []);
  const title = app.deleteTitle(name);
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      <p>{text}</p>
      <form method="dialog" class="row">
        <button type="submit">{app.cancel}</button>
        <button type="submit" class="danger" onClick={onDelete}>
          {app.deleteNow}
        </button>
      </form>
    </dialog>
  );
}

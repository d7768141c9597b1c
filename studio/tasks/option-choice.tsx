import { useId } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import { Select } from "./controls.js";

interface OptionChoiceProps {
  /** Name of the option of `train`. */
  readonly name: string;
  readonly label: string;
  /** Text of the choice without a value. */
  readonly otherwise: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
}

/** Choice of an option of `train`. Without a choice, the data decide. */
export function OptionChoice({ name, label, otherwise, choices }: OptionChoiceProps) {
  const { store } = useStudio();
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{label}</label>
      <Select
        id={id}
        value={String(store.project.value!.options[name] ?? "")}
        disabled={store.readOnly.value}
        options={[["", otherwise], ...choices]}
        onValue={(value) => store.dispatch({ do: "set-option", name, ...(value !== "" && { value }) })}
      />
    </div>
  );
}

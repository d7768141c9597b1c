import { useEffect, useState } from "preact/hooks";
import type { OptionValue } from "../../src/studio/project.js";
import { Select } from "../app/controls.js";
import { useStudio, useWords } from "../app/studio.js";
import type { OptionInfo } from "../engine/train-options.js";

/** Longest list of choices that stand as radio buttons. */
const mostRadios = 4;

/** Form of the options of `train`, made from the library's table. */
export function OptionForm({ infos }: { readonly infos: readonly OptionInfo[] }) {
  const { train } = useWords();
  const { store } = useStudio();
  const { options } = store.project.value!;
  const chosen = Object.keys(options);
  const reset = (): void =>
    store.dispatchTogether(chosen.map((name) => ({ do: "set-option", name, value: undefined })));
  return (
    <details class="options card">
      <summary>
        {train.options}
        {chosen.length > 0 && ` (${chosen.length})`}
      </summary>
      <p class="soft">{train.optionsHelp}</p>
      <Groups infos={infos.filter(({ level }) => level === "basic")} />
      <details>
        <summary>{train.moreOptions}</summary>
        <Groups infos={infos.filter(({ level }) => level === "more")} />
      </details>
      {chosen.length > 0 && (
        <button type="button" onClick={reset}>
          {train.reset}
        </button>
      )}
    </details>
  );
}

function Groups({ infos }: { readonly infos: readonly OptionInfo[] }) {
  const { train } = useWords();
  const groups = Object.keys(train.groups);
  return (
    <>
      {groups.map((group) => {
        const own = infos.filter((info) => info.group === group);
        if (own.length === 0) return null;
        return (
          <section key={group}>
            <h2>{train.groups[group]}</h2>
            {own.map((info) => (
              <Option key={info.name} info={info} />
            ))}
          </section>
        );
      })}
    </>
  );
}

/** One option: its control, its help, its default, and why it has no effect. */
function Option({ info }: { readonly info: OptionInfo }) {
  const { train } = useWords();
  const { store } = useStudio();
  const { options } = store.project.value!;
  const { name, help, otherwise, without } = info;
  const isUsable = useIsUsable(name, options);
  const set = (value: OptionValue | undefined): void => {
    const change = { do: "set-option" as const, name };
    store.dispatch(value === undefined || value === info.value ? change : { ...change, value });
  };
  const described = `${name}-help`;
  return (
    <fieldset class="option" aria-describedby={described} disabled={!isUsable || store.readOnly.value}>
      <legend>{name}</legend>
      <Control info={info} value={options[name]} set={set} described={described} />
      <small id={described}>
        {help}
        {otherwise !== undefined && ` · ${train.byDefault(otherwise)}`}
        {!isUsable && ` · ${train.needs(without ?? "")}`}
      </small>
    </fieldset>
  );
}

/** True if the option has an effect together with the others. */
function useIsUsable(name: string, options: Readonly<Record<string, OptionValue>>): boolean {
  const [isUsable, setUsable] = useState(true);
  useEffect(() => {
    import("../engine/train-options.js").then((all) => setUsable(all.isUsable(name, options)));
  }, [name, options]);
  return isUsable;
}

interface ControlProps {
  readonly info: OptionInfo;
  readonly value: OptionValue | undefined;
  readonly set: (value: OptionValue | undefined) => void;
  /** Id of the help. */
  readonly described: string;
}

function Control(props: ControlProps) {
  const { info } = props;
  if (info.kind === "flag") return <Switch {...props} />;
  if (info.kind !== "choice") return <Field {...props} />;
  if (info.joined && info.joined.length > 0) return <Boxes {...props} choices={info.joined} />;
  const choices = info.word === undefined ? info.choices : [...info.choices, info.word];
  return choices.length > mostRadios ? (
    <OneOfMany {...props} choices={choices} />
  ) : (
    <Radios {...props} choices={choices} />
  );
}

function Switch({ info, value, set }: ControlProps) {
  const { train } = useWords();
  const checked = Boolean(value ?? info.value ?? false);
  return (
    <label class="row">
      <input type="checkbox" checked={checked} onChange={({ currentTarget }) => set(currentTarget.checked)} />
      {train.on}
    </label>
  );
}

/** Number with its limits, or a text. An empty field is the default. */
function Field({ info, value, set, described }: ControlProps) {
  const hasLimits = "min" in info;
  const change = (event: Event): void => {
    const field = event.currentTarget as HTMLInputElement;
    const text = field.value.trim();
    if (!field.reportValidity()) return;
    if (text === "") set(undefined);
    else set(hasLimits && text !== info.word ? Number(text) : text);
  };
  const common = {
    ...{ "aria-label": info.name, "aria-describedby": described, onChange: change },
    ...{ placeholder: info.otherwise ?? "", value: value === undefined ? "" : String(value) },
  };
  if (!hasLimits) return <input type="text" {...common} />;
  if (info.word !== undefined)
    return <input type="text" {...common} pattern={`${info.word}|[0-9.eE+\\-]+`} />;
  const step = info.kind === "whole" ? 1 : "any";
  return <input type="number" {...common} min={info.min} max={info.max} step={step} />;
}

interface ChoiceProps extends ControlProps {
  readonly choices: readonly string[];
}

function Radios({ info, value, set, choices }: ChoiceProps) {
  const { train } = useWords();
  const all = info.value === undefined ? [undefined, ...choices] : choices;
  const chosen = value ?? info.value;
  return (
    <div class="row">
      {all.map((choice) => (
        <label key={choice} class="row">
          <input type="radio" name={info.name} checked={choice === chosen} onChange={() => set(choice)} />
          {choice ?? train.automatic}
        </label>
      ))}
    </div>
  );
}

function OneOfMany({ info, value, set, described, choices }: ChoiceProps) {
  const { train } = useWords();
  const automatic = info.value === undefined ? [["", train.automatic] as const] : [];
  return (
    <Select
      aria-label={info.name}
      aria-describedby={described}
      value={String(value ?? info.value ?? "")}
      options={[...automatic, ...choices.map((choice) => [choice, choice] as const)]}
      onValue={(choice) => set(choice || undefined)}
    />
  );
}

/** Choices of which several may be given. The library takes them with commas between. */
function Boxes({ value, set, choices }: ChoiceProps) {
  const chosen = typeof value === "string" ? value.split(",") : [];
  const toggle = (choice: string, isOn: boolean): void => {
    const all = choices.filter((one) => (one === choice ? isOn : chosen.includes(one)));
    set(all.length === 0 ? undefined : all.join(","));
  };
  return (
    <div class="row">
      {choices.map((choice) => (
        <label key={choice} class="row">
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            onChange={({ currentTarget }) => toggle(choice, currentTarget.checked)}
          />
          {choice}
        </label>
      ))}
    </div>
  );
}

import { stageSignal } from '../lib/stage.ts';

/** Options of a batch by the names of the flags. */
export type Settings = Readonly<Record<string, string>>;

interface SettingFieldsProps {
  readonly settings: Settings;
  /** "As before" in place of "default". */
  readonly same?: boolean;
  readonly onChange: (settings: Settings) => void;
}

/** Model, size, ratio and variants, as the stage's models offer them. */
export function SettingFields({ settings, same = false, onChange }: SettingFieldsProps) {
  const models = stageSignal.value?.models ?? [];
  const model = models.find((each) => each.model === settings.model);
  const shown = model === undefined ? models : [model];
  const sizes = [...new Set(shown.flatMap(({ imageSizes }) => imageSizes))];
  const ratios = [...new Set(shown.flatMap(({ aspectRatios }) => aspectRatios))];
  const none = same ? 'as before' : 'default';
  const set = (name: string, value: string) => onChange({ ...settings, [name]: value });
  return (
    <div class="fields">
      <Select
        label="Model"
        none={none}
        value={settings.model}
        options={models.map((each) => each.model)}
        onChange={(value) => set('model', value)}
      />
      <Select
        label="Size"
        none={none}
        value={settings['image-size']}
        options={sizes}
        onChange={(value) => set('image-size', value)}
      />
      <Select
        label="Ratio"
        none={none}
        value={settings['aspect-ratio']}
        options={ratios}
        onChange={(value) => set('aspect-ratio', value)}
      />
      <label class="field">
        Variants
        <input
          type="text"
          inputMode="numeric"
          size={4}
          placeholder="1"
          value={settings.variants ?? ''}
          onInput={(event) => set('variants', event.currentTarget.value)}
        />
      </label>
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly none: string;
  readonly value: string | undefined;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

function Select({ label, none, value = '', options, onChange }: SelectProps) {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{none}</option>
        {options.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

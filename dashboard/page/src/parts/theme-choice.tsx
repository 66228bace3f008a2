import { useState } from 'preact/hooks';

const THEMES = ['auto', 'light', 'dark'] as const;

/** The server writes the choice into the page, so that it holds from the first paint. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? 'auto');
  const choose = (value: string) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads it before the page has any script.
    document.cookie = `pressrun-theme=${value}; Path=/; SameSite=Strict; Max-Age=31536000`;
    document.documentElement.dataset.theme = value;
    setTheme(value);
  };
  return (
    <label class="check">
      Theme
      <select value={theme} onChange={(event) => choose(event.currentTarget.value)}>
        {THEMES.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

import { copyText } from '../lib/copy.ts';

/** A command to paste, with a button that copies it. */
export function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <button type="button" class="plain" onClick={() => copyText(text, 'Copied the command.')}>
        copy
      </button>
    </span>
  );
}

export type GlyphName = 'ready' | 'working' | 'waiting' | 'failed' | 'rejected' | 'cancelled' | 'star';

const PATHS: Readonly<Record<GlyphName, string>> = {
  ready: 'M2 7.5 5.5 11 12 3.5',
  working: 'M7 1.5a5.5 5.5 0 1 1-.1 0',
  waiting: 'M7 1.5a5.5 5.5 0 1 1-.1 0M7 4v3.2h3',
  failed: 'M2.5 2.5l9 9M11.5 2.5l-9 9',
  rejected: 'M7 1.5a5.5 5.5 0 1 1-.1 0M3.2 3.2l7.6 7.6',
  cancelled: 'M2 7h10',
  star: 'M7 1.2l1.7 3.7 4 .5-3 2.7.8 4L7 10.1l-3.5 2 .8-4-3-2.7 4-.5z',
};

/** A state's own shape: states differ in shape and word, not in color alone. */
export function Glyph({ name }: { readonly name: GlyphName }) {
  return (
    <svg class={`glyph ${name}`} viewBox="0 0 14 14" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill={name === 'star' ? 'currentColor' : 'none'}
        stroke-width={name === 'star' ? 0 : 2}
      />
    </svg>
  );
}

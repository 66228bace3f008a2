import { signal } from '@preact/signals';

/** The address holds the whole view: Back, reload and a pasted link give the same. */
interface Address {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

export const address = signal<Address>(read());

addEventListener('popstate', () => {
  address.value = read();
});

/** Links inside the page change the address without loading it again. */
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || /^\/(api|media|enter)\b/.test(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  address.value = read();
}

/** The address with some of its query changed; empty values go. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const { path, query } = address.value;
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...changes })) {
    if (value !== undefined && value !== '') next.set(name, value);
  }
  const text = next.toString().replaceAll('%2F', '/').replaceAll('%2C', ',');
  return text === '' ? path : `${path}?${text}`;
}

function read(): Address {
  return { path: location.pathname, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

import { signal } from '@preact/signals';

/** Whether what is shown is live: `since` is when the connection was lost. */
export const connection = signal<{ readonly live: boolean; readonly since?: Date }>({ live: true });

type LiveEvent = 'batches' | 'batch' | 'items' | 'index' | 'marks' | 'trouble';
type LiveHandlers = Readonly<Partial<Record<LiveEvent, (data: never) => void>>>;

/** One stream while the tab is visible; the server reads nothing for tabs that nobody sees. */
export function connectLive(batch: string | undefined, handlers: LiveHandlers): () => void {
  let source: EventSource | undefined;

  function open(): void {
    close();
    source = new EventSource(batch === undefined ? '/api/v1/events' : `/api/v1/events?batch=${batch}`);
    source.onopen = () => {
      connection.value = { live: true };
    };
    source.onerror = () => {
      if (document.hidden) return;
      connection.value = { live: false, since: connection.value.since ?? new Date() };
    };
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse(event.data) as never));
    }
  }

  function close(): void {
    source?.close();
    source = undefined;
  }

  const onVisibility = () => (document.hidden ? close() : open());
  document.addEventListener('visibilitychange', onVisibility);
  open();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}

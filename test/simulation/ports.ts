import {
  type ObjectStore,
  type Queue,
  type ReceivedMessage,
  type Table,
  TableBusyError,
  type TableWrite,
} from '../../shared/pipeline/ports.ts';
import type { Provider } from '../../shared/provider/types.ts';
import { collect } from '../support/collect.ts';
import type { Claim } from './facts.ts';
import type { MemoryQueue } from './memory/memory-queue.ts';
import type { Process } from './process.ts';
import type { Call } from './provider.ts';
import { failureOf, type SimulatedProvider } from './provider.ts';
import type { Scheduler } from './scheduler.ts';

/** The ports of one process: each call of one is an operation of the scheduler, and so a step that a fault can befall. */
export function tableOf(scheduler: Scheduler, process: Process, table: Table): Table {
  return {
    get: (key, reading) =>
      scheduler.perform(process, {
        name: 'table.get',
        about: () => `${key.pk} / ${key.sk}`,
        changes: false,
        places: [key.pk],
        busy: tableIsBusy,
        run: () => table.get(key, reading),
      }),
    query: async function* (query) {
      yield* await scheduler.perform(process, {
        name: 'table.query',
        about: () => `${query.pk} / ${query.skPrefix ?? ''}`,
        changes: false,
        places: [query.pk],
        busy: tableIsBusy,
        run: () => collect(table.query(query)),
      });
    },
    write: (writes) =>
      scheduler.perform(process, {
        name: 'table.write',
        about: () => writes.map(wordsOf).join('; '),
        changes: true,
        places: writes.map((write) => (write.kind === 'put' ? write.row.pk : write.key.pk)),
        busy: tableIsBusy,
        run: () => table.write(writes),
        // The adapter sends anything else with a token, by which the table knows a second sending.
        ...(writes.every(isPlain) ? { again: { how: 'late', run: () => table.write(writes) } } : {}),
      }),
  };
}

const tableIsBusy = (cause: Error) => new TableBusyError('the table throttles (simulated)', { cause });

const STORE = ['store'];

export function storeOf(scheduler: Scheduler, process: Process, store: ObjectStore): ObjectStore {
  return {
    put: async (key, body, options) => {
      const bytes = body instanceof Uint8Array ? body : Buffer.concat(await collect(body));
      const put = () => store.put(key, bytes, options);
      return await scheduler.perform(process, {
        name: 'store.put',
        places: STORE,
        about: () => `${key}${options.onlyIfAbsent ? ', only where nothing is' : ''}`,
        changes: true,
        run: put,
        again: { how: 'sent-again', run: put },
      });
    },
    get: (key, from) =>
      scheduler.perform(process, {
        name: 'store.get',
        places: STORE,
        about: () => key,
        changes: false,
        run: () => store.get(key, from),
      }),
    head: (key) =>
      scheduler.perform(process, {
        name: 'store.head',
        places: STORE,
        about: () => key,
        changes: false,
        run: () => store.head(key),
      }),
    list: async function* (prefix) {
      yield* await scheduler.perform(process, {
        name: 'store.list',
        places: STORE,
        about: () => prefix,
        changes: false,
        run: () => collect(store.list(prefix)),
      });
    },
    delete: (key) =>
      scheduler.perform(process, {
        name: 'store.delete',
        places: STORE,
        about: () => key,
        changes: true,
        run: () => store.delete(key),
      }),
  };
}

export function queueOf(
  scheduler: Scheduler,
  process: Process,
  name: 'work' | 'ingest',
  queue: MemoryQueue,
  /** Told what was received, perhaps without the process coming to know of it. */
  received: (ids: readonly string[]) => void,
): Queue {
  const places = [name];
  return {
    receive: async (most) => {
      let taken: readonly ReceivedMessage[] = [];
      return await scheduler.perform(process, {
        name: `${name}.receive`,
        places,
        about: () => taken.map(({ id }) => id).join(', '),
        changes: true,
        readyAtMs: queue.nextVisibleAtMs,
        run: async () => {
          taken = queue.take(most);
          received(taken.map(({ id }) => id));
          return taken;
        },
        again: {
          how: 'late',
          run: async () => {
            queue.deliverAgain(taken);
            return [];
          },
        },
      });
    },
    delete: async (receipts) =>
      await scheduler.perform(process, {
        name: `${name}.remove`,
        places,
        about: () => receipts.join(', '),
        changes: true,
        run: async () => queue.remove(receipts),
        ...partOf(receipts, async (some) => queue.remove(some)),
      }),
    send: async (messages) => {
      if (messages.length === 0) return;
      const send = () => queue.send(messages);
      await scheduler.perform(process, {
        name: `${name}.send`,
        places,
        about: () => messages.map(({ body }) => body).join(' '),
        changes: true,
        run: send,
        ...partOf(messages, (some) => queue.send(some)),
        again: { how: 'sent-again', run: send },
      });
    },
    setVisibility: (receipts, seconds) => {
      const set = () => queue.setVisibility(receipts, seconds);
      return scheduler.perform(process, {
        name: `${name}.setVisibility`,
        places,
        about: () => `${receipts.join(', ')}: ${seconds} s`,
        changes: true,
        run: set,
        ...partOf(receipts, (some) => queue.setVisibility(some, seconds)),
        again: { how: 'late', run: set },
      });
    },
  };
}

export function providerOf(
  scheduler: Scheduler,
  process: Process,
  provider: SimulatedProvider,
  watch: {
    readonly sends: (prompt: string) => Claim | undefined;
    readonly calls: (call: Call, claim: Claim | undefined) => void;
  },
): Provider {
  return {
    call: (request) => {
      const claim = watch.sends(request.prompt);
      return scheduler.perform(process, {
        name: 'provider.call',
        about: () => request.prompt,
        changes: true,
        run: async () => {
          const { call, outcome, latencyMs } = provider.answer(process, request, scheduler.now());
          watch.calls(call, claim);
          await new Promise<void>((resolve) => scheduler.after(latencyMs, resolve, process));
          return outcome;
        },
        failed: (when) =>
          failureOf(when === 'lost' ? 'timeout' : 'network', when === 'before' ? 'unsent' : 'lost'),
      });
    },
    reread: async (answer) => provider.reread(answer, scheduler.now()),
  };
}

/** Requests carry a few at a time: the first may arrive, and the next may not. */
function partOf<Value>(all: readonly Value[], act: (some: readonly Value[]) => Promise<void>) {
  return all.length < 2 ? {} : { inPart: () => act(all.slice(0, Math.ceil(all.length / 2))) };
}

function isPlain(write: TableWrite): boolean {
  if (write.kind === 'update' && write.mayRepeat) return true;
  if (write.onlyIf !== undefined) return false;
  return write.kind !== 'update' || Object.keys(write.add ?? {}).length === 0;
}

function wordsOf(write: TableWrite): string {
  const { pk, sk } = write.kind === 'put' ? write.row : write.key;
  const fields =
    write.kind === 'put' ? write.row : write.kind === 'update' ? { ...write.set, ...write.add } : {};
  const shown = ['state', 'attempt', 'outcome', 'creditsMicro', 'done', 'failed', 'leaseUntilMs'].flatMap(
    (name) => {
      const value = fields[name];
      return typeof value === 'string' || typeof value === 'number' ? [`${name}=${value}`] : [];
    },
  );
  return `${write.kind} ${pk} / ${sk} ${shown.join(' ')}`.trim();
}

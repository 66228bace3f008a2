import { randomFrom } from '../../local/simulator/random.ts';
import { DEFAULT_MODEL, modelCatalog } from '../../shared/domain/calls/models.ts';
import { providersOf } from '../../shared/domain/configuration/providers.ts';
import { parseAttemptId } from '../../shared/domain/ids.ts';
import { parseBudgetScope } from '../../shared/domain/money/budget.ts';
import { priceList } from '../../shared/domain/money/prices.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { openNewBudget } from '../../shared/pipeline/money/set-budget.ts';
import { FREE_MEMORY } from '../../shared/provider/scan/free-memory.ts';
import { createWatches } from './create-watches.ts';
import { type Claim, createFacts, type Facts } from './facts.ts';
import { SimulatedFault } from './faults.ts';
import { type MemoryQueue, memoryQueue } from './memory/memory-queue.ts';
import { type MemoryStore, memoryStore } from './memory/memory-store.ts';
import { type MemoryTable, memoryTable, type RowChange } from './memory/memory-table.ts';
import { oldReadings } from './memory/old-readings.ts';
import { picture } from './pictures.ts';
import { providerOf, queueOf, storeOf, tableOf } from './ports.ts';
import { createProcess, type Process } from './process.ts';
import { type Call, type SimulatedProvider, simulatedProvider } from './provider.ts';
import { REFERENCE_KEY, type Scenario, START_MS } from './scenario.ts';
import { createScheduler, type Scheduler, type Step } from './scheduler.ts';
import type { Violation, Watch, Watched } from './watch.ts';

/** Changes the effects that the pipeline is given: a planted bug. */
export type Plant = (effects: Effects) => Effects;

/** Everything around the pipeline, in memory. */
export interface World {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly table: MemoryTable;
  readonly store: MemoryStore;
  readonly workQueue: MemoryQueue;
  readonly ingestQueue: MemoryQueue;
  readonly provider: SimulatedProvider;
  readonly facts: Facts;
  readonly watches: readonly Watch[];
  readonly watched: Watched;
  readonly violations: Violation[];
  effectsOf(process: Process): Effects;
  /** Those that live. */
  readonly processes: Set<Process>;
  /** People's commands that are not done: the process of one may be dead, and soon start again. */
  readonly openCommands: Set<string>;
  /** The pipeline came upon an error: one that no fault explains is a bug. */
  sawError(error: unknown): void;
  /** A process has ended all that it had begun, or died. */
  idle(process: Process): void;
}

const MODELS = modelCatalog();
const PRICES = priceList();
/** As in infra/constructs/queues.ts: six times the functions' timeouts of 8 and 5 minutes. */
const WORK_LIMITS = { visibilityMs: 2_880_000, maxReceives: 10 };
const INGEST_LIMITS = { visibilityMs: 1_800_000, maxReceives: 6 };

export function createWorld(scenario: Scenario, plant: Plant, onStep?: (step: Step) => void): World {
  const draws = (what: string) => randomFrom(what, scenario.seed);
  const violations: Violation[] = [];
  let step: Step | undefined;
  const faultsOfMessages = new Map<string, number>();
  const lastFaults = new Map<Process, number>();
  const countFault = (ids: Iterable<string>) => {
    for (const id of ids) faultsOfMessages.set(id, (faultsOfMessages.get(id) ?? 0) + 1);
  };
  const seeFault = ({ atMs, operation: { process } }: Step) => {
    lastFaults.set(process, atMs);
    countFault(process.inHand);
  };
  const scheduler = createScheduler({
    startMs: START_MS,
    random: draws('order'),
    faults: scenario.faults,
    onStep: (current) => {
      step = current;
      if (step.fault !== undefined) seeFault(step);
      onStep?.(step);
    },
  });
  const clock = { now: scheduler.now };
  const queueRandom = draws('queues').next;
  const eventRandom = draws('events');
  const table = memoryTable(seeRows);
  const replicas = oldReadings(table, scheduler.now, draws('replicas'));
  const store = memoryStore(clock, seeObject);
  const { duplicates } = scenario;
  const queues = { clock, random: queueRandom, duplicates };
  const onSend = (bodies: readonly string[]) => {
    for (const watch of watches) watch.onWorkSent?.(bodies);
  };
  const workQueue = memoryQueue({ ...queues, ...WORK_LIMITS, onSend });
  const ingestQueue = memoryQueue({ ...queues, ...INGEST_LIMITS });
  const facts = createFacts(store, scheduler.now);
  const provider = simulatedProvider(scenario.mood, draws('provider'));
  const faultsOf = (id: string) => faultsOfMessages.get(id) ?? 0;
  const watched: Watched = {
    scenario,
    facts,
    table,
    workQueue,
    ingestQueue,
    bill: () => provider.bill,
    now: scheduler.now,
    actor: scheduler.actor,
    faultsOf,
    lastFaultMs: (process) => lastFaults.get(process) ?? Number.NEGATIVE_INFINITY,
    throttledPlaces: scheduler.throttledPlaces,
  };
  const watches = createWatches(watched, (invariant, message) => violations.push({ invariant, message }));

  function seeRows(changes: readonly RowChange[]): void {
    replicas.seeRows(changes);
    facts.seeRows(changes, scheduler.actor(), scheduler.steps());
    for (const watch of watches) watch.onRows?.(changes);
  }

  function seeObject(key: string): void {
    facts.seeObject(key, scheduler.steps());
    for (const watch of watches) watch.onObject?.(key);
    // What S3 does for the bucket.
    if (!key.startsWith('uploads/') || scenario.stage !== 'deployed') return;
    const event = uploadMessageOf({ key });
    const delaySeconds = eventRandom.chance(0.1) ? eventRandom.between(1, 120) : 0;
    void ingestQueue.send([{ ...event, delaySeconds }, ...(eventRandom.chance(0.1) ? [event] : [])]);
  }

  function seeCall(call: Call, claim: Claim | undefined): void {
    const item = facts.seeCall(call);
    if (item === undefined)
      return void violations.push({ invariant: 'I4', message: `a call for no item: ${call.prompt}` });
    for (const watch of watches) watch.onCall?.(call, item, claim);
  }

  function idle(process: Process): void {
    process.inHand.clear();
    for (const item of facts.seeIdle(process)) for (const watch of watches) watch.onIdle?.(item, process);
  }

  function sawError(error: unknown): void {
    if (!isOfFault(error)) violations.push({ invariant: 'end', message: `no fault explains: ${error}` });
  }

  function received(ids: readonly string[]): void {
    if (step?.fault !== undefined) countFault(ids);
  }

  const processRandom = draws('processes').next;
  function effectsOf(process: Process): Effects {
    let attempts = 0;
    return plant({
      table: tableOf(scheduler, process, replicas.table),
      store: storeOf(scheduler, process, store),
      workQueue: queueOf(scheduler, process, 'work', workQueue, received),
      ingestQueue: queueOf(scheduler, process, 'ingest', ingestQueue, received),
      lendMemory: (use) => use(FREE_MEMORY),
      provider: providerOf(scheduler, process, provider, {
        sends: (prompt) => facts.sendCall(process, prompt),
        calls: seeCall,
      }),
      clock: scheduler.clockOf(process),
      random: processRandom,
      newAttemptId: () => {
        attempts += 1;
        return attemptId(`${process.name}-attempt-${attempts}`);
      },
      log: { info: () => undefined, warn: () => undefined, error: (_, error) => sawError(error) },
      models: MODELS,
      defaultModel: DEFAULT_MODEL,
      providers: providersOf({}),
      prices: PRICES,
      notify: () => undefined,
      fetchReference: async (url) => {
        throw new Error(`no link is fetched here: ${url}`);
      },
      referencePrefixes: [],
      unknownOutcomes: scenario.unknownOutcomes,
    });
  }

  const { dayMicro } = scenario.budgets;
  const day = parseBudgetScope('day');
  if (dayMicro !== undefined && day !== undefined) {
    void openNewBudget({ table, clock: scheduler.clockOf(createProcess('operator')) }, day, dayMicro);
  }
  void store.put(REFERENCE_KEY, picture('image/png', 'reference').bytes, { contentType: 'image/png' });
  return {
    scenario,
    scheduler,
    table,
    store,
    workQueue,
    ingestQueue,
    provider,
    facts,
    watches,
    watched,
    violations,
    effectsOf,
    processes: new Set(),
    openCommands: new Set(),
    sawError,
    idle,
  };
}

function isOfFault(error: unknown): boolean {
  if (error instanceof SimulatedFault) return true;
  return error instanceof Error && error.cause !== undefined && isOfFault(error.cause);
}

function attemptId(text: string) {
  const id = parseAttemptId(text);
  if (id === undefined) throw new Error(`not an attempt id: ${text}`);
  return id;
}

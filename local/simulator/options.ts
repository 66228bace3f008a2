import { type PriceList, priceList } from '../../shared/domain/money/prices.ts';
import type { Outcome } from './decide.ts';
import type { FailureName } from './failures.ts';
import { LATENCIES, type Latency, type LatencyName } from './latency.ts';
import type { PictureStyle } from './pictures/picture-maker.ts';
import { type ProfileName, profileOf, type SimulatorProfile } from './profiles.ts';
import type { AcceptedDialect } from './request.ts';

interface SimulatorClock {
  now(): number;
  /** Resolves after that long, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a script is told of a call before it is decided. */
interface ScriptedCall {
  readonly prompt: string;
  readonly model: string;
  readonly maxTokens: number;
  /** Earlier calls with the same model and messages. */
  readonly nth: number;
}

export interface SimulatorOptions {
  /** All that is drawn hangs on it. Default `pressrun`. */
  readonly seed?: string | number;
  /** Default 0: any free port of 127.0.0.1. */
  readonly port?: number;
  /** Default `fine`: every call brings one PNG as V1. An object is laid over `fine`. */
  readonly profile?: ProfileName | Partial<SimulatorProfile>;
  /** Default `demo`. */
  readonly latency?: LatencyName | Latency;
  /** Default `drawn`. */
  readonly pictures?: PictureStyle;
  /** The bearer key that is taken; by default any that starts with `cdt_`. */
  readonly key?: string;
  /** When this many µcr are billed, calls are answered with 402. Default: no end. */
  readonly creditsMicro?: number;
  /** A limit that no header tells, refilled evenly, ten seconds' worth at once. Default: none. */
  readonly requestsPerMinute?: number;
  /** Size and aspect ratio fields that are known. Default `none`. */
  readonly dialect?: AcceptedDialect;
  /** Each of these failures comes once: to the call of that number, from 1, in order of arrival. */
  readonly operatorFailuresAt?: Readonly<Partial<Record<FailureName, number>>>;
  /** Overrules the draw for the calls it answers. */
  readonly script?: (call: ScriptedCall) => Outcome | undefined;
  /** Public https base under which `/pictures/…` of this server is reached, for variants that send links. */
  readonly linkBase?: string;
  /** Key and certificate of a second, https listener that serves `/pictures/…`; it is the `linkBase` by default. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What refusals ask to wait. Default 1,000. */
  readonly retryDelayMs?: number;
  /** Size of the answer that is over the cap. Default 65 MiB. */
  readonly oversizeBytes?: number;
  readonly prices?: PriceList;
  readonly clock?: SimulatorClock;
}

/** Options with every default in place. */
export interface SimulatorSettings {
  readonly seed: string;
  readonly port: number;
  readonly profile: SimulatorProfile;
  readonly latency: Latency;
  readonly pictures: PictureStyle;
  readonly key: string | undefined;
  readonly creditsMicro: number;
  readonly requestsPerMinute: number;
  readonly dialect: AcceptedDialect;
  readonly operatorFailuresAt: Readonly<Partial<Record<FailureName, number>>>;
  readonly script: (call: ScriptedCall) => Outcome | undefined;
  readonly linkBase: string | undefined;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly retryDelayMs: number;
  readonly oversizeBytes: number;
  readonly prices: PriceList;
  readonly clock: SimulatorClock;
}

export function withDefaults(options: SimulatorOptions): SimulatorSettings {
  const latency = options.latency ?? 'demo';
  return {
    seed: String(options.seed ?? 'pressrun'),
    port: options.port ?? 0,
    profile: profileOf(options.profile ?? 'fine'),
    latency: typeof latency === 'string' ? LATENCIES[latency] : latency,
    pictures: options.pictures ?? 'drawn',
    key: options.key,
    creditsMicro: options.creditsMicro ?? Number.POSITIVE_INFINITY,
    requestsPerMinute: options.requestsPerMinute ?? Number.POSITIVE_INFINITY,
    dialect: options.dialect ?? 'none',
    operatorFailuresAt: options.operatorFailuresAt ?? {},
    script: options.script ?? (() => undefined),
    linkBase: options.linkBase,
    tls: options.tls,
    retryDelayMs: options.retryDelayMs ?? 1_000,
    oversizeBytes: options.oversizeBytes ?? 65 * 1024 * 1024,
    prices: options.prices ?? priceList(),
    clock: options.clock ?? wallClock,
  };
}

const wallClock: SimulatorClock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
      function done() {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    }),
};

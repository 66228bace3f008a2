import type { Random } from '../../local/simulator/random.ts';
import type { FailureCode } from '../../shared/domain/calls/failure.ts';

/** A phase in which every call comes to the same. */
export interface Trouble {
  readonly outcome: FailureCode;
  readonly fromCall: number;
  readonly untilMs: number;
}

/** How the provider behaves in a run: what its calls come to, by weight, and one phase of trouble. */
export interface ProviderMood {
  readonly outcomes: Readonly<Partial<Record<'image' | 'lost' | FailureCode, number>>>;
  readonly trouble: Trouble;
  /** How many images of one are JPEGs. */
  readonly jpegs?: number;
}

export const NO_TROUBLE: Trouble = { outcome: 'auth', fromCall: Number.POSITIVE_INFINITY, untilMs: 0 };
/** For enumerating faults: the provider does nothing of its own accord. */
export const CALM: ProviderMood = { outcomes: { image: 1 }, trouble: NO_TROUBLE };

const LARGE_ROWS = 80;

/** What waits for a person ends by `mend` alone. */
const OPERATORS: readonly FailureCode[] = [
  'auth',
  'credits',
  'quota',
  'model',
  'forbidden',
  'address',
  'link_refused',
  'type_refused',
];
/** Every answer is paid for and brings nothing, until a person has seen to it. */
const USELESS: readonly FailureCode[] = [
  'text_only',
  'empty',
  'bad_image',
  'lost_image',
  'blocked',
  'bad_json',
];
const PASSING: readonly FailureCode[] = ['upstream', 'network', 'rate_limit'];

const FAIR: ProviderMood['outcomes'] = {
  image: 92,
  lost: 2,
  rate_limit: 2,
  upstream: 1,
  network: 1,
  policy: 1,
  no_image: 1,
  blocked: 1,
  timeout: 1,
};
const FOUL: ProviderMood['outcomes'] = {
  image: 50,
  lost: 10,
  rate_limit: 8,
  upstream: 6,
  network: 4,
  policy: 3,
  bad_request: 2,
  no_image: 5,
  text_only: 3,
  empty: 2,
  bad_json: 3,
  max_tokens: 2,
  lost_image: 2,
};

/** Large files have a fair provider: at a foul one their waits alone would take days. */
export function randomMood(random: Random, startMs: number, rows: number): ProviderMood {
  const outcomes = random.chance(0.75) || rows > LARGE_ROWS ? FAIR : FOUL;
  if (random.chance(0.92)) return { outcomes, trouble: NO_TROUBLE };
  const fromCall = random.between(1, 8);
  if (random.chance(0.5)) {
    const untilMs = Number.POSITIVE_INFINITY;
    const outcome = random.pick([...OPERATORS, ...USELESS]);
    return { outcomes, trouble: { outcome, fromCall, untilMs } };
  }
  const untilMs = startMs + random.between(60_000, 900_000);
  return { outcomes, trouble: { outcome: random.pick(PASSING), fromCall, untilMs } };
}

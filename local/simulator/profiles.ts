import type { FailureCode } from '../../shared/domain/calls/failure.ts';
import type { ImageType } from '../../shared/domain/item/image-type.ts';
import { USAGE_SHAPES, type UsageShape } from './answers/usage.ts';
import { VARIANTS, type VariantName } from './answers/variants.ts';
import type { FailureName } from './failures.ts';

/** How a simulated provider behaves, as data. Weights are relative to each other, probabilities in 0–1. */
export interface SimulatorProfile {
  readonly variants: Readonly<Partial<Record<VariantName, number>>>;
  readonly usage: Readonly<Partial<Record<UsageShape, number>>>;
  readonly types: Readonly<Partial<Record<ImageType, number>>>;
  /** Probability that a call fails so, by code (any of its bodies) or by the name of one body. */
  readonly failures: Readonly<Partial<Record<FailureCode | FailureName, number>>>;
  /** Each call with the same prompt fails this many times as often as the one before it. */
  readonly failuresFadeBy: number;
  /** Probability of a draft, a repeated or a second image, where the variant has room for it. */
  readonly moreImages: number;
  /** Probability that aspect ratio and size are not as asked. */
  readonly wrongShape: number;
  /** Probability that the declared type is not that of the bytes. */
  readonly wrongType: number;
}

const FINE: SimulatorProfile = {
  variants: { V1: 1 },
  usage: { documented: 1 },
  types: { 'image/png': 1 },
  failures: {},
  failuresFadeBy: 0,
  moreImages: 0,
  wrongShape: 0,
  wrongType: 0,
};

/** All that the contract has seen, a quarter of it trouble, fading from call to call. Three `bad_request` in a row would pause. */
const MIXED: SimulatorProfile = {
  variants: Object.fromEntries(VARIANTS.map((name) => [name, name === 'V1' ? 8 : 1])),
  usage: Object.fromEntries(USAGE_SHAPES.map((shape) => [shape, shape === 'documented' ? 6 : 1])),
  types: { 'image/png': 6, 'image/jpeg': 3, 'image/webp': 1 },
  failures: {
    rate_limit: 0.05,
    timeout: 0.025,
    upstream: 0.04,
    blocked: 0.012,
    no_image: 0.015,
    max_tokens: 0.01,
    text_only: 0.015,
    lost_image: 0.01,
    empty: 0.015,
    bad_image: 0.02,
    bad_json: 0.01,
    policy: 0.004,
    too_large: 0.003,
    http: 0.003,
    bad_request: 0.002,
  },
  failuresFadeBy: 0.35,
  moreImages: 0.1,
  wrongShape: 0.02,
  wrongType: 0.1,
};

export const PROFILES = { fine: FINE, mixed: MIXED } as const;
export type ProfileName = keyof typeof PROFILES;

/** A profile of that name, or `fine` with other traits laid over it. */
export function profileOf(profile: ProfileName | Partial<SimulatorProfile>): SimulatorProfile {
  return typeof profile === 'string' ? PROFILES[profile] : { ...FINE, ...profile };
}

import type { Failure } from '../domain/calls/failure.ts';
import type { ModelProfile } from '../domain/calls/models.ts';
import type { ImageSettings } from '../domain/item/image-settings.ts';
import type { ImageType } from '../domain/item/image-type.ts';
import type { Message } from '../domain/item/message.ts';
import type { ReportedUsage } from '../domain/money/usage.ts';

/** At most 14 a request, 7 MB each (contract §1). */
export interface ReferenceImage {
  readonly type: ImageType;
  readonly bytes: Uint8Array;
}

export interface ImageRequest {
  readonly profile: ModelProfile;
  readonly prompt: string;
  /** Replaces the prompt, which is its last text; its numbers are places in `references`. */
  readonly messages?: readonly Message[];
  readonly settings: ImageSettings;
  readonly references: readonly ReferenceImage[];
  /** Leaves out the dialect's fields, which the provider refused. */
  readonly plain: boolean;
}

/** A whole image; type and pixels are from its bytes. */
export interface DecodedImage {
  readonly bytes: Uint8Array;
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
}

/** An answer as it came, so that it can be interpreted again. */
export interface KeptAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** Pixels of pictures that can't be used (cut off, wrong type or link): they were generated, and are billed. */
export type UnusedPixels = readonly number[];

/** What one call came to. Failures that the contract foresees are values; only bugs are thrown. */
export type CallOutcome =
  | {
      readonly kind: 'images';
      /** In the order they came, drafts and repeats dropped; the last is the result, the earlier ones are extras. */
      readonly images: readonly [DecodedImage, ...DecodedImage[]];
      readonly text: string;
      readonly usage: ReportedUsage | undefined;
      readonly unusedPixels?: UnusedPixels;
      readonly latencyMs: number;
    }
  | {
      readonly kind: 'failure';
      readonly failure: Failure;
      readonly usage: ReportedUsage | undefined;
      readonly unusedPixels?: UnusedPixels;
      /** The whole answer, where it is to be kept in quarantine. */
      readonly answer: KeptAnswer | undefined;
      readonly latencyMs: number;
    };

/** The memory that one answer and its images may take up. All that was reserved and lent is given back together. */
export interface AnswerMemory {
  /** Waits until so many more bytes may be in memory; undefined if they may at once. Rejects where the signal is aborted first. */
  reserve(bytes: number, signal?: AbortSignal): Promise<void> | undefined;
  /** A buffer of so many bytes or more, whatever is in it. It covers bytes that were reserved. */
  buffer(bytes: number): Buffer;
  /** This buffer is not needed any longer. */
  recycle(buffer: Buffer): void;
}

/** Lends memory for one answer while `use` runs: no byte of it may be read afterwards. */
export type LendMemory = <Result>(use: (memory: AnswerMemory) => Promise<Result>) => Promise<Result>;

/** The chat completions endpoint, as the pipeline sees it. */
export interface Provider {
  /** The images stand in the memory that is given, and are good as long as that is. */
  call(request: ImageRequest, signal: AbortSignal | undefined, memory: AnswerMemory): Promise<CallOutcome>;
  /** Interprets an answer that was kept as if it had just come. Calls nobody, but for images that it gives by link. */
  reread(answer: KeptAnswer, request: Pick<ImageRequest, 'profile' | 'settings'>): Promise<CallOutcome>;
  /** A fingerprint of the model's endpoint and key, to which pauses belong. Undefined if unknown now; missing: all alike. */
  accessOf?(profile: ModelProfile): Promise<string | undefined>;
}

/** The key is there, as far as is known, and cannot be read now. */
export class KeyUnreadableError extends Error {
  override name = 'KeyUnreadableError';
}

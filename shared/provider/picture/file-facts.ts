/** What a file's own bytes say about it. `end` is where its container ends; whatever follows is not part of the image. */
export type FileFacts =
  | { readonly kind: 'whole'; readonly width: number; readonly height: number; readonly end: number }
  /** `pixels` where its header could be read. */
  | { readonly kind: 'damaged'; readonly problem: string; readonly pixels: number | undefined };

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export function whole(width: number, height: number, end: number): FileFacts {
  if (width === 0 || height === 0) return damagedFile('it has no pixels');
  return { kind: 'whole', width, height, end };
}

/** `problem` completes "the image cannot be used: …". */
export function damagedFile(problem: string, size?: PixelSize): FileFacts {
  return { kind: 'damaged', problem, pixels: size && size.width * size.height };
}

/** What a file's bytes say. The image ends at `end`, its container's end. */
export type FileFacts =
  | { readonly kind: 'whole'; readonly width: number; readonly height: number; readonly end: number }
  /** `pixels`, if its header could be read. */
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

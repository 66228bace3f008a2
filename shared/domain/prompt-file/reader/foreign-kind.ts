/** First bytes of files that people take for tables of text by mistake; `latin1`, a character a byte. */
const SIGNATURES: readonly (readonly [begin: string, name: string])[] = [
  ['PK\x03\x04', 'an Excel workbook (.xlsx) or another zip archive'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook (.xls)'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['RIFF', 'a WebP image or another media file'],
  ['%PDF', 'a PDF'],
  ['\x1f\x8b', 'compressed with gzip'],
  ['{\\rtf', 'a rich text document (.rtf)'],
];

/** What a file is that cannot be a file of prompts, by its first bytes; undefined where nothing speaks against it. */
export function foreignKind(head: Uint8Array): string | undefined {
  const begin = String.fromCharCode(...head.subarray(0, 8));
  return SIGNATURES.find(([signature]) => begin.startsWith(signature))?.[1];
}

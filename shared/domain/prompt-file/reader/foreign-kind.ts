/** First bytes of files that are no text; `latin1`, a character a byte. */
const SIGNATURES: readonly (readonly [begin: string, name: string])[] = [
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook (.xls), or one that is protected by a password'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['RIFF', 'a WebP image or another media file'],
  ['%PDF', 'a PDF'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['BZh', 'compressed with bzip2'],
  ['\xfd7zXZ', 'compressed with xz'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['PAR1', 'a Parquet file'],
  ['SQLite format', 'an SQLite database'],
  ...['<?xml', '<html', '<HTML', '<!DOCTYP', '<!doctyp', '<table', '<TABLE'].map(
    (begin) => [begin, 'HTML or XML, whatever its name says'] as const,
  ),
  ['{\\rtf', 'a rich text document (.rtf)'],
];

/** What a file is by its first bytes, if that is no prompt file. */
export function foreignKind(head: Uint8Array): string | undefined {
  const begin = String.fromCharCode(...head.subarray(0, 8));
  return SIGNATURES.find(([signature]) => begin.startsWith(signature))?.[1];
}

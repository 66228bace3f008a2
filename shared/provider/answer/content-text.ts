import { SNIFFED_BYTES, sniffImageType, sniffOtherImage } from '../picture/image-file.ts';
import { decodeBase64, type LiftedBase64 } from '../scan/base64.ts';
import { findRuns, type TextRun } from '../scan/marked-text.ts';
import { type Marks, restoreMarks } from '../scan/marks.ts';

/** Base64 that is an image by its place or first bytes. */
export interface ImageCandidate {
  readonly base64: LiftedBase64;
  /** A draft the model made while thinking. */
  readonly thought: boolean;
}

export interface LinkCandidate {
  readonly url: string;
  /** Only an image can be here; other links may lead anywhere. */
  readonly claimed: boolean;
}

interface ContentText {
  readonly images: readonly ImageCandidate[];
  readonly links: readonly LinkCandidate[];
  readonly text: string;
}

const LONGEST_HEAD = 120;
const HEAD_AT_END = /data:image\/[\w.+;=-]{1,90};base64,\s*$/i;
const HEADS = /data:image\/[\w.+;=-]{1,90};base64,/gi;
/** What stays of a data URI and its markdown without the base64. */
const EMPTY_DATA_URI =
  /!?\[[^\]\n]{0,300}\]\(\s*data:[\w.+/;=-]{0,100},\s*\)|data:[\w.+-]{1,40}\/[\w.+;=-]{1,90};base64,/gi;
const WHOLE_CONTENT_LETTERS = 256;
const LONGEST_WORD = 8192;
/** Bounds what the patterns below are tried on. */
const LONGEST_PROSE = 200_000;
const MARKDOWN_LINK = /(!?)\[[^\]\n]{0,300}\]\(\s*<?(https?:\/\/[^\s)>"'<]{1,4000})/gi;
const HTML_IMAGE = /<img\b[^>]{0,300}?\bsrc\s*=\s*["'](https?:\/\/[^"'\s>]{1,4000})["']/gi;
const ONLY_A_LINK = /^https?:\/\/[^\s"'<>()]{1,4000}$/i;
const NOTHING: LiftedBase64 = { letters: 0, padded: false, chunks: () => [] };

/** Images, links and prose in a string (contract §2 V1–V1d). A data URI is an image; other base64 must begin like one. */
export function readContentText(text: string, marks: Marks, thought: boolean): ContentText {
  if (text === '') return { images: [], links: [], text: '' };
  const runs = findRuns(text, marks);
  const claimed = new Set(runs.filter((run) => followsHead(text, run)));
  const images = runs.filter((run) => claimed.has(run) || fillsText(text, run) || looksLikeImage(run.base64));
  const candidates = images.map(({ base64 }) => ({ base64, thought }));
  // A head without base64 promised a missing image.
  if ([...text.matchAll(HEADS)].length > claimed.size) candidates.push({ base64: NOTHING, thought });

  const found = new Set(images);
  const dropped = runs.filter((run) => found.has(run) || run.base64.letters > LONGEST_WORD);
  const rest = restoreMarks(withoutRuns(text, dropped), marks).slice(0, LONGEST_PROSE);
  return { images: candidates, links: linksIn(rest), text: rest.replace(EMPTY_DATA_URI, '').trim() };
}

/** Whether the first bytes are an image's, usable or not. */
export function looksLikeImage(base64: LiftedBase64): boolean {
  const start = decodeBase64(base64, SNIFFED_BYTES);
  return start !== undefined && (sniffImageType(start) ?? sniffOtherImage(start)) !== undefined;
}

function followsHead(text: string, run: TextRun): boolean {
  return HEAD_AT_END.test(text.slice(Math.max(0, run.from - LONGEST_HEAD), run.from));
}

function fillsText(text: string, run: TextRun): boolean {
  if (run.base64.letters < WHOLE_CONTENT_LETTERS) return false;
  return text.slice(0, run.from).trim() === '' && text.slice(run.to).trim() === '';
}

function withoutRuns(text: string, runs: readonly TextRun[]): string {
  const starts = [0, ...runs.map((run) => run.to)];
  return starts.map((from, index) => text.slice(from, runs[index]?.from)).join('');
}

function linksIn(text: string): LinkCandidate[] {
  const only = text.trim();
  if (ONLY_A_LINK.test(only)) return [{ url: only, claimed: true }];
  const markdown = [...text.matchAll(MARKDOWN_LINK)].map(([, bang, url = '']) => ({
    url,
    claimed: bang === '!',
  }));
  const html = [...text.matchAll(HTML_IMAGE)].map(([, url = '']) => ({ url, claimed: true }));
  return [...markdown, ...html];
}

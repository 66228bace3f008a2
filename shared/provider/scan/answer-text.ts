/** A response's text. Large ones, read line by line, are never whole in memory. */
export interface AnswerText {
  /** In order, at most some 64 KB each if it came as bytes. */
  pieces(): Iterable<string>;
  whole(): string;
}

export function answerText(text: string): AnswerText {
  return { pieces: () => [text], whole: () => text };
}

export function textInPieces(pieces: () => Iterable<string>): AnswerText {
  let text: string | undefined;
  return {
    pieces: () => (text === undefined ? pieces() : [text]),
    whole() {
      text ??= [...pieces()].join('');
      return text;
    },
  };
}

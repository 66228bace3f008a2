/** The text of an answer. One that is large and read line by line is never held as a whole. */
export interface AnswerText {
  /** In order, each of some 64 KB at most where it came as bytes. */
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

import type { Problem } from '../protocol/trainer.js';

/** A piece of text. Lines and columns start at 1, columns count UTF-16 units as editors do; the end is exclusive. */
export interface TextRange {
  offset: number;
  length: number;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** Where each line of a text starts. Line ends are \n, \r\n and \r, as in VS Code. */
export class Lines {
  private readonly starts = [0];

  constructor(private readonly text: string) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) this.starts.push(i + 1);
    }
  }

  position(offset: number): { line: number; column: number } {
    const at = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? Infinity) <= at) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: at - (this.starts[low] ?? 0) + 1 };
  }

  range(offset: number, length: number): TextRange {
    const start = Math.min(Math.max(offset, 0), this.text.length);
    const end = Math.min(Math.max(start + length, start), this.text.length);
    const { line, column } = this.position(start);
    const last = this.position(end);
    return { offset: start, length: end - start, line, column, endLine: last.line, endColumn: last.column };
  }
}

/** A problem at a place. */
export function problemAt(
  { line, column, endLine, endColumn }: TextRange,
  severity: Problem['severity'],
  code: string,
  message: string,
  fixes: Problem['fixes'] = [],
): Problem {
  return { line, column, endLine, endColumn, severity, message, code, fixes };
}

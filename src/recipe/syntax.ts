import type { ParseError } from 'jsonc-parser';
import { t } from '../protocol/l10n.js';
import type { Fix, Problem } from '../protocol/trainer.js';
import { problemAt, type Lines } from './position.js';

/** What a person is told when the JSON itself is broken: one sentence, where it breaks, with a fix where it is plain. */

export interface Opening {
  offset: number;
  closing: '}' | ']';
  /** Where it is closed; null when it is not. */
  end: number | null;
}

/** The parser's error numbers; its own enumeration exists only in its types. */
const Code = {
  invalidSymbol: 1,
  invalidNumber: 2,
  propertyNameExpected: 3,
  valueExpected: 4,
  colonExpected: 5,
  commaExpected: 6,
  closeBraceExpected: 7,
  closeBracketExpected: 8,
  endOfFileExpected: 9,
  unexpectedEndOfComment: 11,
  unexpectedEndOfString: 12,
  unexpectedEndOfNumber: 13,
  invalidUnicode: 14,
  invalidEscape: 15,
  invalidCharacter: 16,
} as const;

/** What people write who think in Python or JavaScript. */
const constants: Record<string, string> = {
  True: 'true',
  False: 'false',
  None: 'null',
  undefined: 'null',
  nil: 'null',
};

export function syntaxProblem(lines: Lines, text: string, error: ParseError, openings: Opening[]): Problem {
  const { message, offset, length, fixes } = explain(lines, text, error, openings);
  return problemAt(lines.range(offset, length), 'error', 'json/syntax', message, fixes ?? []);
}

interface Explanation {
  message: string;
  offset: number;
  length: number;
  fixes?: Fix[];
}

function explain(lines: Lines, text: string, { error, offset, length }: ParseError, openings: Opening[]): Explanation {
  const token = text.slice(offset, offset + length);
  const at = { offset, length };
  const before = endOfPrevious(text, offset);
  const code: number = error;
  switch (code) {
    case Code.invalidSymbol:
      return unknownSymbol(text, offset, token);
    case Code.commaExpected:
      if (token === '}' || token === ']') return misplaced(lines, text, offset, token, code, openings);
      return {
        message: t('A comma is missing before {0}.', shown(token)),
        offset: before,
        length: 0,
        fixes: [{ title: t('Insert a comma'), offset: before, length: 0, text: ',' }],
      };
    case Code.colonExpected:
      if (token === '' || ',}]'.includes(token))
        return { message: t('A colon and a value are missing after this name.'), offset: before, length: 0 };
      return {
        message: t('A colon is missing after this name.'),
        offset: before,
        length: 0,
        fixes: [{ title: t('Insert a colon'), offset: before, length: 0, text: ':' }],
      };
    case Code.closeBraceExpected:
    case Code.closeBracketExpected:
      return neverClosed(lines, text, openings);
    case Code.endOfFileExpected:
      return { message: t('Nothing may follow the closing bracket of the recipe.'), ...at };
    case Code.unexpectedEndOfComment:
      return { message: t('This comment is never closed: "*/" is missing.'), offset, length: 2 };
    case Code.unexpectedEndOfString:
      return { message: t('This text is never closed: a double quote is missing at its end.'), ...at };
    case Code.invalidUnicode:
    case Code.invalidEscape:
      return {
        message: t(
          'A backslash begins an escape that does not exist. In a path write "/" (or "\\\\" for a backslash).',
        ),
        ...at,
        fixes: [{ title: t('Use "/"'), offset, length, text: token.replaceAll(/\\+/g, '/') }],
      };
    case Code.invalidCharacter:
      return { message: t('This text has a tab or another control character in it; write "\\t" for a tab.'), ...at };
    case Code.invalidNumber:
    case Code.unexpectedEndOfNumber:
      return { message: t('{0} is cut off: digits are missing.', shown(token)), ...at };
    case Code.propertyNameExpected:
    case Code.valueExpected:
      return misplaced(lines, text, offset, token, code, openings);
    default:
      return { message: t('The JSON is broken here, at {0}.', shown(token)), ...at };
  }
}

/** A value or name was expected, and something else stands there. */
function misplaced(
  lines: Lines,
  text: string,
  offset: number,
  token: string,
  code: number,
  openings: Opening[],
): Explanation {
  const length = token.length;
  if (token === '}' || token === ']') {
    const opened = openings.find(({ end }) => end === offset);
    if (opened && opened.closing !== token)
      return {
        message: t(
          '{0} is needed here to close the bracket of line {1}, not {2}.',
          shown(opened.closing),
          lines.position(opened.offset).line,
          shown(token),
        ),
        offset,
        length,
        fixes: [{ title: t('Insert {0}', opened.closing), offset, length: 0, text: opened.closing }],
      };
    if (!opened) return { message: t('This {0} closes nothing.', shown(token)), offset, length };
  }
  if (token === '')
    return { message: t('A value is missing at the end.'), offset: endOfPrevious(text, offset), length: 0 };
  const expected = code === Code.propertyNameExpected ? t('A name in double quotes') : t('A value');
  if ([',', '}', ']'].includes(token))
    return { message: t('{0} is missing before {1}.', expected, shown(token)), offset, length };
  return { message: t('{0} is needed here, not {1}.', expected, shown(token)), offset, length };
}

function neverClosed(lines: Lines, text: string, openings: Opening[]): Explanation {
  const open = openings.filter(({ end }) => end === null);
  const innermost = open.at(-1);
  const end = endOfPrevious(text, text.length);
  // A bracket may also have been closed by the wrong kind, which leaves none open.
  if (!innermost) return { message: t('A closing bracket is missing.'), offset: end, length: 0 };
  const closers = open.map(({ closing }) => closing).reverse();
  return {
    message: t(
      'The bracket of line {0} is never closed: {1} is missing.',
      lines.position(innermost.offset).line,
      shown(innermost.closing),
    ),
    offset: end,
    length: 0,
    fixes: [{ title: t('Insert {0}', closers.join('')), offset: end, length: 0, text: closers.join('') }],
  };
}

function unknownSymbol(text: string, offset: number, token: string): Explanation {
  const length = token.length;
  if (token.startsWith("'")) {
    const close = text.indexOf("'", offset + 1);
    const lineEnd = text.slice(offset).search(/[\r\n]/);
    const isOnLine = close > 0 && (lineEnd < 0 || close < offset + lineEnd);
    const message = t('Text stands in double quotes in JSON, not in single ones.');
    if (!isOnLine) return { message, offset, length };
    const whole = close + 1 - offset;
    const replacement = JSON.stringify(text.slice(offset + 1, close));
    return {
      message,
      offset,
      length: whole,
      fixes: [{ title: t('Use double quotes'), offset, length: whole, text: replacement }],
    };
  }
  const constant = Object.hasOwn(constants, token) ? constants[token] : undefined;
  if (constant !== undefined) return replaceable(t('JSON writes {0} as {1}.', token, constant), constant);
  if (/^[+-]?(NaN|Infinity)$/.test(token)) return { message: t('{0} is not a value in JSON.', token), offset, length };
  if (/^\.\d+$/.test(token)) return replaceable(t('A number begins with a digit: 0{0}.', token), `0${token}`);
  if (/^\+[\d.]+$/.test(token))
    return replaceable(t('A number has no plus sign: {0}.', token.slice(1)), token.slice(1));
  if (/^[\p{L}_$][\p{L}\d_$-]{0,100}$/u.test(token))
    return replaceable(t('{0} must stand in double quotes.', token), JSON.stringify(token), t('Add double quotes'));
  return { message: t('{0} is not allowed here.', shown(token)), offset, length };

  function replaceable(message: string, by: string, title = t('Replace by {0}', by)): Explanation {
    return { message, offset, length, fixes: [{ title, offset, length, text: by }] };
  }
}

/** End of what stands before an offset, white space and comments left out. */
function endOfPrevious(text: string, offset: number): number {
  let end = 0;
  let at = 0;
  while (at < offset) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
      end = Math.min(at, offset);
    } else if (text.startsWith('//', at)) at = indexOr(text, '\n', at);
    else if (text.startsWith('/*', at)) at = indexOr(text, '*/', at + 2) + 2;
    else {
      at++;
      if (character.trim() !== '') end = at;
    }
  }
  return end;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
    else if (character === '\n' || character === '\r') return at;
  }
  return text.length;
}

function indexOr(text: string, sought: string, from: number): number {
  const index = text.indexOf(sought, from);
  return index < 0 ? text.length : index;
}

function shown(token: string): string {
  const text = token.length > 30 ? `${token.slice(0, 29)}…` : token;
  return text.startsWith('"') ? text : `"${text}"`;
}

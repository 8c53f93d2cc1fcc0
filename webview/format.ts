import { say } from './strings.js';

/** Numbers, spans and times of day as the page's language writes them. */
function language(): string | undefined {
  return document.documentElement.lang || undefined;
}

const formats = new Map<string, Intl.NumberFormat>();

function number(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language(), options);
    formats.set(key, format);
  }
  return format.format(value).replaceAll('-', '−');
}

export function whole(value: number): string {
  return number(value, { maximumFractionDigits: 0 });
}

/** A loss or error: always as many digits, so that it does not jump; small ones in powers of ten. */
export function measure(value: number): string {
  if (!Number.isFinite(value)) return say('notANumber');
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6))
    return number(value, { notation: 'scientific', minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const digits = size < 1 ? 4 : size < 10 ? 3 : size < 1000 ? 1 : 0;
  return number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A number as short as it can be said, e.g. a learning rate or a mark on an axis. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-5 || size >= 1e7))
    return number(value, { notation: 'scientific', maximumSignificantDigits: 3 });
  return number(value, { maximumSignificantDigits: 6 });
}

/** A part of 1, e.g. "91.2 %". */
export function percent(value: number): string {
  if (!Number.isFinite(value)) return say('notANumber');
  return say('percent', points(value));
}

/** A difference between parts of 1 in percentage points, e.g. "4.2". */
export function points(value: number): string {
  return number(100 * value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** A part of 1 as short as it can be said, e.g. "90 %" on an axis. */
export function share(value: number): string {
  return say('percent', short(Number((100 * value).toPrecision(6))));
}

/** Examples a second, to three digits. */
export function rate(value: number): string {
  return number(value, value >= 100 ? { maximumSignificantDigits: 4 } : { maximumSignificantDigits: 2 });
}

/** Seconds of training on an axis: "45s", "1:30", "2:05:00". */
export function clock(seconds: number): string {
  const total = Math.round(seconds * 10) / 10;
  if (total < 60) return number(total, { style: 'unit', unit: 'second', unitDisplay: 'narrow' });
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (total < 3600) return `${Math.floor(total / 60)}:${two(total % 60)}`;
  return `${Math.floor(total / 3600)}:${two((total % 3600) / 60)}:${two(total % 60)}`;
}

/** Hours and minutes of an ISO 8601 text; empty when it is none. */
export function timeOfDay(iso: string): string {
  return moment(iso, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** Day, hours and minutes of an ISO 8601 text; empty when it is none. */
export function dayAndTime(iso: string): string {
  return moment(iso, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
}

function moment(iso: string, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(iso);
  if (iso === '' || Number.isNaN(date.getTime())) return '';
  return new Intl.DateTimeFormat(language(), options).format(date);
}

/** The number a person typed, with a point or the language's own decimal sign; NaN when it is none. */
export function parseNumber(text: string): number {
  const plain = text.trim().replace(/\s/g, '');
  return plain === '' ? NaN : Number(plain.includes('.') ? plain : plain.replace(',', '.'));
}

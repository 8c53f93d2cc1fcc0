const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A duration in seconds with the two units that count, e.g. "47 s", "3 min 5 s", "25 min", "2 h 10 min", "3 d 4 h".
 * The symbols are those of the International System of Units (SI Brochure, 9th edition, 2019, table 8), which are the
 * same in all languages.
 */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < 10 * MINUTE) return pair(whole, MINUTE, 'min', 1, 's');
  const minutes = Math.round(whole / MINUTE) * MINUTE;
  if (minutes < HOUR) return `${minutes / MINUTE} min`;
  if (minutes < 2 * DAY) return pair(minutes, HOUR, 'h', MINUTE, 'min');
  return pair(Math.round(whole / HOUR) * HOUR, DAY, 'd', HOUR, 'h');
}

function pair(value: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = (value % large) / small;
  const first = `${Math.floor(value / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

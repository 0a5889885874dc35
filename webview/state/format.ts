/** Numbers, durations and dates as a person reads them, in the language of the page. */

const language = (): string | undefined =>
  document.documentElement.lang === '' ? undefined : document.documentElement.lang;
const cache = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = `${language() ?? ''} ${JSON.stringify(options)}`;
  const known = cache.get(key);
  if (known !== undefined) return known.format(value);
  const made = new Intl.NumberFormat(language(), options);
  cache.set(key, made);
  return made.format(value);
}

/** A whole number with grouping: 12,800. */
export function integer(value: number): string {
  return format(value, { maximumFractionDigits: 0 });
}

/** A number to four significant digits: 0.5312, 12.41; small ones as 3E-5. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return value !== 0 && Math.abs(value) < 1e-3
    ? format(value, { notation: 'scientific', maximumSignificantDigits: 3 })
    : format(value, { maximumSignificantDigits: 4 });
}

/** A loss in nats with three decimals, so that a column of them can be compared by eye. */
export function loss(value: number): string {
  return Number.isFinite(value) && (value === 0 || value >= 1e-3)
    ? format(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
    : decimal(value);
}

/** A fraction between 0 and 1 as percent with one decimal: 71.2%. */
export function percent(value: number): string {
  return format(value, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** Seconds as "42 s", "3 min 12 s", "2 h 05 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

let times: Intl.DateTimeFormat | undefined;

/** An ISO 8601 time as a short local date and time, or the text itself where it is none. */
export function dateTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  times ??= new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' });
  return times.format(time);
}

/** Bytes in binary units: 512.0 MiB. */
export function bytes(value: number): string {
  return value < 2 ** 30 ? `${(value / 2 ** 20).toFixed(1)} MiB` : `${(value / 2 ** 30).toFixed(2)} GiB`;
}

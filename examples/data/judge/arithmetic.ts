/**
 * Independent arithmetic for the expected results, written from the language reference only: decimals are integers of
 * their smallest units, dates are days and timestamps microseconds since 1970, UTC.
 */

/** `-12.50` for -1250 at scale 2. */
export function decimalText(units: bigint, scale: number): string {
  const sign = units < 0n ? "-" : "";
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The quotient rounded to an integer, half away from zero. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const top = dividend < 0n ? -dividend : dividend;
  const bottom = divisor < 0n ? -divisor : divisor;
  const quotient = (2n * top + bottom) / (2n * bottom);
  return negative ? -quotient : quotient;
}

/** The mean of decimals with four additional digits. `sum` is in units of their scale. */
export function averageText(sum: bigint, count: number, scale: number): string {
  return decimalText(divideHalfUp(sum * 10_000n, BigInt(count)), scale + 4);
}

/** Integer division, truncated toward zero. */
export function div(dividend: number, divisor: number): number {
  return Number(BigInt(dividend) / BigInt(divisor));
}

/** The mean of the two middle values if their number is even. Sorts the list. */
export function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const low = values[(values.length - 1) >> 1];
  const high = values[values.length >> 1];
  if (low === undefined || high === undefined) throw new Error("the median of nothing");
  return low + (high - low) / 2;
}

/** By code point, not by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  if (isLowSurrogate(a.charCodeAt(at)) && isLowSurrogate(b.charCodeAt(at))) at--;
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
}

/** The first by code point; the list must not be empty. */
export function leastText(texts: readonly string[]): string {
  return texts.reduce((least, text) => (compareText(text, least) < 0 ? text : least));
}

const MICROS_A_DAY = 86_400_000_000;

/** The day of a timestamp. */
export function dayOf(micros: number): number {
  return Math.floor(micros / MICROS_A_DAY);
}

/** `yyyy-mm-dd` */
export function dateText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** `yyyy-mm-ddThh:mm:ss.ffffffZ` */
export function timestampText(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** Seconds from one timestamp to another, rounded down. */
export function elapsedSeconds(from: number, to: number): number {
  return Math.floor((to - from) / 1e6);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

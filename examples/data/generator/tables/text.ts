/** Formats values like the sources. */
import type { Seconds } from "../orders.ts";

/** `2018-01-31 23:59:59`, in UTC. */
export function dateTime(time: Seconds): string;
export function dateTime(time: Seconds | null): string | null;
export function dateTime(time: Seconds | null): string | null {
  return time === null ? null : new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** `12.90` for 1290 cents. */
export function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

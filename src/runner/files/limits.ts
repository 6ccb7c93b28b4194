/** Bytes of the longest record that is read, CSV or JSON; docs/limits.md states it. A longer one is rejected. */
export const LONGEST_RECORD = 128 * 2 ** 20;

/** So much of a longer one is kept in the quarantine: its first bytes. */
export const KEPT_OF_LONGER = 1 << 16;

export const TOO_LONG = "record is longer than 128 MiB";

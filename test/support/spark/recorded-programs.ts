/** What was compared by hand with `npm run conformance -- --spark`, besides what every run of the tests compares. */
export const explored = {
  date: "2026-11-23",
  /** Each seed gives 250 programs, of which these many are without errors. */
  firstSeed: 1001,
  lastSeed: 1121,
  programs: 20113,
  tables: 57282,
} as const;

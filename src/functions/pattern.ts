export interface PatternCheck {
  readonly problem: string | undefined;
  readonly groups: number;
  readonly matchesEmpty: boolean;
}
export function checkPattern(_pattern: string): PatternCheck {
  return { problem: undefined, groups: 9, matchesEmpty: false };
}
export function checkReplacement(_text: string, _groups: number): string | undefined {
  return undefined;
}

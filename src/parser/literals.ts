/** The values of name, string and number tokens. */

const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|([\s\S])|$)/g;
const SIMPLE: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", r: "\r", t: "\t" };

/**
 * The value of a string with the content `raw`, without quotes. An invalid escape is passed to `bad` with its offset in
 * `raw`, and kept as it is.
 */
export function textValue(raw: string, bad: (sequence: string, offset: number) => void): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(
    ESCAPE,
    (sequence: string, hex: string | undefined, character: string | undefined, offset: number) => {
      if (hex !== undefined) {
        const point = Number.parseInt(hex, 16);
        // A lone surrogate is not a character and cannot be encoded as UTF-8.
        if (point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) return String.fromCodePoint(point);
      } else {
        const value = character === undefined ? undefined : SIMPLE[character];
        if (value !== undefined) return value;
      }
      bad(sequence, offset);
      return sequence;
    },
  );
}

/** The name in backticks; a doubled backtick inside is one backtick. */
export function unquoted(image: string): string {
  return image.slice(1, -1).replaceAll("``", "`");
}

const NUMBER = /^[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?$/;

/** `1_000` as `1000`; undefined if the text is not a number. */
export function numberText(image: string): string | undefined {
  return NUMBER.test(image) ? image.replaceAll("_", "") : undefined;
}

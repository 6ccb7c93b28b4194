import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ContentKind, isNoText, SNIFFED_BYTES, sniff } from "../../../src/runner/files/sniff.ts";

const CSV = "order_id,price\r\no-1,12.50\r\no-2,7.00\r\n";

const utf16 = (text: string) => Buffer.from(text, "utf16le");
const utf32 = (text: string) => Buffer.concat([...text].map((each) => Buffer.from([each.charCodeAt(0), 0, 0, 0])));
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const mark = (...bytes: number[]) => Buffer.from(bytes);

const bytesOf = (content: Buffer | string) => (typeof content === "string" ? Buffer.from(content) : content);

type Case = readonly [name: string, content: Buffer | string, kind: ContentKind, description: RegExp];

const CONTENTS: readonly Case[] = [
  ["nothing", "", "empty", /./],
  ["blanks", " \r\n\t\n", "blank", /./],
  ["a byte order mark alone", mark(0xef, 0xbb, 0xbf), "blank", /./],
  ["CSV", CSV, "text", /./],
  ["CSV with a byte order mark", `\ufeff${CSV}`, "text", /./],
  ["CSV with letters of many scripts", "имя,价格,नाम\nа,1,😀\n", "text", /./],
  ["a record that begins with a bracket", "[a],b\n1,2\n", "text", /./],
  ["a record that begins with a less-than sign", "<5,b\n1,2\n", "text", /./],
  ["a header that begins as some format does", "ORC,BZh,PAR\n1,2,3\n", "text", /./],
  ["JSON lines", '{"a": 1}\n{"a": 2}\n', "json-object", /./],
  ["a JSON object over lines", '\n{\n  "a": 1\n}\n', "json-object", /./],
  ["a JSON array", '[\n{"a": 1}\n]\n', "json-array", /./],
  ["a JSON array of texts", '["a", "b"]\n', "json-array", /./],
  ["an empty JSON array", "[]", "json-array", /./],
  ["HTML", "\n<!DOCTYPE html>\n<html><head><title>Sign in</title>", "html", /./],
  ["HTML behind a byte order mark", "\ufeff<html lang=en>", "html", /./],
  ["HTML behind a comment", "<!-- saved -->\n<!doctype HTML>", "html", /./],
  ["XHTML", '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', "html", /./],
  ["XML", '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "xml", /./],
  ["XML without a declaration", "<feed>\n<entry/>", "xml", /./],
  ["gzip", gzipSync(CSV), "archive", /gzip/],
  ["Zstandard", zstdCompressSync(CSV), "archive", /Zstandard/],
  ["bzip2", Buffer.from("BZh91AY&SY\x00\x01", "latin1"), "archive", /bzip2/],
  ["ZIP", Buffer.from("PK\x03\x04\x14\0\0\0\x08\0orders.csv", "latin1"), "archive", /ZIP/],
  ["Excel", Buffer.from("PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml", "latin1"), "xlsx", /./],
  ["old Excel", Buffer.from("d0cf11e0a1b11ae10000", "hex"), "xlsx", /./],
  ["Parquet", Buffer.from("PAR1\x15\x04\x15", "latin1"), "binary", /Parquet/],
  ["Avro", Buffer.from("Obj\x01\x04\x14avro.codec", "latin1"), "binary", /Avro/],
  ["a PDF", "%PDF-1.7\n", "binary", /PDF/],
  ["bytes with zeros", Buffer.from([1, 2, 3, 0, 9, 200, 17, 5]), "binary", /./],
  ["text with a zero in it", '{"id": 1, "name": "a\0b"}\n{"id": 2}\n', "json-object", /./],
  ["UTF-16 LE", Buffer.concat([mark(0xff, 0xfe), utf16(CSV)]), "utf-16", /./],
  ["UTF-16 BE", Buffer.concat([mark(0xfe, 0xff), swapped(utf16(CSV))]), "utf-16", /./],
  ["UTF-16 LE without a byte order mark", utf16(CSV), "utf-16", /./],
  ["UTF-16 BE without a byte order mark", swapped(utf16(CSV)), "utf-16", /./],
  ["UTF-32 LE", Buffer.concat([mark(0xff, 0xfe, 0, 0), utf32(CSV)]), "utf-32", /./],
  ["UTF-32 LE without a byte order mark", utf32(CSV), "utf-32", /./],
  ["Latin-1", Buffer.from("nome,preço\nJoão,1\n", "latin1"), "not-utf8", /./],
  ["Latin-1 in the last byte", Buffer.from("a,b\n1,é", "latin1"), "not-utf8", /./],
  ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git-lfs", /./],
];

describe("sniff", () => {
  it.each(CONTENTS)("recognises %s", (_name, bytes, kind, description) => {
    const content = sniff(bytesOf(bytes));
    expect(content.kind).toBe(kind);
    expect(content.description).toMatch(description);
  });

  it("accepts a character that is cut at the end of the sample", () => {
    for (let more = 0; more < 4; more++) {
      const bytes = Buffer.from(`${"a".repeat(SNIFFED_BYTES - 1 - more)}😀 and so on\n`);
      expect(sniff(bytes).kind).toBe("text");
      expect(sniff(bytes.subarray(0, SNIFFED_BYTES)).kind).toBe("text");
    }
  });

  it("rejects as binary only what can be neither CSV nor JSON lines", () => {
    const kinds = CONTENTS.map(([, bytes]) => sniff(bytesOf(bytes))).filter(isNoText);
    expect([...new Set(kinds.map(({ kind }) => kind))].sort()).toEqual(
      ["archive", "binary", "git-lfs", "html", "utf-16", "utf-32", "xlsx", "xml"].sort(),
    );
  });

  it("suggests a fix for everything except text", () => {
    for (const [, bytes] of CONTENTS) {
      const { kind, hint } = sniff(bytesOf(bytes));
      expect(hint === undefined, kind).toBe(kind === "text");
    }
  });
});

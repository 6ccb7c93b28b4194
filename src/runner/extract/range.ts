/** A range of a database's table: the rows with values from the last highest one, less the lag, up to the highest. */
import { hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileFacts, Tail } from "../load-record.ts";
import { type WatermarkType, watermarkText } from "../watermark.ts";
import { sourceError } from "./failures.ts";
import { linesOf } from "./lines.ts";

export interface RangeRequest {
  /** The column that says what is new. */
  readonly column: string;
  readonly type: WatermarkType;
  /** Undefined to read everything. */
  readonly from: bigint | undefined;
  /** Where the load after this one begins if the source does not change: the highest value, less the lag. */
  nextFrom(highest: bigint): bigint;
  /** Takes the highest value of the source, undefined if it has none, before any row is read. Throws to stop. */
  onHighest(highest: bigint | undefined): void;
}

export interface RangeFetched extends FileFacts {
  readonly highest: bigint | undefined;
  /** The rows that the next load contains again. */
  readonly tail: Tail;
}

/** A digest of rows in any order. */
export interface RowSum {
  add(row: string | Buffer): void;
  readonly rows: () => Pick<Tail, "rows" | "sum">;
}

const MODULUS = 1n << 256n;

export function createRowSum(): RowSum {
  let rows = 0;
  let sum = 0n;
  return {
    add(row) {
      rows++;
      sum = (sum + BigInt(`0x${hash("sha256", row)}`)) % MODULUS;
    },
    rows: () => ({ rows, sum: sum.toString(16) }),
  };
}

export async function sumOfFile(path: string): Promise<Pick<Tail, "rows" | "sum">> {
  const sum = createRowSum();
  for await (const line of linesOf(createReadStream(path))) sum.add(line);
  return sum.rows();
}

export function tailOf(sum: RowSum, { type, nextFrom }: RangeRequest, highest: bigint | undefined): Tail {
  return { ...sum.rows(), ...(highest === undefined ? {} : { from: watermarkText(nextFrom(highest), type) }) };
}

/** The error of a column that the source orders in another way than the program. */
export function columnTypeError({ column, type }: RangeRequest, found: string): Error {
  return sourceError({ kind: "column-type" }, `${column} is ${found} at the source, and ${typeName(type)} here`);
}

function typeName(type: WatermarkType): string {
  return type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : type.kind;
}

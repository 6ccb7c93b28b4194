/**
 * How MongoDB is asked for the documents in a range of a field. A Lookup cannot read MongoDB, so the document with the
 * highest value is copied to the lake, into the folder of the load, and read there.
 */
import type { BronzeColumn, BronzePlan } from "../../../plan/program.ts";
import { fileOfLoad, type LoadFolder, readLake } from "../lake-requests.ts";
import { type Activity, reference } from "../model.ts";
import { retryingPolicy } from "../settings.ts";
import { expression, type JsonObject } from "../value.ts";
import type { RangeContext, RangeParts } from "./connector.ts";
import { ITEM, ifTrue, setVariable, wentBack } from "./range.ts";

/** Readers of a load ignore names with an underscore. */
const HIGHEST_FILE = "_highest.json";
const OTHER_FILE = "_other_type.json";

const LOAD: LoadFolder = { table: `${ITEM}.table`, load: "pipeline().parameters.load" };

type Word = "time" | "date" | "number";

export const mongodbRange: RangeParts = {
  wordOf: ({ type }) => (type.kind === "timestamp" ? "time" : type.kind === "date" ? "date" : "number"),
  item: mongodbItem,
  activities: (word, context) => highestActivities(forms[wordIn(word)], context),
  source: (word) => ({
    type: "MongoDbAtlasSource",
    filter: expression(filter(forms[wordIn(word)])),
    batchSize: 1000,
  }),
};

function wordIn(word: string | undefined): Word {
  if (word === "time" || word === "date" || word === "number") return word;
  throw new Error(`no form of ${word}`);
}

/** Types of BSON that are neither dates nor numbers; an index has the values of each type together. */
const OTHER_TYPES = ["string", "object", "array", "binData", "objectId", "bool", "regex", "timestamp"];

function mongodbItem({ load }: BronzePlan, by: BronzeColumn): JsonObject {
  const field = JSON.stringify(by.name);
  const isTime = by.type.kind === "timestamp" || by.type.kind === "date";
  const [type, otherType] = isTime ? ["date", "number"] : ["number", "date"];
  const lag = "lag" in load ? load.lag : undefined;
  return {
    column: by.name,
    field,
    projection: `{"_id":0,${field}:1}`,
    descending: `{${field}:-1}`,
    typed: `{${field}:{"$type":${JSON.stringify(type)}}}`,
    other_types: `{${field}:{"$type":${JSON.stringify([...OTHER_TYPES, otherType])}}}`,
    ...(lag?.kind === "number" ? { lag: lag.amount } : {}),
    // Data Factory adds 32 bits at most.
    ...(lag?.kind === "duration"
      ? { lag_days: -Math.floor(lag.seconds / 86_400), lag_seconds: -(lag.seconds % 86_400) }
      : {}),
  };
}

/** Of the texts of a type, as expressions. */
interface Form {
  /** The text of a value whose Extended JSON was reduced to its inner text. */
  text(inner: string): string;
  /** Whether a text is not that of a value. */
  isInvalid(text: string): string;
  /** The text of the previous highest value, less the lag. */
  lessLag(previous: string): string;
  /** Whether the first is below the second; both are texts. */
  isBelow(a: string, b: string): string;
  /** The strict Extended JSON of the bounds. */
  lower(text: string): string;
  upper(text: string): string;
  /** The problem of a collection with values of another type. */
  readonly otherType: string;
}

/** As JSON, a number would be a double to some readers. */
const long = (text: string): string => `concat('{"$numberLong":"', ${text}, '"}')`;
const date = (text: string, end = ""): string => `concat('{"$date":"', ${text}, '${end}"}')`;

/** Functions are evaluated with all of their arguments, so each must be valid for every value. */
function textOfTime(inner: string, format: string): string {
  const isText = `contains(${inner}, 'T')`;
  const text = `formatDateTime(if(${isText}, ${inner}, '1970-01-01T00:00:00Z'), '${format}')`;
  const milliseconds = `int(if(${isText}, '0', ${inner}))`;
  const day = `addDays('1970-01-01T00:00:00Z', div(${milliseconds}, 86400000))`;
  const second = `addSeconds(${day}, div(mod(${milliseconds}, 86400000), 1000))`;
  const fraction = `substring(string(add(1000, mod(${milliseconds}, 1000))), 1, 3)`;
  // The format has the second's fraction, which is then replaced.
  const precise = `concat(formatDateTime(${second}, 'yyyy-MM-ddTHH:mm:ss.'), ${fraction}, '000Z')`;
  return `if(${isText}, ${text}, formatDateTime(${precise}, '${format}'))`;
}

const timeForm = (format: string, ends: { readonly lower: string; readonly upper: string }): Form => ({
  text: (inner) => textOfTime(inner, format),
  isInvalid: () => "false",
  lessLag: (previous) => {
    const days = `coalesce(${ITEM}?['lag_days'], 0)`;
    const seconds = `coalesce(${ITEM}?['lag_seconds'], 0)`;
    return `formatDateTime(addSeconds(addDays(${previous}, ${days}), ${seconds}), '${format}')`;
  },
  isBelow: (a, b) => `less(${a}, ${b})`,
  lower: (text) => date(text, ends.lower),
  upper: (text) => date(text, ends.upper),
  otherType: "has no order with the other values: not all of them are BSON dates",
});

/** Data Factory calculates with doubles, so a number is taken in two halves of digits. A lag has at most one. */
const HALF = 10;

function padded(text: string, digits: number): string {
  return `substring(concat('${"0".repeat(digits)}', ${text}), length(${text}), ${digits})`;
}

function withoutDigits(text: string): string {
  return [..."0123456789"].reduce((rest, digit) => `replace(${rest}, '${digit}', '')`, text);
}

/** Not below zero. */
function lessNumber(previous: string): string {
  const all = padded(previous, 2 * HALF);
  const [high, low] = [0, HALF].map((start) => `int(substring(${all}, ${start}, ${HALF}))`);
  const lag = `int(coalesce(${ITEM}?['lag'], '0'))`;
  const newHigh = `sub(${high}, if(less(${low}, ${lag}), 1, 0))`;
  const newLow = `string(mod(sub(add(${low}, ${10 ** HALF}), ${lag}), ${10 ** HALF}))`;
  const joined = `concat(string(${newHigh}), ${padded(newLow, HALF)})`;
  return `if(less(${newHigh}, 0), '0', if(equals(${newHigh}, 0), ${newLow}, ${joined}))`;
}

const forms: Readonly<Record<Word, Form>> = {
  time: timeForm("yyyy-MM-ddTHH:mm:ss.ffffffZ", { lower: "", upper: "" }),
  date: timeForm("yyyy-MM-dd", { lower: "T00:00:00.000Z", upper: "T23:59:59.999Z" }),
  number: {
    // A double that is a whole number.
    text: (inner) => `replace(replace(concat(${inner}, '|'), '.0|', ''), '|', '')`,
    isInvalid: (text) => `or(greater(length(${text}), ${2 * HALF - 1}), not(empty(${withoutDigits(text)})))`,
    lessLag: lessNumber,
    isBelow: (a, b) => `less(${padded(a, 2 * HALF)}, ${padded(b, 2 * HALF)})`,
    lower: long,
    upper: long,
    otherType: "has no order with the other values: not all of them are numbers",
  },
};

function filter({ lower, upper }: Form): string {
  const from = `if(empty(variables('from')), '', concat('"$gte":', ${lower("variables('from')")}, ','))`;
  const range = `concat('{', ${ITEM}.field, ':{', ${from}, '"$lte":', ${upper("variables('to')")}, '}}')`;
  const missing = `concat('{', ${ITEM}.field, ':null}')`;
  return `@if(empty(variables('to')), ${missing}, concat('{"$or":[', ${range}, ',', ${missing}, ']}'))`;
}

/** The inner text of a value in relaxed, canonical or older Extended JSON. */
function innerText(value: string): string {
  const marks = ["{", "}", '"', "$date:", "$numberLong:", "$numberInt:", "$numberDouble:", " "];
  return marks.reduce((text, mark) => `replace(${text}, '${mark}', '')`, `string(${value})`);
}

function highestActivities(form: Form, context: RangeContext): readonly Activity[] {
  const { ingest, after } = context;
  const read = "activity('read_highest').output";
  const document = `json(coalesce(${read}?['Response'], string(${read})))`;
  const [previous, to] = ["variables('previous')", "variables('to')"];
  const isBack = `and(not(empty(${previous})), or(empty(${to}), ${form.isBelow(to, previous)}))`;
  const invalid = `concat('is ', ${to}, ', which is no whole number from 0 on')`;
  const otherType = "activity('other_type').output.rowsCopied";
  return [
    copyOne("highest_value", HIGHEST_FILE, `${ITEM}.typed`, context),
    copyOne("other_type", OTHER_FILE, `${ITEM}.other_types`, context),
    ifTrue(
      "if_any",
      "@greater(activity('highest_value').output.rowsCopied, 0)",
      [
        readLake("read_highest", fileOfLoad(LOAD, HIGHEST_FILE), ingest),
        setVariable("set_highest", "highest", `@${innerText(`${document}[${ITEM}.column]`)}`, "read_highest"),
        setVariable("set_to", "to", `@${form.text("variables('highest')")}`, "set_highest"),
      ],
      "highest_value",
    ),
    ifTrue(
      "if_continued",
      `@not(empty(${previous}))`,
      [setVariable("set_from", "from", `@${form.lessLag(previous)}`)],
      after,
    ),
    setVariable(
      "set_problem",
      "problem",
      `@if(greater(${otherType}, 0), '${form.otherType}', if(${form.isInvalid(to)}, ${invalid}, if(${isBack}, ${wentBack(to)}, '')))`,
      ...["if_any", "if_continued", "other_type"],
    ),
  ];
}

/** Copies the document with the highest value of those that a filter finds. */
function copyOne(
  name: string,
  file: string,
  filter: string,
  { ingest, lakeLines, dataset, input, after }: RangeContext,
): Activity {
  const folder = "bronze/@{pipeline().parameters.item.table}/load=@{pipeline().parameters.load}";
  return {
    name,
    type: "Copy",
    dependsOn: [after],
    policy: retryingPolicy(ingest),
    typeProperties: {
      source: {
        type: "MongoDbAtlasSource",
        filter: expression(`@${filter}`),
        cursorMethods: {
          project: expression(`@${ITEM}.projection`),
          sort: expression(`@${ITEM}.descending`),
          limit: 1,
        },
      },
      sink: {
        type: "JsonSink",
        storeSettings: { type: "AzureBlobFSWriteSettings" },
        formatSettings: { type: "JsonWriteSettings", filePattern: "setOfObjects" },
      },
    },
    inputs: [reference("DatasetReference", dataset, input)],
    outputs: [reference("DatasetReference", lakeLines, { folder: expression(folder), file })],
  };
}

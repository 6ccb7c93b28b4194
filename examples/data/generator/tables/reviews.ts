import { type AddedDirt, createPut, duplicate, malformed, type Row } from "../dirt.ts";
import type { Orders } from "../orders.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";
import { dateTime } from "./text.ts";

const COLUMNS = [
  "review_id",
  "order_id",
  "review_score",
  "review_comment_title",
  "review_comment_message",
  "review_creation_date",
  "review_answer_timestamp",
] as const;
const put = createPut(COLUMNS);

const kept = "kept";
const cleaned = "cleaned";
const rejected = "rejected";

const ADDED: readonly AddedDirt[] = [
  duplicate(0.001),
  ...malformed(0.00005),
  {
    kind: "text-with-commas",
    outcome: kept,
    what: "a message with commas",
    share: 0.02,
    change: put({ review_comment_message: "Bom, bonito, barato" }),
  },
  {
    kind: "text-with-quotes",
    outcome: kept,
    what: "a message with double quotes, also at both ends",
    share: 0.005,
    change: put({ review_comment_message: '"Excelente", disse minha filha, e "voltaria a comprar"' }),
  },
  {
    kind: "text-with-line-breaks",
    outcome: kept,
    what: "a message with line breaks, of both kinds, and an empty line",
    share: 0.02,
    change: put({ review_comment_message: "Primeira linha\nsegunda linha\r\n\nfim" }),
  },
  {
    kind: "text-like-a-record",
    outcome: kept,
    what: "a message with a line that looks like a record",
    share: 0.002,
    change: put({ review_comment_message: 'Veja:\n"a","b",5,,,2018-01-01 00:00:00,2018-01-02 00:00:00\n' }),
  },
  {
    kind: "text-with-emoji",
    outcome: kept,
    what: "a title and a message beyond the basic plane of Unicode",
    share: 0.01,
    change: put({ review_comment_title: "👍", review_comment_message: "Adorei 😍👩‍👧 — 100 % ✓" }),
  },
  {
    kind: "text-with-backslashes",
    outcome: kept,
    what: "a message with backslashes, one of them last",
    share: 0.001,
    change: put({ review_comment_message: "C:\\fotos\\n\\" }),
  },
  {
    kind: "text-with-blanks-around",
    outcome: cleaned,
    what: "spaces before and after the title and the message",
    share: 0.01,
    change: put({ review_comment_title: " Bom ", review_comment_message: "   chegou  bem  " }),
  },
  {
    kind: "blank-text",
    outcome: cleaned,
    what: "a title and a message of only spaces",
    share: 0.003,
    change: put({ review_comment_title: " ", review_comment_message: "   " }),
  },
  {
    kind: "empty-quoted-text",
    outcome: cleaned,
    what: 'a title and a message of ""',
    share: 0.003,
    change: put({ review_comment_title: "", review_comment_message: "" }),
  },
  {
    kind: "score-out-of-range",
    outcome: "quarantined",
    what: "a score of 6",
    reason: "score from 1 to 5",
    share: 0.0003,
    change: put({ review_score: "6" }),
  },
  {
    kind: "score-of-zero",
    outcome: "quarantined",
    what: "a score of 0",
    reason: "score from 1 to 5",
    share: 0.0001,
    change: put({ review_score: "0" }),
  },
  {
    kind: "score-in-words",
    outcome: rejected,
    what: "a score in words",
    reason: "review_score is not int",
    share: 0.0001,
    change: put({ review_score: "cinco" }),
  },
  {
    kind: "no-creation-date",
    outcome: rejected,
    what: "a date without a time for a timestamp",
    reason: "review_creation_date is not timestamp",
    share: 0.0001,
    change: put({ review_creation_date: "2018-05-01" }),
  },
  {
    kind: "two-mistakes",
    outcome: rejected,
    what: "neither a review id nor a time of the answer",
    reason: "review_id is missing; review_answer_timestamp is missing",
    share: 0.0001,
    change: put({ review_id: null, review_answer_timestamp: null }),
  },
  {
    kind: "answered-before-asked",
    outcome: kept,
    what: "answered half an hour before it was requested: zero whole hours",
    share: 0.002,
    change: put({ review_creation_date: "2018-08-31 12:00:00", review_answer_timestamp: "2018-08-31 11:30:00" }),
  },
  {
    kind: "answered-long-before-asked",
    outcome: kept,
    what: "answered an hour and a half before it was requested: minus one whole hour",
    share: 0.002,
    change: put({ review_creation_date: "2018-08-31 12:00:00", review_answer_timestamp: "2018-08-31 10:30:00" }),
  },
];

export function reviews(world: World, shop: Orders): Table {
  return createTable(world, {
    name: "reviews",
    file: "http/olist_order_reviews_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv" },
    kinds: [
      { kind: "second-review", outcome: kept, what: "an order's second review" },
      {
        kind: "repeated-review-id",
        outcome: "filtered",
        what: "a review id that occurs twice: the later answer is kept",
      },
    ],
    added: ADDED,
    count: world.counts.reviews,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.orders; number++) {
        const order = shop.order(number).id;
        for (const [place, review] of shop.reviews(number).entries()) {
          const { id, repeated, score, title, message, created, answered } = review;
          yield {
            values: [id, order, String(score), title, message, dateTime(created), dateTime(answered)],
            key: id,
            dirt: [...(place > 0 ? ["second-review"] : []), ...(repeated ? ["repeated-review-id"] : [])],
          };
        }
      }
    },
  });
}

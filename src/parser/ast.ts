/**
 * The syntax tree: what the user wrote, with a span on every node. Read-only: later phases store what they find out about a
 * node in side tables, never on the node. After a syntax error the tree is still complete: a missing name has the text "", a
 * missing expression has the kind "missing". Later phases report nothing about them, because the parser has.
 */
import type { Span } from "../source.ts";

export interface Name {
  readonly kind: "name";
  /** Without backticks; "" if it is missing. */
  readonly text: string;
  readonly span: Span;
}

/** A `//` comment or a `///` doc comment, including the slashes. */
export interface Comment {
  readonly text: string;
  readonly span: Span;
  readonly doc: boolean;
}

export interface Module {
  readonly kind: "module";
  readonly declarations: readonly Declaration[];
  /** In source order, including doc comments. */
  readonly comments: readonly Comment[];
  readonly span: Span;
}

export type Declaration =
  | ImportDeclaration
  | ProjectDeclaration
  | ParamDeclaration
  | SecretDeclaration
  | SourceDeclaration
  | EnumDeclaration
  | FunctionDeclaration
  | BronzeDeclaration
  | TableDeclaration;

/** Common to all declarations; `doc` is the text of the `///` lines above it, without the slashes. */
interface Declared {
  readonly doc: string | undefined;
  readonly span: Span;
}

/** `import "sources.medal"`: the path is relative to the importing file. */
export interface ImportDeclaration extends Declared {
  readonly kind: "import";
  readonly path: StringLiteral;
}

/** `project olist { lake = adls { … } … }` */
export interface ProjectDeclaration extends Declared {
  readonly kind: "project";
  readonly name: Name;
  readonly settings: readonly ProjectSetting[];
}

export interface ProjectSetting {
  readonly kind: "setting";
  readonly name: Name;
  readonly value: ConfigBlock | Schedule | MissingExpression;
  readonly span: Span;
}

/** `adls { account: param.storage_account, container: "olistdata" }` */
export interface ConfigBlock {
  readonly kind: "config-block";
  readonly name: Name;
  readonly properties: readonly ConfigProperty[];
  readonly span: Span;
}

export interface ConfigProperty {
  readonly kind: "property";
  readonly name: Name;
  readonly value: ConfigValue;
  readonly span: Span;
}

export type ConfigValue =
  | StringLiteral
  | NumberLiteral
  | BoolLiteral
  | ConfigRange
  | ConfigReference
  | MissingExpression;

/** `1..4` */
export interface ConfigRange {
  readonly kind: "range";
  readonly from: NumberLiteral;
  readonly to: NumberLiteral;
  readonly span: Span;
}

/** `param.storage_account`, `secret.atlas_uri` */
export interface ConfigReference {
  readonly kind: "reference";
  readonly namespace: Name;
  readonly name: Name;
  readonly span: Span;
}

/** `daily at "06:00" in "America/Sao_Paulo"`, `hourly` */
export interface Schedule {
  readonly kind: "schedule";
  readonly frequency: Name;
  readonly at: StringLiteral | undefined;
  readonly timeZone: StringLiteral | undefined;
  readonly span: Span;
}

/** `param factory: string = "olist-df"` */
export interface ParamDeclaration extends Declared {
  readonly kind: "param";
  readonly name: Name;
  readonly type: TypeReference;
  readonly value: StringLiteral | NumberLiteral | BoolLiteral | undefined;
}

/** `secret atlas_uri = keyvault("olist-kv", "atlas-uri")` */
export interface SecretDeclaration extends Declared {
  readonly kind: "secret";
  readonly name: Name;
  /** The store's kind: `keyvault`. */
  readonly store: Name;
  readonly args: readonly (StringLiteral | ConfigReference)[];
}

/** `source erp = postgres { … }` */
export interface SourceDeclaration extends Declared {
  readonly kind: "source";
  readonly name: Name;
  readonly connector: ConfigBlock;
}

/** `enum OrderStatus { created, approved }` */
export interface EnumDeclaration extends Declared {
  readonly kind: "enum";
  readonly name: Name;
  /** A value that is not an identifier is written as a string: `"in transit"`. */
  readonly values: readonly Name[];
}

/** `fn tidy(text: string): string = lower(trim(text))` */
export interface FunctionDeclaration extends Declared {
  readonly kind: "fn";
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result: TypeReference | undefined;
  readonly body: Expression;
}

export interface Parameter {
  readonly kind: "parameter";
  readonly name: Name;
  readonly type: TypeReference;
  readonly span: Span;
}

/** `bronze orders from github.csv("orders.csv") { … }` */
export interface BronzeDeclaration extends Declared {
  readonly kind: "bronze";
  readonly name: Name;
  readonly source: Name;
  /** The kind of object in the source: `csv`, `json`, `table`, `collection`. */
  readonly object: Name;
  readonly args: readonly StringLiteral[];
  readonly members: readonly BronzeMember[];
  /** Set if a part of it could not be parsed, which was reported. */
  readonly broken?: true;
}

export type BronzeMember = ColumnDefinition | KeyClause | LoadClause | RejectClause;

/** `/// doc` `order_id: string @pii`, `loaded_at: timestamp = load.at` */
export interface ColumnDefinition {
  readonly kind: "column";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly type: TypeReference;
  /** `at` of `= load.at`: the column comes from the load, not from the data. */
  readonly fromLoad: Name | undefined;
  readonly tags: readonly Tag[];
  readonly span: Span;
}

/** `@pii`, `@unit("BRL")` */
export interface Tag {
  readonly kind: "tag";
  readonly name: Name;
  readonly args: readonly (StringLiteral | NumberLiteral)[];
  readonly span: Span;
}

/** `key order_id`, `key (order_id, order_item_id)` */
export interface KeyClause {
  readonly kind: "key";
  readonly columns: readonly Name[];
  readonly span: Span;
}

/** What the loads of a bronze table mean together; see docs/language/time.md. */
export const loadModes = ["full", "append", "changes", "files"] as const;

export type LoadMode = (typeof loadModes)[number];

export function isLoadMode(text: string): text is LoadMode {
  return loadModes.some((each) => each === text);
}

/** `load full`, `load changes by updated_at deleted when is_deleted lag 2 hours` */
export interface LoadClause {
  readonly kind: "load";
  readonly mode: Name;
  /** The column after `by`. */
  readonly by: Name | undefined;
  readonly deletedWhen: Expression | undefined;
  readonly lag: Lag | undefined;
  readonly span: Span;
}

/** `lag 2 hours`, `lag 1000` */
export interface Lag {
  readonly kind: "lag";
  readonly number: NumberLiteral;
  /** `hours`; undefined for a number. */
  readonly unit: Name | undefined;
  readonly span: Span;
}

/** `reject at most 5%` */
export interface RejectClause {
  readonly kind: "reject";
  /** Undefined if it could not be parsed, which was reported. */
  readonly limit: RowLimit | undefined;
  readonly span: Span;
}

/** `at most 5%`, `at most 10 rows` */
export interface RowLimit {
  readonly kind: "limit";
  readonly number: NumberLiteral;
  readonly unit: "percent" | "rows";
  readonly span: Span;
}

export interface TypeReference {
  readonly kind: "type";
  readonly name: Name;
  /** `(10,2)` of `decimal(10,2)`. */
  readonly args: readonly NumberLiteral[];
  readonly nullable: boolean;
  readonly span: Span;
}

/** `silver orders { from … }`, `gold revenue_by_month { from … }` */
export interface TableDeclaration extends Declared {
  readonly kind: "table";
  readonly layer: "silver" | "gold";
  readonly name: Name;
  readonly steps: readonly Step[];
  /** Set after an error before or in the first step: the intended `from` is unknown. */
  readonly brokenStart?: true;
  /** The indexes of the steps after which the columns are unknown, because something could not be parsed. */
  readonly unknownAfter?: ReadonlySet<number>;
}

export type Step =
  | FromStep
  | WhereStep
  | DeriveStep
  | SelectStep
  | DistinctStep
  | JoinStep
  | GroupStep
  | ExpectStep
  | KeyClause
  | SortStep
  | TakeStep;

/** `bronze.orders`, `silver.order_items` */
export interface RelationReference {
  readonly kind: "relation";
  readonly layer: Name;
  readonly name: Name;
  readonly span: Span;
}

/** `from silver.order_items as item` */
export interface FromStep {
  readonly kind: "from";
  readonly relation: RelationReference;
  readonly alias: Name | undefined;
  readonly span: Span;
}

/** `where price > 0` */
export interface WhereStep {
  readonly kind: "where";
  readonly condition: Expression;
  readonly span: Span;
}

/** `derive { a = x + 1, b = a * 2 }`: in order, each can use the earlier ones; an existing name is replaced. */
export interface DeriveStep {
  readonly kind: "derive";
  readonly columns: readonly NamedExpression[];
  readonly span: Span;
}

/** `select { item.order_id, total = price + freight }` */
export interface SelectStep {
  readonly kind: "select";
  readonly columns: readonly NamedExpression[];
  readonly span: Span;
}

/** `name = value`, or a bare column (`item.order_id`), which keeps its name: then `name` is undefined. */
export interface NamedExpression {
  readonly kind: "named";
  readonly name: Name | undefined;
  readonly value: Expression;
  readonly span: Span;
}

/** `distinct`, or `distinct on review_id latest by answered_at` */
export interface DistinctStep {
  readonly kind: "distinct";
  /** Undefined for plain `distinct`. */
  readonly on: readonly Name[] | undefined;
  /** `latest by C` keeps the row with the greatest C, `earliest by C` the smallest. */
  readonly keep: "latest" | "earliest";
  readonly by: readonly Expression[];
  readonly span: Span;
}

/** `left join one silver.products as p on p.product_id == item.product_id` */
export interface JoinStep {
  readonly kind: "join";
  readonly side: "inner" | "left";
  /** Undefined if it is missing, which is a separate error. */
  readonly cardinality: "one" | "many" | undefined;
  readonly relation: RelationReference;
  readonly alias: Name | undefined;
  readonly on: Expression;
  readonly span: Span;
}

/** `group by month = trunc(day, "month"), state { revenue = sum(price) }`; without `by`: one row for all rows. */
export interface GroupStep {
  readonly kind: "group";
  readonly keys: readonly NamedExpression[];
  readonly aggregates: readonly NamedExpression[];
  readonly span: Span;
}

/** `expect "paid something": payment_value > 0 else quarantine at most 5%` */
export interface ExpectStep {
  readonly kind: "expect";
  readonly name: StringLiteral;
  readonly condition: Expression;
  /** `quarantine` moves the row to the quarantine, `fail` fails the table, `warn` counts. `fail` by default. */
  readonly action: Name | undefined;
  readonly limit: RowLimit | undefined;
  readonly span: Span;
}

/** `sort revenue desc, month` */
export interface SortStep {
  readonly kind: "sort";
  readonly keys: readonly SortKey[];
  readonly span: Span;
}

export interface SortKey {
  readonly kind: "sort-key";
  readonly value: Expression;
  readonly descending: boolean;
  readonly span: Span;
}

/** `take 10` */
export interface TakeStep {
  readonly kind: "take";
  readonly count: NumberLiteral;
  readonly span: Span;
}

export type Expression =
  | PathExpression
  | StringLiteral
  | NumberLiteral
  | BoolLiteral
  | NullLiteral
  | UnaryExpression
  | BinaryExpression
  | IsNullExpression
  | InExpression
  | BetweenExpression
  | CallExpression
  | CastExpression
  | MatchExpression
  | MissingExpression;

/** `price`, `item.price`, `OrderStatus.delivered`, `param.since` */
export interface PathExpression {
  readonly kind: "path";
  readonly parts: readonly Name[];
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: "string";
  /** With escapes resolved: `\"`, `\\`, `\n`, `\r`, `\t`, `\u{1F600}`. */
  readonly value: string;
  readonly span: Span;
}

export interface NumberLiteral {
  readonly kind: "number";
  /** As written, underscores removed: `10`, `0.25`. With a decimal point it is a decimal, otherwise an int or a long. */
  readonly text: string;
  readonly span: Span;
}

export interface BoolLiteral {
  readonly kind: "bool";
  readonly value: boolean;
  readonly span: Span;
}

export interface NullLiteral {
  readonly kind: "null";
  readonly span: Span;
}

export interface UnaryExpression {
  readonly kind: "unary";
  readonly operator: "-" | "not";
  readonly operand: Expression;
  readonly span: Span;
}

/** Loosest first: `or`, `and`, (`not`), comparisons, `??`, `+ - &`, `* / % div`. */
export type BinaryOperator =
  | "or"
  | "and"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "??"
  | "+"
  | "-"
  | "&"
  | "*"
  | "/"
  | "%"
  | "div";

export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

/** `x is null`, `x is not null` */
export interface IsNullExpression {
  readonly kind: "is-null";
  readonly operand: Expression;
  readonly negated: boolean;
  readonly span: Span;
}

/** `x in ["a", "b"]`, `x not in [1, 2]` */
export interface InExpression {
  readonly kind: "in";
  readonly operand: Expression;
  readonly items: readonly Expression[];
  readonly negated: boolean;
  readonly span: Span;
}

/** `x between 1 and 5`, both ends included; `x not between …` */
export interface BetweenExpression {
  readonly kind: "between";
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
  readonly span: Span;
}

/** `lower(city)`, `sum(price) where is_late`, `sum(value) per (order_id, part)`, `sum(price) per row` */
export interface CallExpression {
  readonly kind: "call";
  readonly name: Name;
  readonly args: readonly Expression[];
  readonly where: Expression | undefined;
  /** `row`: only the bare word; in parentheses or backticks it is a column of that name. */
  readonly per: readonly PathExpression[] | "row" | undefined;
  /** The offset after the closing parenthesis of the arguments. */
  readonly argumentsEnd: number;
  readonly span: Span;
}

/** `x as date` fails if a value cannot be cast, `x as? date` is null. */
export interface CastExpression {
  readonly kind: "cast";
  readonly operand: Expression;
  readonly type: TypeReference;
  readonly lenient: boolean;
  readonly span: Span;
}

/** `match { price > 100 => "high", else => "low" }`: the first branch whose condition is true; null without one and without `else`. */
export interface MatchExpression {
  readonly kind: "match";
  readonly branches: readonly MatchBranch[];
  readonly otherwise: Expression | undefined;
  readonly span: Span;
}

export interface MatchBranch {
  readonly kind: "branch";
  readonly condition: Expression;
  readonly value: Expression;
  readonly span: Span;
}

export interface MissingExpression {
  readonly kind: "missing";
  readonly span: Span;
}

export type AnyNode =
  | Module
  | Declaration
  | BronzeMember
  | Step
  | Expression
  | Name
  | ProjectSetting
  | ConfigBlock
  | ConfigProperty
  | ConfigRange
  | ConfigReference
  | Schedule
  | Parameter
  | Tag
  | TypeReference
  | RelationReference
  | NamedExpression
  | SortKey
  | RowLimit
  | Lag
  | MatchBranch;

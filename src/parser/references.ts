/** What steps name: relations, their other names, and columns. */
import { EOF, type TokenType } from "chevrotain";
import type { Name, RelationReference } from "./ast.ts";
import { ExpressionParser } from "./expressions.ts";
import { synonymOf } from "./foreign-words.ts";
import { packed, STEPS } from "./recovery.ts";
import type { Rule } from "./rule-base.ts";
import * as t from "./tokens.ts";

/** What stands behind the name of a column's definition, or of what only looks like a name. */
const NAME_CONTINUES: ReadonlySet<TokenType> = new Set([t.Colon, t.Identifier, t.LParen]);

export abstract class ReferenceParser extends ExpressionParser {
  /** One column, or several in parentheses. */
  protected readonly columns: Rule<readonly Name[]> = this.rule("columns", () => {
    const names: Name[] = [];
    this.OR({
      DEF: [{ ALT: () => this.parenthesised(() => names.push(this.name())) }, { ALT: () => names.push(this.name(1)) }],
      ERR_MSG: "a name",
    });
    if (!this.RECORDING_PHASE && this.LA(0).tokenType !== t.RParen && this.listGoesOn()) {
      this.unexpected("one name", { hint: "Write several columns in parentheses: `(order_id, order_item_id)`." });
      for (; this.listGoesOn(); names.push(this.nameOf(this.LA(0)))) {
        this.SKIP_TOKEN();
        this.SKIP_TOKEN();
      }
    }
    return packed(names);
  });

  /** Whether a comma comes, and then a name that is not that of a column's definition. */
  private listGoesOn(): boolean {
    const [comma, name, after] = [this.LA(1), this.LA(2), this.LA(3)];
    return comma.tokenType === t.Comma && name.tokenType === t.Identifier && !NAME_CONTINUES.has(after.tokenType);
  }

  /** `silver.orders` */
  protected readonly relation: Rule<RelationReference> = this.rule("relation", () => {
    const layer = this.name();
    if (!this.RECORDING_PHASE && this.LA(1).tokenType !== t.Dot) {
      this.unexpected("`.`", { hint: "Qualify the table with its layer, as in `silver.orders`." });
      return { kind: "relation", layer: this.missingName(), name: layer, span: layer.span };
    }
    this.CONSUME(t.Dot);
    const name = this.memberName(1);
    return { kind: "relation", layer, name, span: this.spanFrom(layer.span.start) };
  });

  /** `as item`; the `as` that SQL lets out is asked for. */
  protected readonly alias: Rule<Name | undefined> = this.rule("alias", () => {
    let alias: Name | undefined;
    this.OPTION(() => {
      this.CONSUME(t.As);
      alias = this.name();
    });
    const next = this.LA(1);
    if (alias || next.tokenType !== t.Identifier || this.startsLine() || !this.isAlias()) return alias;
    const edit = { span: { ...this.spanOf(next), end: next.startOffset }, text: "as " };
    this.unexpected("`as` before the alias", { fix: { title: "Insert `as`", edits: [edit] } });
    this.SKIP_TOKEN();
    return this.nameOf(next);
  });

  /** Whether the next word is the last that belongs to a relation. */
  private isAlias(): boolean {
    const { image } = this.LA(1);
    const after = this.LA(2);
    if (/^(using|inner|full|right|cross|natural)$/i.test(image) || synonymOf(image.toLowerCase())) return false;
    if ([t.RBrace, t.On, t.Comma, EOF].includes(after.tokenType) || STEPS.has(after.tokenType)) return true;
    return (
      this.file.text.slice(this.LA(1).startOffset, after.startOffset).includes("\n") ||
      /^(inner|using)$/i.test(after.image)
    );
  }

  protected missingRelation(): RelationReference {
    const name = this.missingName();
    return { kind: "relation", layer: name, name, span: name.span };
  }
}
